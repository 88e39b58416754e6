"""XML from outside, read as a stream: no document type, no entities, everything bounded.

Expat does the reading. A document type is refused at its first character, and without one there
are no entities but the five of XML itself: nothing grows and nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from ristoro.kernel.errors import BadInput, Place, bad_input

MOST_BYTES = 256 << 20
DEEPEST = 64
LONGEST_TEXT = 10_000
MOST_CHILDREN = 200_000
_PIECE = 1 << 16


@dataclass(slots=True)
class Element:
    """An element without its namespace, the line it begins on, its text and what is inside."""

    name: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    inside: list[Element] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Element]:
        """Everything at the path below, in order."""
        if not path:
            yield self
            return
        for one in self.inside:
            if one.name == path[0]:
                yield from one.all(*path[1:])

    def first(self, *path: str) -> Element | None:
        return next(self.all(*path), None)

    def said(self, *path: str) -> str:
        """The text of the first at the path, blanks joined; empty where there is none."""
        found = self.first(*path)
        return "" if found is None else " ".join(found.text.split())


Taken = Callable[[Element, Sequence[Element]], bool]
"""Called with each element as it ends, and those around it, outermost first; whether it is done
with. What came before it inside those, and was not done with, is in them already."""


class Reader:
    """Reads one file; ``take`` gets every element as it ends, and says whether to forget it."""

    def __init__(self, name: str, take: Taken) -> None:
        self._name = name
        self._take = take
        self._open: list[Element] = []
        self._size = 0
        self.namespace = ""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        self._parser = parser

    def feed(self, piece: bytes) -> None:
        """Take the next bytes. ``BadInput`` with the line where it stops being what is read."""
        self._size += len(piece)
        if self._size > MOST_BYTES:
            raise self.refused("too-large", f"it has more than {MOST_BYTES} bytes")
        self._parse(piece, last=False)

    def end(self) -> None:
        """Nothing comes any more."""
        self._parse(b"", last=True)

    def refused(self, code: str, why: str, line: int | None = None) -> BadInput:
        """The whole file is refused, with the line and why."""
        return bad_input(
            code,
            "the bank's file was refused; nothing of it was taken",
            why,
            "have the bank send it again, as pain.002, camt.053 or camt.054",
            Place(self._name, line or self._parser.CurrentLineNumber),
        )

    def _parse(self, piece: bytes, *, last: bool) -> None:
        for first in range(0, max(1, len(piece)), _PIECE):
            try:
                self._parser.Parse(piece[first : first + _PIECE], last)
            except expat.ExpatError as error:
                what = expat.errors.messages.get(error.code, "it cannot be read")
                raise self.refused("not-xml", f"this is not XML: {what}", error.lineno) from error
            except (ValueError, LookupError) as error:
                raise self.refused("not-xml", f"this is not XML: {error}") from error

    def _doctype(self, *_: object) -> NoReturn:
        raise self.refused("not-xml", "it has a document type, which banks' files never have")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if not self._open:
            self.namespace = namespace
        elif namespace != self.namespace:
            local = name  # of another standard, inside: kept apart from ours
        if len(self._open) >= DEEPEST:
            raise self.refused("not-xml", f"elements stand more than {DEEPEST} deep")
        self._open.append(Element(local, self._parser.CurrentLineNumber, attributes))

    def _end(self, _: str) -> None:
        done = self._open.pop()
        if self._take(done, self._open) or not self._open:
            return
        around = self._open[-1]
        if len(around.inside) >= MOST_CHILDREN:
            raise self.refused("not-xml", f"{around.name} has more than {MOST_CHILDREN} elements")
        around.inside.append(done)

    def _text(self, text: str) -> None:
        here = self._open[-1]
        if len(here.text) + len(text) > LONGEST_TEXT and (here.text + text).strip():
            raise self.refused("not-xml", f"a text is longer than {LONGEST_TEXT} characters")
        if text.strip():
            here.text += text
