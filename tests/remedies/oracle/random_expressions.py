"""Random expressions of a wanted unit, well typed, as text with few more brackets than it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from tests.remedies.oracle.expressions import Tree, parse
from tests.remedies.oracle.random_estates import PLANS, STORES, Scene, days, moments
from tests.remedies.oracle.units import (
    BYTES,
    COUNT,
    DAILY,
    DAYS,
    LENGTH,
    MONEY,
    MONTHS,
    SHARE,
    WORKING_DAYS,
)

TRUTH, TEXT, DAY, INSTANT = "truth", "text", "day", "instant"
NUMBERS = (COUNT, SHARE, BYTES, LENGTH, DAYS, MONTHS, WORKING_DAYS, MONEY, DAILY)

FIELDS = {
    COUNT: ("billing_months", "then.billing_months"),
    BYTES: ("storage", "used", "then.storage", "before.storage"),
    MONEY: ("price", "then.price"),
    DAY: (
        "paid_until",
        "then.paid_until",
        "before.paid_until",
        "outage.start_day",
        "outage.end_day",
        "today",
    ),
    INSTANT: (
        "created", "closed", "plan_since", "outage.start", "outage.end", "seen.webmail", "seen.ios",
    ),
    TRUTH: ("allows.webmail", "allows.imap", "allows.android"),
    TEXT: ("brand", "store", "holder", "plan", "then.plan", "before.plan", "locale", "standing"),
}  # fmt: skip

ATTRIBUTES = {
    LENGTH: ("total", "longest", "window"),
    COUNT: ("stretches", "windows"),
    DAYS: ("days_touched", "whole_days"),
    SHARE: ("uptime",),
    INSTANT: ("start", "end"),
    DAY: ("start_day", "end_day"),
}

WORDS = {
    "brand": tuple(STORES),
    "store": ("blue-1", "red-1"),
    "holder": ("anna", "bruno"),
    "plan": PLANS,
    "then.plan": PLANS,
    "before.plan": PLANS,
    "locale": ("it", "en"),
    "standing": ("good", "arrears", "suspended", "abuse"),
}
ATOM, PRODUCT, SUM, COMPARISON, NOT, AND, OR = range(6, -1, -1)


@dataclass
class Names:
    """What a policy's expressions may read so far."""

    scene: Scene
    currency: str
    zone: str
    read: dict[str, list[str]] = field(default_factory=dict)
    """By unit: inputs, amounts and attributes of measures, besides the mailbox's fields."""
    defined: dict[str, list[str]] = field(default_factory=dict)
    """By unit: values and tables."""

    def add(self, unit: str, name: str, *, defined: bool = False) -> None:
        (self.defined if defined else self.read).setdefault(unit, []).append(name)

    def leaves(self, unit: str) -> list[str]:
        return [*FIELDS.get(unit, ()), *self.read.get(unit, []), *self.read.get(unit, [])]


