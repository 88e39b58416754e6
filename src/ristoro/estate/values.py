"""What each column of a mailbox may hold: one text in, one value out, or why not.

These are the rules. ``reading`` applies them to whole columns, by shorter ways where the answer
is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ristoro.estate.columns import LOCALES, STANDINGS, WAYS, ways_mask
from ristoro.kernel import clock
from ristoro.kernel.errors import nearest
from ristoro.kernel.money import MINOR_DIGITS, Money

Parse = Callable[[str], object]

MOST_BYTES = 1 << 50
MOST_MINOR = 1_000_000_000
MOST_MONTHS = 120
MOST_ID = (1 << 63) - 1
MOST_TEXT = 100
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(2200, 1, 1, tzinfo=UTC)

_ATEXT = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
ADDRESS = rf"^{_ATEXT}(?:\.{_ATEXT})*@(?:{_LABEL}\.)+{_LABEL}$"
"""Dot-string local parts (RFC 5321, section 4.1.2) in lower case at a domain of at least two
labels; lengths (section 4.5.3.1) apart."""

MOST_LOCAL = 64
MOST_ADDRESS = 254

_ADDRESS = re.compile(ADDRESS)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WHOLE = re.compile(r"-?[0-9]+")
_AMOUNT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Unfit(ValueError):
    """A text that a column cannot hold."""

    code: str
    reason: str
    todo: str


def address(text: str) -> str:
    """An address in lower case: mail hosts tell no two mailboxes apart by case."""
    lower = text.strip().lower()
    local, at, domain = lower.rpartition("@")
    if not at:
        raise Unfit("address", "an address has an @", "write name@domain")
    if not lower.isascii():
        raise Unfit(
            "address",
            "only ASCII addresses can be written to",
            "give the mailbox's ASCII address, a domain as xn--...",
        )
    if len(local) > MOST_LOCAL or len(lower) > MOST_ADDRESS:
        raise Unfit(
            "address",
            f"at most {MOST_LOCAL} characters before the @ and {MOST_ADDRESS} in all (RFC 5321)",
            "check the address",
        )
    if "." not in domain:
        raise Unfit("address", "the domain has no point", "write the whole domain")
    if not _ADDRESS.fullmatch(lower):
        raise Unfit("address", "this is no address as RFC 5321 has them", "check the address")
    return lower


def name(text: str) -> str:
    """A name that other files refer to: one line, without spaces around it."""
    stripped = text.strip()
    if len(stripped) > MOST_TEXT:
        raise Unfit("too-long", f"at most {MOST_TEXT} characters", "use a shorter name")
    if not stripped.isprintable():
        raise Unfit("control-character", "a name is one line of plain text", "remove the character")
    return stripped


def choice(known: tuple[str, ...]) -> Parse:
    """One of the known words."""

    def parse(text: str) -> str:
        word = text.strip()
        if word not in known:
            close = nearest(word.lower(), known)
            raise Unfit(
                "unknown-word",
                f"one of {', '.join(known)}",
                f"write {close}" if close else "translate it with `values:` in a mapping",
            )
        return word

    return parse


def whole(least: int, most: int) -> Parse:
    """A whole number in ``[least, most]``."""

    def parse(text: str) -> int:
        if not _WHOLE.fullmatch(text.strip()):
            raise Unfit("not-a-number", "a whole number, in digits", "write digits only")
        return within(int(text), least, most)

    return parse


def within(number: int, least: int, most: int) -> int:
    """The number, where it is in ``[least, most]``."""
    if number < 0:
        raise Unfit("negative", "less than nothing", f"write a number from {least}")
    if not least <= number <= most:
        raise Unfit("out-of-range", f"from {least} to {most}", "check the number and its unit")
    return number


def amount(text: str) -> int:
    """``EUR 19.99`` in minor units."""
    currency, _, number = text.partition(" ")
    if not _AMOUNT.fullmatch(number.strip()):
        raise Unfit("not-an-amount", "an amount such as 19.99", "write digits and a point")
    try:
        money = Money.parse(number.strip(), currency)
    except ValueError as error:
        raise Unfit("not-an-amount", str(error), "write as many digits as it has") from error
    return within(money.minor, 0, MOST_MINOR)


def day(text: str) -> date:
    """``2023-01-31``."""
    stripped = text.strip()
    if not _DAY.fullmatch(stripped):
        raise Unfit("not-a-day", "a day such as 2023-01-31", "write year-month-day")
    try:
        value = date.fromisoformat(stripped)
    except ValueError as error:
        raise Unfit("not-a-day", f"no such day: {error}", "check the day") from error
    if not FIRST.date() <= value < LAST.date():
        raise Unfit("out-of-range", f"a day from {FIRST.year} to {LAST.year - 1}", "check the year")
    return value


def instant(zone: ZoneInfo | None) -> Parse:
    """ISO 8601 with an offset, or a local time of ``zone``, in microseconds since 1970."""

    def parse(text: str) -> int:
        try:
            value = clock.parse_instant(text.strip(), zone)
        except ValueError as error:
            raise Unfit(
                "not-an-instant",
                str(error),
                "write it as 2023-01-23T00:00:00+01:00, or give `zone:` in a mapping",
            ) from error
        if not FIRST <= value < LAST:
            raise Unfit(
                "out-of-range", f"a year from {FIRST.year} to {LAST.year - 1}", "check the year"
            )
        return clock.micros(value)

    return parse


def ways(text: str) -> int:
    """``webmail+imap`` as bits; ``none`` for a mailbox without any."""
    stripped = text.strip()
    if stripped == "none":
        return 0
    words = tuple(word.strip() for word in stripped.split("+"))
    for word in words:
        if word not in WAYS:
            close = nearest(word, WAYS)
            raise Unfit(
                "unknown-way",
                f"{word!r} is none of {', '.join(WAYS)}",
                f"write {close}" if close else "join known ones by +, or write none",
            )
    return ways_mask(words)


def currency(text: str) -> str:
    """A currency whose minor units are known."""
    return str(choice(tuple(MINOR_DIGITS))(text))


def parsers(zone: ZoneInfo | None) -> dict[str, Parse]:
    """The rule of every target of a mapping."""
    storage, price = whole(0, MOST_BYTES), whole(0, MOST_MINOR)
    months, moment = whole(0, MOST_MONTHS), instant(zone)
    return {
        "mailbox_id": whole(1, MOST_ID),
        "address": address,
        "brand": name,
        "store": name,
        "holder_id": name,
        "locale": choice(LOCALES),
        "standing": choice(STANDINGS),
        "created_at": moment,
        "closed_at": moment,
        "plan": name,
        "plan_since": moment,
        "price_minor": price,
        "currency": currency,
        "billing_months": months,
        "paid_until": day,
        "storage_bytes": storage,
        "used_bytes": storage,
        "before_plan": name,
        "before_price_minor": price,
        "before_billing_months": months,
        "before_paid_until": day,
        "before_storage_bytes": storage,
        "ways": ways,
        **{f"seen_{way}": moment for way in WAYS},
        "price": amount,
        "before_price": amount,
    }
