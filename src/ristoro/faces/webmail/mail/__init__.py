"""Part of the webmail: folders, lists, search, and what is done to messages in them."""
