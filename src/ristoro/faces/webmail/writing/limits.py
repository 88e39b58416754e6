"""How much a letter may hold: our own limits, and the mail host's where that is lower."""

from __future__ import annotations

from functools import partial

from django.core.cache import cache

from ristoro import env, wiring
from ristoro.edges.mailboxes.sending import announced_size
from ristoro.edges.mailboxes.server import Service

MOST_FILES = 50
MOST_BYTES = 20 << 20
"""Of files with one letter: in base64 they make a message of 27 MB, above which hosts refuse."""
MOST_RECIPIENTS = 100
LONGEST_SUBJECT = 500
LONGEST_TEXT = 1_000_000
LONGEST_FIELD = 20_000
LONGEST_FORM = MOST_BYTES + 4 * LONGEST_TEXT + (1 << 20)
"""Octets of a form with all of these in it."""

_WORDS = 64 << 10
_ASKED_EVERY = 3600
"""Seconds for which a web process believes what the host announced."""


def most_bytes() -> int:
    """What all files of one letter may have together, in bytes."""
    service = wiring.holders(env.current()).submission
    if service is None:
        return MOST_BYTES
    name = f"submission-size-{service.host}-{service.port}"
    size = cache.get_or_set(name, partial(_announced, service), _ASKED_EVERY)
    return min(MOST_BYTES, room_in(size)) if size else MOST_BYTES


def room_in(size: int) -> int:
    """The bytes of files in a message of ``size`` octets, with some left for headers and text.

    A line of base64 has 78 octets, its end included, and holds 57 bytes (RFC 2045, 6.8).
    """
    return max(0, (size - _WORDS) * 57 // 78)


def _announced(service: Service) -> int:
    return announced_size(service) or 0
