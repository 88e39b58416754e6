"""Tags of the phone's part of a page."""
