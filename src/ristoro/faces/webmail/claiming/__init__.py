"""Part of the webmail: claiming damages, and what became of a claim."""
