"""How far a run is, from its tallies, as the pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import ACTS, ROW_STATES, Lazy
from ristoro.fulfilment.models import GrantState
from ristoro.remedies.models import Run
from ristoro.workers.models import Act
from ristoro.workers.progress import Progress, progress

STOOD_BACK = _("declined, or another of the alternatives was chosen")


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
    words: Mapping[int, Lazy]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every state that has rows, in the order of the states."""
        found = ((words, self.by_state.get(state, 0)) for state, words in self.words.items())
        return tuple(Part(words, rows) for words, rows in found if rows)

    @property
    def over(self) -> bool:
        """Whether workers have nothing left to do."""
        return self.ended == self.rows


def how_far(run: Run) -> tuple[HowFar, ...]:
    """One for remedies and one for letters, as they stand now."""
    return tuple(shown_of(run, line) for line in progress(run.pk))


def shown_of(run: Run, line: Progress) -> HowFar:
    """One act as the pages show it."""
    return _shown(line, _words(run, line.act))


def _words(run: Run, act: Act) -> Mapping[int, Lazy]:
    """What the states are called. Of alternatives, those not chosen are declined as well, though
    their holders said no to none of them."""
    chosen = any(remedy.get("choice") for remedy in run.totals.get("remedies", ()))
    stood_back: dict[int, Lazy] = {GrantState.DECLINED: STOOD_BACK}
    return {**ROW_STATES[act], **(stood_back if chosen and act is Act.GRANTS else {})}


def _shown(line: Progress, words: Mapping[int, Lazy]) -> HowFar:
    rows, ended, waiting = line.rows, line.ended, line.waiting
    return HowFar(line.act, ACTS[line.act], rows, ended, waiting, line.by_state, words)
