"""The books: the trial balance, the entries, and how they agree with the runs."""
