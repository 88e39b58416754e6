"""Estates: files sent, looked at, mapped and imported; the snapshots that came of them."""
