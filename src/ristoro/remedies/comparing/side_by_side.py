"""Two texts side by side: the lines that differ, each beside its like, with some that do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

AROUND = 3
"""Lines shown before and after what differs."""

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of each text, numbered from 1; ``None`` and empty where one has none."""

    how: str
    old: int | None
    before: str
    new: int | None
    after: str


def side_by_side(before: str, after: str, around: int = AROUND) -> list[list[Pair]]:
    """The stretches in which two texts differ, in order; none where they are the same."""
    old, new = before.splitlines(), after.splitlines()
    # without junk: a blank line or a dash is as telling as any other
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        [pair for code in group for pair in _pairs(old, new, code)]
        for group in matcher.get_grouped_opcodes(around)
    ]


def _pairs(old: list[str], new: list[str], code: tuple[str, int, int, int, int]) -> Iterator[Pair]:
    _, start, end, first, last = code
    same = code[0] == "equal"
    for left, right in zip_longest(range(start, end), range(first, last)):
        if left is None:
            yield Pair(ADDED, None, "", right + 1, new[right])
        elif right is None:
            yield Pair(REMOVED, left + 1, old[left], None, "")
        else:
            yield Pair(SAME if same else CHANGED, left + 1, old[left], right + 1, new[right])
