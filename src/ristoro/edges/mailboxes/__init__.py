"""A holder's own mailbox, read and written as the holder: what a webmail needs of a mail host."""
