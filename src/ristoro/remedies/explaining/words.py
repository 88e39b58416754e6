"""Values and terms in the reader's words, Italian or English: exact, and never rounded unseen."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import instant
from ristoro.kernel.money import MINOR_DIGITS, SYMBOLS
from ristoro.kernel.spans import Span
from ristoro.remedies.language.terms import Bounds, Term
from ristoro.remedies.language.types import Kind, Scalar

MONTHS = {
    "it": ["gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_UNITS = {
    "it": {
        Kind.BYTES: "byte",
        Kind.DAYS: "giorni",
        Kind.MONTHS: "mesi",
        Kind.WORKING: "giorni lavorativi",
    },
    "en": {
        Kind.BYTES: "bytes",
        Kind.DAYS: "days",
        Kind.MONTHS: "months",
        Kind.WORKING: "working days",
    },
}
_ONE = {
    "it": {
        Kind.BYTES: "byte",
        Kind.DAYS: "giorno",
        Kind.MONTHS: "mese",
        Kind.WORKING: "giorno lavorativo",
    },
    "en": {
        Kind.BYTES: "byte",
        Kind.DAYS: "day",
        Kind.MONTHS: "month",
        Kind.WORKING: "working day",
    },
}
_WORDS = {
    "it": {None: "nessun valore", True: "sì", False: "no", "per-day": "al giorno"},
    "en": {None: "no value", True: "yes", False: "no", "per-day": "per day"},
}
_SIGNS = {"*": "×", "/": "÷", "-": "−", "!=": "≠", "<=": "≤", ">=": "≥"}


class Speaker:
    """Says values in one language, one currency and one zone."""

    def __init__(self, lang: str, currency: str, zone: ZoneInfo) -> None:
        self.lang, self._currency, self._zone = lang, currency, zone

    def value(self, value: Scalar, kind: Kind) -> str:
        """A value with its unit."""
        words = _WORDS[self.lang]
        if value is None:
            return words[None]
        if isinstance(value, bool):
            return words[value]
        if isinstance(value, datetime):
            return self.instant(value)
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, str):
            return f"«{value}»" if self.lang == "it" else f"“{value}”"
        if kind in (Kind.MONEY, Kind.DAILY):
            amount = self.number(value / 10 ** MINOR_DIGITS[self._currency], money=True)
            symbol = SYMBOLS[self._currency]
            apart = self.lang == "it" or symbol.isalpha()
            text = f"{symbol}{' ' if apart else ''}{amount}"
            return f"{text} {words['per-day']}" if kind is Kind.DAILY else text
        if kind is Kind.RATIO:
            sign = " %" if self.lang == "it" else "%"
            decimal, exactly, fraction = self.number(value * 100).partition(" (= ")
            return decimal + sign + (exactly + fraction.replace(")", f"{sign})"))
        if kind is Kind.LENGTH:
            return self.length(value)
        unit = (_ONE if value == 1 else _UNITS)[self.lang].get(kind, "")
        return f"{self.number(value)} {unit}".strip()

    def number(self, value: Fraction, money: bool = False) -> str:
        """Digits in the reader's style; without end, six decimals and the exact fraction."""
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        with localcontext(prec=60):
            decimal = Decimal(value.numerator) / Decimal(value.denominator)
            if rest != 1:
                short = f"{decimal.quantize(Decimal('0.000001')):,f}…"
                return f"{self._style(short)} (= {value.numerator}/{value.denominator})"
            text = f"{decimal.normalize():,f}"
        if money and len(text.partition(".")[2]) < 2:
            text = f"{decimal:,.{MINOR_DIGITS[self._currency]}f}"
        return self._style(text)

    def _style(self, text: str) -> str:
        return text.translate(str.maketrans(",.", ".,")) if self.lang == "it" else text

    def length(self, value: Fraction) -> str:
        """Hours, minutes and seconds."""
        if value.denominator != 1 or value < 0:
            return f"{self.number(value / 60_000_000)} min"
        seconds, micros = divmod(int(value), 1_000_000)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        parts = [(hours, "h"), (minutes, "min"), (seconds, "s"), (micros, "µs")]
        return " ".join(f"{self._style(f'{n:,}')} {unit}" for n, unit in parts if n) or "0 min"

    def day(self, value: date) -> str:
        return f"{value.day} {MONTHS[self.lang][value.month - 1]} {value.year}"

    def instant(self, value: datetime) -> str:
        """Local time in the policy's zone, with its offset where the clock tells two apart."""
        local = value.astimezone(self._zone)
        text = f"{self.day(local.date())}, {local:%H:%M}"
        return text + (f":{local:%S}" if local.second else "")

    def span(self, span: Span) -> str:
        ends = f"{self.instant(instant(span.start))} → {self.instant(instant(span.end))}"
        return f"{ends} ({self.length(Fraction(span.length))})"

    def term(self, term: Term) -> str:
        """An expression, as the policy's author would write it."""
        return self._term(term, 0)

    def _term(self, term: Term, outer: int) -> str:
        op, parts = term.op, term.operands
        if op == "const":
            if isinstance(term.constant, str):
                return f"'{term.constant}'"
            return self.value(term.constant, term.kind)
        if op in ("read", "value", "table", "every", "words"):
            return term.name.removeprefix("input ").removeprefix("amount ").removeprefix("every ")
        if op in ("unknown", "known"):
            return f"{self._term(parts[0], 9)} is {'not ' if op == 'known' else ''}null"
        if op == "not":
            return f"not {self._term(parts[0], 3)}"
        if op == "among":
            inside = ", ".join(self._term(part, 0) for part in parts[1:])
            return f"{self._term(parts[0], 9)} in ({inside})"
        if op.startswith("add_"):
            added = self._term(parts[1], 9)
            sign, added = ("−", added[1:]) if added.startswith("-") else ("+", added)
            return f"{self._term(parts[0], 9)} {sign} {added}"
        levels = {"or": 1, "and": 2, "+": 5, "-": 5, "*": 6, "/": 6}
        if op in levels or op in _SIGNS or op in ("=", "<", ">"):
            level = levels.get(op, 4)
            sign = _SIGNS.get(op, op)
            text = f"{self._term(parts[0], level)} {sign} {self._term(parts[1], level + 1)}"
            return f"({text})" if level < outer else text
        return f"{function(term)}({', '.join(self._term(part, 0) for part in parts)})"

    def step(self, step: Bounds, kind: Kind) -> str:
        """A table's range, ends as they are: ``95 % ≤ … < 99 %``."""
        low = "" if step.low is None else self.value(step.low, kind)
        high = "" if step.high is None else self.value(step.high, kind)
        left = f"{low} {'<' if step.low_open else '≤'} " if low else ""
        right = f" {'<' if step.high_open else '≤'} {high}" if high else ""
        return f"{left}…{right}"


def function(term: Term) -> str:
    """The name by which the author calls an operation."""
    if term.kind in (Kind.DAY, Kind.INSTANT):
        return {"min": "earlier", "max": "later"}.get(term.op, term.op)
    return term.op
