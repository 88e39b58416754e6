"""Amounts and days in the bank's files: exact, or the file is refused with the line."""

from __future__ import annotations

from datetime import date

from ristoro.edges.billing.sepa.elements import Element
from ristoro.kernel.money import MINOR_DIGITS, Money


class Refused(Exception):
    """A value that cannot be what it stands for; the reader makes the message of it."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


def amount(element: Element | None) -> tuple[int | None, str]:
    """Minor units and the currency; nothing where there is none, or in a currency not known."""
    if element is None:
        return None, ""
    currency = element.attributes.get("Ccy", "")
    if currency not in MINOR_DIGITS:
        return None, currency[:3]
    try:
        return Money.parse(element.text.strip(), currency).minor, currency
    except ValueError as error:
        raise Refused(f"{element.name}: {error}", element.line) from error


def day(element: Element | None) -> date | None:
    """The day of a ``Dt`` or ``DtTm`` inside."""
    if element is None:
        return None
    text = element.said("Dt") or element.said("DtTm")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise Refused(f"{element.name}: {text[:40]!r} is not a day", element.line) from error


def whole(element: Element | None) -> int | None:
    """A whole number."""
    if element is None:
        return None
    text = element.text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Refused(f"{element.name}: {text[:40]!r} is not a number", element.line)
    return int(text)
