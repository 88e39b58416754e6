"""Part of the webmail: writing and sending."""
