"""An outage while a person writes it: its text, its parts, and what is still wrong with them."""
