"""Which people were signed in in which browser, so that one seat does not pass for two people."""
