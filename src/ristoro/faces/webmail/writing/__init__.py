"""Letters that a holder writes: new, in answer, passed on; kept as drafts, and sent once."""
