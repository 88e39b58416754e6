"""What the compiler writes, kept as text, so that a change of it is seen in review."""
