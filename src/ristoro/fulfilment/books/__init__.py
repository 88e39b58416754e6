"""The books: grants and claims as a double-entry ledger, whose entries are never changed.

Money is booked for each mailbox, what is given in kind as quantities summed up beside it. Every
line says what it is by its accounting nature, and every entry balances in each of its units.
"""

from ristoro.fulfilment.books.accounts import Account, Nature, Side
from ristoro.fulfilment.books.entries import Entry, Line

__all__ = ["Account", "Entry", "Line", "Nature", "Side"]
