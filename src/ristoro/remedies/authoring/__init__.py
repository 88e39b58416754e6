"""What an author of policies works with: cases, coverage, the linter, starts, schemas."""
