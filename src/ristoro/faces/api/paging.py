"""Lists by parts: what comes after a key, so that no part costs more than the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

from ristoro.faces.api.shapes import After
from ristoro.kernel.errors import bad_input

Row = TypeVar("Row", bound=Model)
One = TypeVar("One")


def numbered(
    found: QuerySet[Row], asked: After, newest_first: bool = False
) -> tuple[list[Row], str | None]:
    """A part of a query that is in the order of its primary key, and the key of the next part."""
    after = number_of(asked.after)
    if after is not None:
        found = found.filter(pk__lt=after) if newest_first else found.filter(pk__gt=after)
    items = list(found[: asked.limit + 1])
    more = len(items) > asked.limit
    items = items[: asked.limit]
    return items, str(items[-1].pk) if more else None


def keyed(found: Sequence[tuple[str, One]], asked: After) -> tuple[list[One], str | None]:
    """A part of a short list whose members have keys; of one that is gone, what came after it."""
    names = [name for name, _ in found]
    start = 0
    if asked.after is not None:
        if asked.after not in names:
            raise _unknown(asked.after)
        start = names.index(asked.after) + 1
    chosen = found[start : start + asked.limit]
    more = start + asked.limit < len(found)
    return [one for _, one in chosen], chosen[-1][0] if more else None


def number_of(after: str | None) -> int | None:
    """The key of a list that is in the order of numbers; ``None`` for the beginning."""
    if after is None:
        return None
    if not after.isdecimal() or len(after) > 18:
        raise _unknown(after)
    return int(after)


def _unknown(after: str) -> Exception:
    return bad_input(
        "wrong-after",
        f"{after!r} is no key of this list",
        "a part of a list begins after the last one of the part before",
        "send the `next` of the part before, or begin anew without `after`",
    )
