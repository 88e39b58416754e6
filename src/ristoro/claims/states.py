"""The lawful moves of a claim, and the sets of states that people ask for."""

from __future__ import annotations

from ristoro.claims.models import ClaimState

S = ClaimState

MOVES: frozenset[tuple[ClaimState, ClaimState]] = frozenset(
    {
        # the holder's own: an abandoned draft is deleted, not moved
        (S.DRAFT, S.FILED),
        (S.FILED, S.WITHDRAWN),
        # a finding; a second person sends it back, or it is carried out
        (S.FILED, S.EXAMINED),
        (S.EXAMINED, S.FILED),
        (S.EXAMINED, S.SETTLED),
        (S.EXAMINED, S.REFUSED),
        # the holder does not accept it; another person examines it again
        (S.SETTLED, S.APPEALED),
        (S.REFUSED, S.APPEALED),
        (S.APPEALED, S.EXAMINED),
        (S.EXAMINED, S.APPEALED),
    }
)

OPEN = frozenset({S.FILED, S.EXAMINED, S.APPEALED})
"""Somebody here must do something, and a clock runs."""

TO_EXAMINE = frozenset({S.FILED, S.APPEALED})
DECIDED = frozenset({S.SETTLED, S.REFUSED})
"""The holder has an answer, and may appeal."""


def may(before: ClaimState, after: ClaimState) -> bool:
    """Whether a claim may go from one state to the other."""
    return (before, after) in MOVES
