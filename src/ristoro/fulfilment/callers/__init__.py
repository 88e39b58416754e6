"""Who is on the telephone: finding a caller's mailbox, verifying the caller, what the call did."""
