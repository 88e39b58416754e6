"""The call centre: who is calling, what happened to the mailbox, what is owed and why."""
