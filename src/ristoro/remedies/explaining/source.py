"""The policy's own lines of a rule, with their numbers, as the author wrote them."""

from __future__ import annotations

from ristoro.kernel.errors import Place

MOST_LINES = 40
"""Longer rules are cut here; the number of the last line says where to read on."""


def lines_of(text: str, place: Place) -> list[tuple[int, str]]:
    """The lines of the YAML entry that stands at a place, with the name above it if it has one.

    It ends before the first line that stands as far to the left as the entry's first; empty lines
    and comments that close it belong to what follows.
    """
    if place.line is None:
        return []
    written = text.splitlines()
    first = _first(written, place.line - 1)
    depth = _depth(written[first])
    after = first + 1
    while after < len(written) and (_blank(written[after]) or _depth(written[after]) > depth):
        after += 1
    while after > first + 1 and _blank(written[after - 1]):
        after -= 1
    found = [(at + 1, written[at]) for at in range(first, after)][:MOST_LINES]
    return [(number, line[depth:].rstrip()) for number, line in found]


def numbered(text: str, place: Place) -> list[str]:
    """The same as texts to print: ``112  - rule: free``."""
    lines = lines_of(text, place)
    width = len(str(lines[-1][0])) if lines else 0
    return [f"{number:>{width}}  {line}".rstrip() for number, line in lines]


def _first(written: list[str], at: int) -> int:
    """The line on which the entry begins: its own dash, or the key whose value it is."""
    line = written[at]
    if line.lstrip().startswith("- ") or at == 0:
        return at
    depth = _depth(line)
    for above in range(at - 1, -1, -1):
        if not _blank(written[above]) and _depth(written[above]) < depth:
            return above if written[above].rstrip().endswith(":") else at
    return at


def _blank(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
