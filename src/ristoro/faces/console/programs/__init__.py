"""Programs that use the API: a person's tokens for them, and those that are told what happens."""
