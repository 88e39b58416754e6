"""The bank's files read: which message it is, and what it says of each payment.

What a file says is told while it is read, so that its size costs little memory; whoever must have
all of it or nothing reads it to its end first. Versions differ in little that matters here; the
readers take those of pain.002 from .03, and of camt.053 and camt.054 from .02, and refuse any other
message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ristoro.edges.billing.sepa.elements import Element, Reader
from ristoro.edges.billing.sepa.figures import Refused
from ristoro.edges.billing.sepa.saying import Said, Word
from ristoro.edges.billing.sepa.statements import Entries
from ristoro.edges.billing.sepa.statuses import Statuses

MOST_WHOLES = 1_000
"""What a file may say of whole messages: it is kept until everything else was told."""

_KIND = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.05[34])\.001\.(\d\d)")
_OLDEST = {"pain.002": 3, "camt.053": 2, "camt.054": 2}
_BODY = {
    "pain.002": "CstmrPmtStsRpt",
    "camt.053": "BkToCstmrStmt",
    "camt.054": "BkToCstmrDbtCdtNtfctn",
}
_ONCE = frozenset({Said.BOOKED, Said.RETURNED})


class Message:
    """The reading of one file; ``name`` is what problems call it."""

    def __init__(self, name: str) -> None:
        self._reader = Reader(name, self._take)
        self._listener: Statuses | Entries | None = None
        self._heard: list[Word] = []
        self._wholes: list[Word] = []
        self._seen: set[tuple[Said, str]] = set()
        self._told = 0
        self.kind = ""
        """``pain.002``, ``camt.053`` or ``camt.054``, once its first element was read."""
        self.message_id = ""
        """The bank's name for it, once its head was read."""

    def words(self, pieces: Iterable[bytes]) -> Iterator[Word]:
        """What the file says, as it is read; ``BadInput`` where it is refused, whatever was told.

        What is said of one payment comes before what is said of all the others in its message.
        """
        for piece in pieces:
            self._reader.feed(piece)
            yield from self._numbered(self._heard)
            self._heard = []
        self._reader.end()
        if self._listener is None or not self.message_id:
            why = "it is XML, but not one of the bank's messages that are read here"
            raise self._reader.refused("unknown-format", why)
        yield from self._numbered(self._heard)
        yield from self._numbered(self._wholes)

    def _numbered(self, words: Iterable[Word]) -> Iterator[Word]:
        for word in words:
            key = (word.said, word.end_to_end)
            again = word.said in _ONCE and not word.whole and key in self._seen
            if word.said in _ONCE and not word.whole:
                self._seen.add(key)
            yield replace(word, place=self._told, again=again)
            self._told += 1

    def _take(self, element: Element, around: Sequence[Element]) -> bool:
        if self._listener is None:
            self._listener = self._begin()
        body = _BODY[self.kind]
        if around and (
            around[0].name != "Document" or (len(around) > 1 and around[1].name != body)
        ):
            why = f"{around[0].name} is not the message {body}"
            raise self._reader.refused("unknown-format", why, element.line)
        if element.name == "GrpHdr" and len(around) == 2:
            self.message_id = element.said("MsgId")[:35]
            return True
        try:
            taken = self._listener.take(element, around[2:])
        except Refused as wrong:
            raise self._reader.refused("wrong-value", wrong.why, wrong.line) from wrong
        if taken is None:
            return False
        for word in taken:
            (self._wholes if word.whole else self._heard).append(word)
        if len(self._wholes) > MOST_WHOLES:
            why = f"it speaks of more than {MOST_WHOLES} whole messages"
            raise self._reader.refused("unknown-format", why, element.line)
        return True

    def _begin(self) -> Statuses | Entries:
        found = _KIND.fullmatch(self._reader.namespace)
        if found is None or int(found[2]) < _OLDEST[found[1]]:
            why = f"its namespace is {self._reader.namespace[:80]!r}"
            raise self._reader.refused("unknown-format", why)
        self.kind = found[1]
        return Statuses() if self.kind == "pain.002" else Entries()
