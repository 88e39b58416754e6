"""A policy as a tree: what the YAML says, each part with its place, before and after the check."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ristoro.kernel.errors import Place
from ristoro.kernel.money import Rounding
from ristoro.outages.periods import Hours
from ristoro.remedies.language.calendars import Calendar
from ristoro.remedies.language.expressions import Node
from ristoro.remedies.language.types import Kind, Number

Words = Mapping[str, str]
"""A sentence by language, ``it`` and ``en``."""

CONSENTS = ("automatic", "confirm", "claim")
ACCOUNTING = ("goodwill", "price-reduction", "service-credit", "indemnity", "damages")
RIGHTS = ("kept", "deducted")
CHANNELS = ("mailbox", "bill", "credit", "transfer")
COUNTED = ("each mailbox", "once a person")
OVER = ("every window", "every stretch")
FALLBACKS = ("give", "ask-again", "forfeit")
REMIND = (14, 3)
"""Days before the deadline on which a yes is asked for again, where a policy does not say."""
MOST_REMINDERS = 8


@dataclass(frozen=True, slots=True)
class Input:
    """A fact that no snapshot has: from a case, from a facts file, or the default."""

    name: str
    kind: Kind
    default: Node | None
    title: Words
    place: Place


@dataclass(frozen=True, slots=True)
class DatedNumber:
    """What an amount is from a day on."""

    valid_from: date
    number: Number
    reference: str


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of the policy, with the days from which each of its values holds."""

    name: str
    values: tuple[DatedNumber, ...]
    place: Place


class Window(enum.Enum):
    """Over which time a measure is taken."""

    OUTAGE = "outage"
    MONTH = "calendar month"
    THREE_MONTHS = "three months"
    FOUR_MONTHS = "four months"
    SIX_MONTHS = "six months"
    DAY = "calendar day"
    YEAR = "calendar year"
    CYCLE = "billing cycle"


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound on a length of time: at least, or over (strictly more than)."""

    value: int
    strict: bool

    @property
    def least(self) -> int:
        """The smallest whole number that meets it."""
        return self.value + self.strict


@dataclass(frozen=True, slots=True)
class ShortStretches:
    """When stretches that ``stretch`` leaves out count after all."""

    a_day: Limit
    """By how much of them there is on a calendar day."""
    excess_only: bool
    """Of such a day, only what is over the limit counts: the latest of it."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much planned time is left out in each calendar period; the rest of it counts."""

    length: int
    months: int
    """12 for a year, 1 for a month."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Which of the outage's time counts for a mailbox; all lengths in microseconds."""

    name: str
    components: tuple[str, ...]
    """Components by name; empty for the ways in that the plan allows."""
    used_only: bool
    """Of those ways in, only the ones used since the policy's ``used_since``."""
    every: bool
    """Counts only while all of them fail at once; else while any of them does."""
    degraded: bool
    """Degraded time counts too."""
    error_rate: Limit | None
    """Degraded time counts only with a known error rate in per mille that meets this."""
    planned_notice: int | None
    """Planned windows announced at least so long before do not count; ``None``: they count."""
    planned_hours: Hours | None
    """Only in these hours; ``None`` for whenever it was announced."""
    planned_allowance: Allowance | None
    """Only so much of it; ``None`` for all."""
    excused: tuple[str, ...]
    """Causes that take time out."""
    merge_gaps: int
    """Gaps shorter than this make one stretch."""
    gaps_count: bool
    """The time of such gaps counts as well."""
    stretch: Limit | None
    """Shorter stretches do not count."""
    short_stretches: ShortStretches | None
    """Unless they add up on a day."""
    starts: Node | None
    """The clock: time before this date or instant does not count, and none where it is null."""
    window: Window
    population: str | None
    """Weighed over everybody with the same ``brand``, ``store``, ``holder``, or ``everyone``."""
    place: Place

    @property
    def own(self) -> bool:
        """Whether mailboxes that the outage cannot tell apart may be measured differently."""
        return self.starts is not None or self.window is Window.CYCLE


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a table: a range of the variable and what it gives."""

    low: Number | None
    low_open: bool
    high: Number | None
    high_open: bool
    gives: Node
    place: Place


@dataclass(frozen=True, slots=True)
class WordRow:
    """One row of a table by words: the texts, and what they give."""

    texts: tuple[str, ...]
    gives: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A step table: every value of the variable falls in exactly one step."""

    name: str
    of: Node
    steps: tuple[Step, ...]
    place: Place
    words: tuple[WordRow, ...] = ()
    """Rows by text, in place of steps."""
    otherwise: Node | None = None
    """What every other text gives; ``None`` for a table of steps."""
    over: str = ""
    """One of ``OVER``: it is added up over every window of its measure, or over every stretch of
    the worst; empty where it is of one value alone."""


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether somebody must say yes, by when, and what silence means."""

    how: str = "automatic"
    by: Node | None = None
    silence: str = ""
    claimed: Node | None = None
    """The input that says when it was claimed: a claim missing or late then gives nothing."""
    remind: tuple[int, ...] = ()
    """Days before the deadline on which whoever has not answered is reminded, longest first."""


@dataclass(frozen=True, slots=True)
class Give:
    """What a rule gives, in one of ``columns.KINDS``."""

    kind: str
    amount: Node
    rounding: Rounding | None
    at_most: tuple[Node, ...]
    least: Node | None
    """The minimum issue: less than this is not given."""
    least_strict: bool
    """The amount must be over ``least``, not only reach it."""
    since: Node | None
    """The day from which an extension or service days are added."""
    consent: Consent
    place: Place


@dataclass(frozen=True, slots=True)
class Nothing:
    """An explicit zero: a code, and the sentence a holder reads."""

    reason: str
    because: Words
    place: Place


@dataclass(frozen=True, slots=True)
class Goodwill:
    """Who decided to give more than the rules say, when, and why."""

    author: str
    on: date
    because: Words
    place: Place


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a remedy; the last one has no condition."""

    name: str
    when: Node | None
    result: Give | Nothing
    title: Words
    reference: str
    place: Place
    goodwill: Goodwill | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in which a remedy is paid out, and when it is open."""

    name: str
    over: Node | None
    """Only for amounts over this."""
    when_closed: bool
    """Only where the holder's contract has ended."""
    place: Place


