"""Part of the webmail: leaving with everything."""