class Written:
    """Draws expressions; every method returns text and how tightly it binds."""

    def __init__(self, draw: st.DrawFn, names: Names) -> None:
        self.draw, self.names = draw, names

    def text(self, unit: str, depth: int) -> str:
        """An expression of a unit."""
        return self.make(unit, depth)[0]

    def inside(self, unit: str, depth: int, least: int) -> str:
        """An operand that binds at least so tightly, in brackets where it must be."""
        text, binds = self.make(unit, depth)
        return f"({text})" if binds < least or self.one_in(12) else text

    def one_in(self, chances: int) -> bool:
        return self.draw(st.integers(1, chances)) == chances

    def pick(self, *of: str) -> str:
        return self.draw(st.sampled_from(of))

    def make(self, unit: str, depth: int) -> tuple[str, int]:
        if unit == TRUTH:
            return self.truth(depth)
        if depth <= 0 or self.one_in(4):
            return self.leaf(unit), ATOM
        ways: list[Callable[[int], tuple[str, int]]] = [lambda d: self.choice(unit, d)]
        if unit in NUMBERS:
            ways += [lambda d: self.sum(unit, d), lambda d: self.scaled(unit, d)]
            ways.append(lambda d: self.special(unit, d))
        if unit == DAY:
            ways += [self.moved, self.moved]
        if unit == INSTANT:
            ways += [self.later, self.later]
        return self.draw(st.sampled_from(ways))(depth - 1)

    # Leaves

    def leaf(self, unit: str) -> str:
        names = [*self.names.leaves(unit), *self.names.defined.get(unit, [])]
        if names and not self.one_in(4):
            return self.pick(*names)
        return self.constant(unit)

    def constant(self, unit: str) -> str:
        whole = self.draw(st.one_of(st.integers(0, 4), st.integers(0, 60)))
        currency = self.names.currency
        if unit == SHARE:
            return self.pick("20 percent", "5%", "99.9 percent", "100%", "0%", "33.3 percent")
        if unit == BYTES:
            return f"{whole} {self.pick('GiB', 'MB', 'bytes', 'kB', 'TiB')}"
        if unit == LENGTH:
            return f"{whole} {self.pick('minutes', 'hours', 'seconds', 'hour')}"
        if unit in (DAYS, MONTHS, WORKING_DAYS):
            return f"{whole} {unit}"
        if unit in (MONEY, DAILY):
            cents = self.pick("00", "01", "50", "99")
            digits = f"{whole}" if currency == "JPY" else f"{whole}.{cents}"
            return f"{digits} {currency}" + (" per day" if unit == DAILY else "")
        if unit == DAY:
            return self.draw(days(self.names.scene)).isoformat()
        if unit == INSTANT:
            at: datetime = self.draw(moments(self.names.scene))
            return at.astimezone(ZoneInfo(self.names.zone)).isoformat()
        if unit == TEXT:
            return self.pick("'free'", "'plus'", "'blue'", "'it''s'", "'anna'")
        assert unit == COUNT, unit
        return str(whole)

    def positive(self, unit: str) -> str:
        """What may divide: never negative; a field may be zero, which makes the share unknown."""
        read = [
            name
            for name in self.names.leaves(unit)
            if not self.one_in(3) and not name.startswith("before.")
        ]
        if read and not self.one_in(3):
            return self.pick(*read)
        constants = {
            COUNT: "3", SHARE: "20%", BYTES: "7 GiB", LENGTH: "90 minutes", DAYS: "7 days",
            MONTHS: "5 months", WORKING_DAYS: "2 working days", MONEY: f"7 {self.names.currency}",
            DAILY: f"6 {self.names.currency} per day",
        }  # fmt: skip
        return constants[unit]

    # Numbers

    def choice(self, unit: str, depth: int) -> tuple[str, int]:
        a, b = self.text(unit, depth), self.text(unit, depth)
        functions = ["first_known", "if"]
        functions += ["min", "max"] if unit in NUMBERS else []
        functions += ["earlier", "later"] if unit in (DAY, INSTANT) else []
        function = self.pick(*functions)
        if function == "if":
            return f"if({self.text(TRUTH, depth)}, {a}, {b})", ATOM
        more = f", {self.text(unit, 0)}" if self.one_in(3) else ""
        return f"{function}({a}, {b}{more})", ATOM

    def sum(self, unit: str, depth: int) -> tuple[str, int]:
        sign = self.pick("+", "-")
        left = self.inside(unit, depth, SUM)
        return f"{left} {sign} {self.inside(unit, depth, PRODUCT)}", SUM

    def scaled(self, unit: str, depth: int) -> tuple[str, int]:
        """A number times or over a count or a share."""
        if self.one_in(3):
            by = self.positive(self.pick(COUNT, SHARE))
            return f"{self.inside(unit, depth, PRODUCT)} / {by}", PRODUCT
        scale = COUNT if unit == COUNT else self.pick(COUNT, SHARE)
        if unit == SHARE:
            scale = SHARE
        sides = [self.inside(scale, depth - 1, PRODUCT), self.inside(unit, depth - 1, ATOM)]
        if self.one_in(2):
            sides = [self.inside(unit, depth - 1, PRODUCT), self.inside(scale, depth - 1, ATOM)]
        sign = self.pick("*", "of") if "of" not in sides[0] else "*"
        return f"{sides[0]} {sign} {sides[1]}", PRODUCT

    def special(self, unit: str, depth: int) -> tuple[str, int]:
        """What a unit alone can be made of."""
        if unit == COUNT:
            if self.one_in(3):
                return f"days_in_month({self.text(DAY, depth)})", ATOM
            of = self.pick(LENGTH, LENGTH, DAYS, BYTES, COUNT, MONEY)
            function = self.pick("units", "units_started")
            return f"{function}({self.text(of, depth)}, {self.positive(of)})", ATOM
        if unit == WORKING_DAYS:
            pair = f"{self.text(DAY, depth)}, {self.text(DAY, depth)}"
            return f"working_days_between({pair})", ATOM
        if unit == LENGTH:
            pair = f"{self.text(INSTANT, depth)}, {self.text(INSTANT, depth)}"
            return f"length_between({pair})", ATOM
        if unit == DAYS:
            return f"days_between({self.text(DAY, depth)}, {self.text(DAY, depth)})", ATOM
        if unit == SHARE:
            of = self.pick(LENGTH, BYTES, DAYS, MONEY)
            return f"{self.inside(of, depth, PRODUCT)} / {self.positive(of)}", PRODUCT
        if unit == MONEY:
            unit_of_days = self.pick(DAYS, DAYS, WORKING_DAYS)
            daily, count = (
                self.inside(DAILY, depth, PRODUCT),
                self.inside(unit_of_days, depth, ATOM),
            )
            return f"{daily} * {count}", PRODUCT
        if unit == DAILY:
            return f"{self.inside(MONEY, depth, PRODUCT)} / {self.positive(DAYS)}", PRODUCT
        return self.choice(unit, depth)

    # Days

    def moved(self, depth: int) -> tuple[str, int]:
        day = self.inside(DAY, depth, SUM)
        if self.one_in(3):
            return f"end_of_month({self.text(DAY, depth)})", ATOM
        if self.one_in(4):
            return f"day_of({self.text(INSTANT, depth)})", ATOM
        if self.one_in(3):
            unit = self.pick(DAYS, WORKING_DAYS)
            return f"{day} + {self.inside(unit, depth - 1, PRODUCT)}", SUM
        step = f"{self.draw(st.integers(0, 40))} {self.pick('days', 'months', 'working days')}"
        return f"{day} {self.pick('+', '-')} {step}", SUM

    def later(self, depth: int) -> tuple[str, int]:
        """An instant moved by elapsed time, either way."""
        step = self.pick("24 hours", "90 minutes", self.inside(LENGTH, depth, PRODUCT))
        return f"{self.inside(INSTANT, depth, SUM)} {self.pick('+', '-')} {step}", SUM

    # Truth

    def truth(self, depth: int) -> tuple[str, int]:
        if depth <= 0:
            if self.one_in(4):
                return self.pick(*self.names.leaves(TRUTH)), ATOM
            return self.compared(0)
        way = self.draw(st.integers(0, 9))
        if way <= 4:
            return self.compared(depth - 1)
        if way == 5:
            return f"not {self.inside(TRUTH, depth - 1, NOT)}", NOT
        if way in (6, 7):
            left = self.inside(TRUTH, depth - 1, AND)
            return f"{left} and {self.inside(TRUTH, depth - 1, NOT)}", AND
        if way == 8:
            left = self.inside(TRUTH, depth - 1, OR)
            return f"{left} or {self.inside(TRUTH, depth - 1, AND)}", OR
        pair = f"{self.text(TRUTH, depth - 1)}, {self.text(TRUTH, depth - 1)}"
        if self.one_in(2):
            return f"if({self.text(TRUTH, depth - 1)}, {pair})", ATOM
        return f"first_known({pair})", ATOM

    def compared(self, depth: int) -> tuple[str, int]:
        """A comparison, a list, a range, or a test for null."""
        way = self.draw(st.integers(0, 9))
        if way <= 1:
            return self.words(), COMPARISON
        unit = self.pick(COUNT, SHARE, BYTES, LENGTH, DAYS, MONEY, DAY, INSTANT, DAILY)
        left = self.inside(unit, depth, SUM)
        if way == 2:
            return f"{left} is {self.pick('', 'not ')}null", COMPARISON
        negated = self.pick("", "", "not ")
        if way == 3:
            pair = f"{self.inside(unit, depth, SUM)} and {self.inside(unit, 0, SUM)}"
            return f"{left} {negated}between {pair}", COMPARISON
        if way == 4:
            return f"{left} {negated}in ({self.constant(unit)}, {self.constant(unit)})", COMPARISON
        if way == 5 and unit == INSTANT:
            day = self.pick("outage.start_day", "today", self.constant(DAY))
            return f"{left} >= start_of({day})", COMPARISON
        sign = self.pick("=", "!=", "<", "<=", ">", ">=")
        return f"{left} {sign} {self.inside(unit, depth, SUM)}", COMPARISON

    def words(self) -> str:
        """A test of a field that holds words."""
        name = self.pick(*WORDS)
        word = self.pick(*WORDS[name])
        way = self.draw(st.integers(0, 4))
        if way == 0:
            return f"starts_with({name}, '{word[:2]}')"
        if way == 1:
            return f"{name} {self.pick('', 'not ')}in ('{word}', '{WORDS[name][0]}')"
        if way == 2:
            return f"{name} is {self.pick('', 'not ')}null"
        return f"{name} {self.pick('=', '!=')} '{word}'"


def reads(text: str, policy: Mapping[str, object]) -> bool:
    """Whether an expression reads anything but what the policy defines by constants."""
    defined = {name for part in ("values", "tables") for name in policy.get(part, {})}  # type: ignore[attr-defined]

    def any_name(tree: Tree) -> bool:
        if tree[0] == "name":
            return tree[1] not in defined
        return any(any_name(part) for part in tree[1:] if isinstance(part, tuple) and part)

    return any_name(parse(text))
