"""What one version of an outage says that another does not: by window, and by component's time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from ristoro.kernel.spans import Spans
from ristoro.outages.drafts.draft import Draft, DraftWindow
from ristoro.outages.drafts.judge import Judged
from ristoro.outages.picture import Fared, Mark, Row, rows

ADDED, REMOVED, MOVED, CHANGED = "added", "removed", "moved", "changed"
_TIMES = {"start", "end", "reopening"}


class WindowChange(NamedTuple):
    """A window that is new, gone, at another time, or otherwise said; by its numbers from 0."""

    kind: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """One component of one brand: its time before and after, and where it differs.

    ``worst`` is the longest that any store was without it, down or degraded; ``stores`` those
    whose time differs; ``more`` and ``less`` the time that was added and taken away, ``other`` the
    time that is down in one and degraded in the other.
    """

    component: str
    brand: str
    worst: tuple[int, int]
    total: tuple[int, int]
    """Summed over the stores."""
    stores: tuple[str, ...]
    of: int
    """How many stores the row has."""
    more: tuple[Mark, ...]
    less: tuple[Mark, ...]
    other: tuple[Mark, ...]

    @property
    def differs(self) -> bool:
        return bool(self.stores)


@dataclass(frozen=True, slots=True)
class Difference:
    """Between two texts."""

    windows: tuple[WindowChange, ...]
    rows: tuple[RowChange, ...]
    head: tuple[str, ...]
    """Fields of the head that differ."""

    @property
    def differs(self) -> bool:
        """Whether anything at all does."""
        return bool(self.windows or self.head or any(row.differs for row in self.rows))


def difference(before: Judged, after: Judged, until: int) -> Difference:
    """Everything that ``after`` says otherwise; windows still going are counted up to ``until``."""
    old = {(r.component, r.brand): r for r in rows(before.stores, before.written, until)}
    new = rows(after.stores, after.written, until)
    changes = [_row(old.pop((r.component, r.brand), None), r) for r in new]
    changes += [_row(r, None) for r in old.values()]
    return Difference(
        _windows(before.draft.windows, after.draft.windows),
        tuple(changes),
        _head(before.draft, after.draft),
    )


def _head(before: Draft, after: Draft) -> tuple[str, ...]:
    beside = {"windows", "version", "corrects", "reason"}
    names = (one.name for one in fields(Draft) if one.name not in beside)
    return tuple(name for name in names if getattr(before, name) != getattr(after, name))


def _windows(
    before: Sequence[DraftWindow], after: Sequence[DraftWindow]
) -> tuple[WindowChange, ...]:
    """Windows that both have are left out; of the others the most alike are paired."""
    gone = [n for n, one in enumerate(before) if one not in after]
    come = [n for n, one in enumerate(after) if one not in before]
    changes: list[WindowChange] = []
    for new in come:
        alike = [(_alike(before[old], after[new]), -old) for old in gone]
        best = max(alike, default=(0, 0))
        if best[0] == 0:
            changes.append(WindowChange(ADDED, None, new))
            continue
        old = -best[1]
        gone.remove(old)
        otherwise = _otherwise(before[old], after[new])
        changes.append(WindowChange(MOVED if otherwise <= _TIMES else CHANGED, old, new))
    return (*changes, *(WindowChange(REMOVED, old, None) for old in gone))


def _otherwise(one: DraftWindow, other: DraftWindow) -> set[str]:
    names = (field.name for field in fields(DraftWindow))
    return {name for name in names if getattr(one, name) != getattr(other, name)}


def _alike(one: DraftWindow, other: DraftWindow) -> int:
    """How likely one became the other: the fields that are the same, where components or times
    are; 0 where neither is."""
    otherwise = _otherwise(one, other)
    same_scope = not otherwise & {"components", "brands", "stores"}
    same_times = not otherwise & {"start", "end"}
    return len(fields(DraftWindow)) - len(otherwise) if same_scope or same_times else 0


def _row(before: Row | None, after: Row | None) -> RowChange:
    shown = after or before
    assert shown is not None
    was, now = _by_store(before), _by_store(after)
    pairs: dict[tuple[Fared, Fared], list[str]] = {}
    for store in {**was, **now}:
        nothing = Fared((), Spans(), Spans())
        pairs.setdefault((was.get(store, nothing), now.get(store, nothing)), []).append(store)
    more, less, other, differing = [], [], [], []
    for (a, b), names in pairs.items():
        if (a.down, a.degraded) == (b.down, b.degraded):
            continue
        differing += names
        stores = tuple(names)
        failed, fails = a.down | a.degraded, b.down | b.degraded
        more += [Mark(s.start, s.end, stores) for s in fails - failed]
        less += [Mark(s.start, s.end, stores) for s in failed - fails]
        otherwise = (a.down & b.degraded) | (a.degraded & b.down)
        other += [Mark(s.start, s.end, stores) for s in otherwise]
    return RowChange(
        component=shown.component,
        brand=shown.brand,
        worst=(_worst(was), _worst(now)),
        total=(sum(map(_time, was.values())), sum(map(_time, now.values()))),
        stores=tuple(sorted(differing)),
        of=len({**was, **now}),
        more=tuple(more),
        less=tuple(less),
        other=tuple(other),
    )


def _by_store(row: Row | None) -> dict[str, Fared]:
    """Each store with how it fared, the stores themselves left out of what is compared."""
    if row is None:
        return {}
    return {store: one._replace(stores=()) for one in row.fared for store in one.stores}


def _time(one: Fared) -> int:
    return one.down.total + one.degraded.total


def _worst(stores: dict[str, Fared]) -> int:
    return max(map(_time, stores.values()), default=0)
