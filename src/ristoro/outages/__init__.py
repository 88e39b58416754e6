"""What failed, where, from when to when, and who was without what: declared, kept, measured."""
