"""The bank's files read: which message it is, and what it says of each payment.

A file is taken whole or not at all. Versions differ in little that matters here; the readers take
those of pain.002 from .03, and of camt.053 and camt.054 from .02, and refuse any other message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ristoro.edges.billing.sepa.elements import Element, Reader
from ristoro.edges.billing.sepa.figures import Refused
from ristoro.edges.billing.sepa.saying import BankWords, Word
from ristoro.edges.billing.sepa.statements import Entries
from ristoro.edges.billing.sepa.statuses import Statuses

_KIND = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.05[34])\.001\.(\d\d)")
_OLDEST = {"pain.002": 3, "camt.053": 2, "camt.054": 2}
_BODY = {
    "pain.002": "CstmrPmtStsRpt",
    "camt.053": "BkToCstmrStmt",
    "camt.054": "BkToCstmrDbtCdtNtfctn",
}


def read(pieces: Iterable[bytes], name: str) -> BankWords:
    """What the file says; ``name`` is what messages call it. ``BadInput`` where it is refused."""
    message = _Message(name)
    for piece in pieces:
        message.reader.feed(piece)
    message.reader.end()
    return message.told()


class _Message:
    """The reading of one file."""

    def __init__(self, name: str) -> None:
        self.reader = Reader(name, self._take)
        self._kind = ""
        self._message_id = ""
        self._words: list[Word] = []
        self._listener: Statuses | Entries | None = None

    def told(self) -> BankWords:
        if self._listener is None or not self._message_id:
            why = "it is XML, but not one of the bank's messages that are read here"
            raise self.reader.refused("unknown-format", why)
        # What is said of one payment comes before what is said of all the others in its message.
        words = sorted(self._words, key=lambda word: bool(word.whole))
        numbered = (replace(word, place=place) for place, word in enumerate(words))
        return BankWords(self._kind, self._message_id, tuple(numbered))

    def _take(self, element: Element, around: tuple[str, ...]) -> bool:
        if self._listener is None:
            self._listener = self._begin()
        body = _BODY[self._kind]
        if around and (around[0] != "Document" or (len(around) > 1 and around[1] != body)):
            why = f"{around[0]} is not the message {body}"
            raise self.reader.refused("unknown-format", why, element.line)
        if element.name == "GrpHdr" and around == ("Document", body):
            self._message_id = element.said("MsgId")[:35]
            return True
        try:
            taken = self._listener.take(element, around[2:])
        except Refused as wrong:
            raise self.reader.refused("wrong-value", wrong.why, wrong.line) from wrong
        if taken is None:
            return False
        self._words += taken
        return True

    def _begin(self) -> Statuses | Entries:
        found = _KIND.fullmatch(self.reader.namespace)
        if found is None or int(found[2]) < _OLDEST[found[1]]:
            why = f"its namespace is {self.reader.namespace[:80]!r}"
            raise self.reader.refused("unknown-format", why)
        self._kind = found[1]
        return Statuses() if self._kind == "pain.002" else Entries()
