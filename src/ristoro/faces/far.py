"""How far a run is, from its tallies, as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ristoro.faces.said import ACTS, ROW_STATES, Lazy
from ristoro.remedies.models import Run
from ristoro.workers.models import Act
from ristoro.workers.progress import Progress, progress


@dataclass(frozen=True, slots=True)
class Part:
    """So many rows stand in one state."""

    state: Lazy
    rows: int


@dataclass(frozen=True, slots=True)
class HowFar:
    """One act: all that workers can do, how much of it has ended, and every state with rows."""

    act: Act
    name: Lazy
    rows: int
    ended: int
    waiting: int
    by_state: Mapping[int, int]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every state that has rows, in the order of the states."""
        states = ROW_STATES[self.act].items()
        found = ((words, self.by_state.get(state, 0)) for state, words in states)
        return tuple(Part(words, rows) for words, rows in found if rows)

    @property
    def over(self) -> bool:
        """Whether workers have nothing left to do."""
        return self.ended == self.rows


def how_far(run: Run) -> tuple[HowFar, ...]:
    """One for remedies and one for letters, as they stand now."""
    return tuple(_shown(line) for line in progress(run.pk))


def _shown(line: Progress) -> HowFar:
    return HowFar(line.act, ACTS[line.act], line.rows, line.ended, line.waiting, line.by_state)
