"""What a move of grants outside a chunk means for the books that workers keep.

Answers, lapses and reversals change rows that no worker holds. Tallies and chunks lie above the
stages, so whoever calls hands in the function that keeps them, and it runs in the same
transaction: either row, tally and chunk have changed, or none has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ristoro.fulfilment.models import GrantState


@dataclass(frozen=True, slots=True)
class Move:
    """These grants of one bucket and remedy went from one state to another."""

    run_id: int
    bucket: int
    remedy: int
    before: GrantState
    after: GrantState
    ids: tuple[int, ...]
    amount: int


Keep = Callable[[Move], None]
"""Moves the tally, and opens the covering chunks again where ``after`` gives a worker work."""
