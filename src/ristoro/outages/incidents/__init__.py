"""What the public is told of an incident or of planned work, in both languages, as it goes on."""
