"""Where accounts come from: files of rows and databases, read as a stream of raw columns."""
