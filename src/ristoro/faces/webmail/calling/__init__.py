"""On the telephone with us: the code that tells us who calls, and who looked at this mailbox."""
