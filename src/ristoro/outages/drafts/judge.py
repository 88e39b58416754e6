"""What a text says so far, and what is wrong with each part of it.

The same reader judges a text here and in a file: a draft without a fault can be declared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import BadInput, Problem
from ristoro.outages.declare import outage_from, windows_of
from ristoro.outages.drafts.draft import Draft, draft_of
from ristoro.outages.drafts.text import tree
from ristoro.outages.outage import Outage, Window
from ristoro.outages.scope import read_stores

LATER = "to be said"
"""Stands for the reason of a correction, which is asked for last."""

Written = tuple[tuple[Window, ...], ...]
"""Each window as it is written, spread out."""


class Fault(NamedTuple):
    """A problem, and the part that it is in: ``number`` counts windows or exclusions from 0."""

    part: str
    number: int
    field: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, its parts, and what they mean as far as they mean anything."""

    text: str
    draft: Draft
    stores: Mapping[str, tuple[str, ...]]
    """Empty while they cannot be read."""
    written: Written
    """In the draft's order; a window that is wrong is empty."""
    faults: tuple[Fault, ...]
    outage: Outage | None
    """``None`` while anything is wrong."""

    def faults_of(self, part: str, number: int = 0) -> tuple[Fault, ...]:
        """What is wrong with one window, one exclusion, or the head."""
        return tuple(one for one in self.faults if (one.part, one.number) == (part, number))


def judge(text: str) -> Judged:
    """Judge a draft; ``BadInput`` for a text that has no parts to show: no YAML, unknown fields."""
    text = text.replace("\r\n", "\n")
    root = tree(text)
    draft = draft_of(root)
    if draft.corrects and not draft.reason:
        root = _reasoned(root)
    outage, problems = _read(root)
    written, more = _windows(root, problems)
    faults = tuple(_located(problem, root) for problem in (*problems, *more))
    stores = outage.stores if outage else _stores(root)
    return Judged(text, draft, stores, written, faults, outage)


def _reasoned(root: Value) -> Value:
    """The tree with some reason in it, so that everything else is judged before it is asked for."""
    reason = Value(root.place, text=LATER)
    return replace(root, entries={**(root.entries or {}), "reason": reason})


def _read(root: Value) -> tuple[Outage | None, Sequence[Problem]]:
    try:
        return outage_from(root), ()
    except BadInput as error:
        return None, error.problems


def _windows(root: Value, known: Sequence[Problem]) -> tuple[Written, Sequence[Problem]]:
    """The windows, and problems in them that a fault of the head kept from being told."""
    try:
        found = windows_of(root)
    except BadInput as error:
        return (), [one for one in error.problems if one not in known]
    written = tuple(() if isinstance(one, BadInput) else one for one in found)
    problems = [problem for one in found if isinstance(one, BadInput) for problem in one.problems]
    return written, [one for one in problems if one not in known]


def _stores(root: Value) -> dict[str, tuple[str, ...]]:
    value = root.mapping().get("stores")
    try:
        return {} if value is None else read_stores(value)
    except BadInput:
        return {}


def _located(problem: Problem, root: Value) -> Fault:
    place = problem.place
    path = (place.field or "") if place else ""
    part, _, field = path.partition(".")
    if part not in ("windows", "exclusions") or place is None:
        return Fault("head", 0, path.replace(".", "-"), problem)
    items = root.mapping()[part].items or ()
    at = (place.line or 0, place.column or 0)
    starts = [(item.place.line or 0, item.place.column or 0) for item in items]
    number = max(0, sum(start <= at for start in starts) - 1)
    return Fault(part, number, field.partition(".")[0], problem)
