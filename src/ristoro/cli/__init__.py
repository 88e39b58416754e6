"""The command ``ristoro``: one file a verb, and ``program`` for all of them."""

from ristoro import start

__all__ = ["start"]
