"""Which bytes a download asks for: one range of ``Range`` (RFC 9110, 14.1.2), or all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Unsatisfiable(Exception):
    """The range lies behind the end: 416."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The first and the last byte."""

    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first + 1


def wanted(header: str, length: int) -> Wanted | None:
    """The range that a header asks for; ``None`` for none, several, or what is no range."""
    found = _ONE.fullmatch(header.strip().replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        begins, ends = max(0, length - int(last)), length - 1
        if not int(last):
            raise Unsatisfiable
    else:
        begins, ends = int(first), min(int(last), length - 1) if last else length - 1
        if last and int(last) < begins:
            return None
    if begins >= length:
        raise Unsatisfiable
    return Wanted(begins, ends)


def shortened(parts: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The first ``size`` bytes of a stream."""
    for part in parts:
        yield part[:size]
        size -= len(part)
        if size <= 0:
            return
