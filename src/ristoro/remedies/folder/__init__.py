"""A decided run read back from its folder: proven, and one mailbox of it found at once."""
