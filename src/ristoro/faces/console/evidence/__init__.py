"""Evidence on the console: what was imported, and what it says beside an outage."""
