"""Other programs that are told of events: where they may be, and telling them, signed."""
