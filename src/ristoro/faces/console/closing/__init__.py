"""Closing a run: what is left, what was read otherwise, the report, its paper and its tables."""
