"""The call centre's desk: who calls, is it they, what is theirs, and what they say. Never mail."""
