"""The lawful moves of a notice, from what was seen to what is recorded."""

from __future__ import annotations

from ristoro.notices.models import NoticeState as S

MOVES: frozenset[tuple[S, S]] = frozenset(
    {
        (S.PLANNED, S.SENDING),
        (S.PLANNED, S.WITHHELD),  # what it would tell is not given
        (S.WITHHELD, S.PLANNED),  # and now it is
        (S.SENDING, S.ACCEPTED),
        (S.SENDING, S.DEFERRED),
        (S.SENDING, S.REFUSED),
        (S.SENDING, S.UNKNOWN),
        (S.DEFERRED, S.SENDING),
        (S.DEFERRED, S.REFUSED),  # tried for as long as the run allows
        (S.DEFERRED, S.WITHHELD),
        (S.UNKNOWN, S.ACCEPTED),  # the host's log says so
        (S.UNKNOWN, S.VERIFIED),  # it was read back
        (S.UNKNOWN, S.DEFERRED),  # it was looked for and is not there
        (S.ACCEPTED, S.VERIFIED),
        (S.ACCEPTED, S.REFUSED),  # the host took it, then could not keep it as it was
        (S.REFUSED, S.PLANNED),  # a person removed the cause
    }
)
"""There is no move from ``UNKNOWN`` to ``SENDING``: nothing is sent again before a look, and the
look that finds nothing passes through ``DEFERRED``."""

SETTLED = frozenset({S.ACCEPTED, S.VERIFIED, S.REFUSED, S.WITHHELD})
"""States in which no worker has anything left to do."""


def lawful(before: S, after: S) -> bool:
    """Whether a notice may go from one state to the other in one step."""
    return (before, after) in MOVES
