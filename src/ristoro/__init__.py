"""Ristoro makes every mailbox whole after an outage.

The folders are the line that an outage is worked along: ``estate``, ``outages``, ``remedies``,
``notices``, ``fulfilment``, ``claims``. Data flows down it, imports flow up it.
"""

__version__ = "0.1.0"