@dataclass(frozen=True, slots=True)
class PeriodCap:
    """The most that incidents of one month or year give together."""

    period: str
    most: Node
    already: Node
    """The input that says what earlier incidents gave in it."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Rules in order: the first whose condition holds decides, alone."""

    name: str
    title: Words
    lane: str
    accounting: str
    other_rights: str
    channels: tuple[Channel, ...]
    """In order of preference."""
    rules: tuple[Rule, ...]
    place: Place
    counted: str = "each mailbox"
    """One of ``COUNTED``: whether each mailbox of a holder is given, or one of them."""
    at_most_a_person: Node | None = None
    period_caps: tuple[PeriodCap, ...] = ()
    deducts: Node | None = None
    """Money already got for the same loss, taken off after the caps."""
    paid_within: Number | None = None
    """How long the payer has, in calendar or working days or in months."""
    choice: str = ""
    """Names a choice: of remedies with the same one, a mailbox is given one; empty for none."""

    @property
    def channel(self) -> str:
        """The preferred channel."""
        return self.channels[0].name


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a policy, as read; ``check.check`` makes it fit to be decided by."""

    name: str
    version: int
    title: Words
    valid_from: date
    zone: ZoneInfo
    currency: str
    used_since: date | None
    """The first day that counts for ``used ways``."""
    references: Mapping[str, str]
    inputs: Mapping[str, Input]
    amounts: Mapping[str, Amount]
    measures: Mapping[str, Measure]
    values: Mapping[str, Node]
    tables: Mapping[str, Table]
    remedies: tuple[Remedy, ...]
    place: Place
    digest: str
    """The SHA-256 of the file's bytes."""
    calendar: Calendar | None = None
    """By which working days are counted."""
    looks_up_days: bool = False
    """Whether a rule asks for working days or the date of an instant; the check finds out."""

    @property
    def choices(self) -> Mapping[str, tuple[int, ...]]:
        """By name, the positions of the remedies among which a holder chooses."""
        found: dict[str, tuple[int, ...]] = {}
        for position, remedy in enumerate(self.remedies):
            if remedy.choice:
                found[remedy.choice] = (*found.get(remedy.choice, ()), position)
        return found

    def others(self, position: int) -> frozenset[int]:
        """The alternatives to a remedy; none where it is in no choice."""
        within = self.choices.get(self.remedies[position].choice, ())
        return frozenset(within) - {position}
