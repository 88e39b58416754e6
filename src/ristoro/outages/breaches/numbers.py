"""How many mailboxes an outage touched, by component: from the data that is decided on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ristoro.kernel import frames
from ristoro.outages import measure
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import Outage
from ristoro.outages.spread import counted_classes


@dataclass(frozen=True, slots=True)
class Touched:
    """One component: how many mailboxes were without it, and how long the worst off were.

    ``degraded`` counts mailboxes for which it was not as it should be and never quite down.
    """

    component: str
    down: int
    degraded: int
    longest_us: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """``mailboxes`` of the estate, ``touched`` by any component, and each component that failed."""

    mailboxes: int
    touched: int
    components: tuple[Touched, ...]


def numbers(
    estate: Path, outage: Outage, until: int | None, limits: frames.Limits = frames.Limits()
) -> Numbers:
    """The numbers of a snapshot; ``until``, in microseconds, for an outage still going."""
    down, degraded = dict.fromkeys(COMPONENTS, 0), dict.fromkeys(COMPONENTS, 0)
    longest = dict.fromkeys(COMPONENTS, 0)
    every = touched = 0
    with frames.connect(limits, reads=[estate]) as con:
        con.read_parquet(str(estate.resolve())).create_view("snapshot")
        for one, mailboxes in counted_classes(con, outage, until=until):
            every += mailboxes
            found = dict(_of(outage, one, until))
            touched += mailboxes if found else 0
            for component, figures in found.items():
                (down if figures.down_us else degraded)[component] += mailboxes
                longest[component] = max(longest[component], figures.longest_us)
    components = (Touched(c, down[c], degraded[c], longest[c]) for c in COMPONENTS)
    return Numbers(every, touched, tuple(one for one in components if one.longest_us))


def _of(
    outage: Outage, one: measure.ExposureClass, until: int | None
) -> Iterator[tuple[str, measure.Figures]]:
    for component in measure.components_of(one, COMPONENTS):
        figures = measure.figures(outage, one, component, until)
        if figures is not None:
            yield component, figures
