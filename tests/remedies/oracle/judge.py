"""A policy's YAML, and what each of its remedies owes one mailbox (chapters 4 to 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.remedies.oracle import calendar, measures
from tests.remedies.oracle.counting import Clock, Mailbox, Sight
from tests.remedies.oracle.evaluate import Place, Value, evaluate
from tests.remedies.oracle.expressions import parse
from tests.remedies.oracle.happened import WAYS, Happened
from tests.remedies.oracle.units import (
    BYTES,
    COUNT,
    DAYS,
    MONEY,
    MONTHS,
    Number,
    add,
    number,
    rounded,
    same_unit,
)

GIVES = {
    "storage": ("storage", "bytes", BYTES),
    "extension": ("extension", "months", MONTHS),
    "service_days": ("service-days", "days", DAYS),
    "credit": ("credit", "minor", MONEY),
    "refund": ("refund", "minor", MONEY),
    "indemnity": ("indemnity", "minor", MONEY),
}
"""The word in a policy: its kind and unit in an outcome, and the unit of its amount."""


@dataclass(frozen=True)
class Outcome:
    """What one remedy owes one mailbox: the columns of ``outcomes.parquet`` that it decides."""

    remedy: str
    rule: str
    reason: str
    lane: str
    kind: str
    amount: int
    unit: str
    currency: str
    base: int | None
    target: int | None
    base_until: date | None
    until: date | None
    consent: str
    deadline: date | None
    trail: str


@dataclass(frozen=True)
class Case:
    """One mailbox in its estate, with what is known of it, on a day."""

    mailbox: Mailbox
    estate: Sequence[Mailbox]
    inputs: Mapping[str, Value]
    """Stated facts; what is not there is not stated."""
    today: date


class Judge:
    """A policy applied to one outage and one mailbox."""

    def __init__(self, policy: Mapping[str, Any], happened: Happened, case: Case) -> None:
        self.policy, self.case = policy, case
        self.zone = ZoneInfo(policy["zone"])
        since = policy.get("used_since")
        self.sight = Sight(
            happened,
            self.zone,
            None if since is None else calendar.midnight(date.fromisoformat(since), self.zone),
        )
        calendar_told = policy.get("calendar")
        self.place = Place(self.zone, calendar_told and calendar.worked(calendar_told))
        self.measured: dict[str, Value] = {}

    def outcomes(self) -> dict[str, Outcome]:
        """Every remedy by name, before a person's mailboxes are looked at together."""
        return {remedy["remedy"]: self.decide(remedy) for remedy in self.policy["remedies"]}

    # What a name means

    def value(self, text: str) -> Value:
        return evaluate(parse(text), self.look_up, self.place)

    def look_up(self, name: str) -> Value:
        policy = self.policy
        if name in policy.get("inputs", {}):
            return self.input(name, policy["inputs"][name])
        if name in policy.get("amounts", {}):
            return self.amount(policy["amounts"][name])
        if name in policy.get("values", {}):
            return self.value(policy["values"][name])
        if name in policy.get("tables", {}):
            return self.table(policy["tables"][name])
        head, _, attribute = name.partition(".")
        if head in policy.get("measures", {}):
            if name not in self.measured:
                self.measured[name] = self.measure(policy["measures"][head], attribute)
            return self.measured[name]
        if head == "outage" or name == "today":
            return self.run(name)
        return self.field(name)

    def input(self, name: str, declared: Mapping[str, str]) -> Value:
        stated = self.case.inputs.get(name)
        if stated is None and "default" in declared:
            return self.value(declared["default"])
        return stated

    def amount(self, dated: Sequence[Mapping[str, str]]) -> Value:
        """The last value whose first day is not after the outage's first day."""
        first = calendar.local_day(self.sight.happened.whole.start, self.zone)
        inforce = [one for one in dated if date.fromisoformat(one["from"]) <= first]
        return self.value(inforce[-1]["value"])

    def table(self, table: Mapping[str, Any]) -> Value:
        if "words" in table:
            return self.by_words(table)
        if table.get("over") == "every window":
            return self.over_every_window(table)
        return self.step(table, self.value(table["of"]))

    def by_words(self, table: Mapping[str, Any]) -> Value:
        """The row that has the text; ``otherwise`` for any other, and for none."""
        text = self.value(table["of"])
        for row in table["words"]:
            if text in _listed(row["is"]):
                return self.value(row["gives"])
        return self.value(table["otherwise"])

    def over_every_window(self, table: Mapping[str, Any]) -> Value:
        """What the table gives in each window, added up."""
        head, _, attribute = table["of"].partition(".")
        parts = []
        for taken in self.taken(self.policy["measures"][head]):
            parts.append(self.step(table, measures.ask(taken, attribute, self.zone)))
        sum_of_all = parts[0]
        for part in parts[1:]:
            known = isinstance(sum_of_all, Number) and isinstance(part, Number)
            sum_of_all = add(sum_of_all, part) if known else None  # type: ignore[arg-type]
        return sum_of_all

    def step(self, table: Mapping[str, Any], value: Value) -> Value:
        """What the step gives that the value falls in; a value below them all is not known."""
        if value is None:
            return None
        assert isinstance(value, Number)
        for step in table["steps"]:
            if self.inside(value, step):
                return self.value(step["gives"])
        assert value.value < 0, f"{value} is in no step"
        return None

    def inside(self, value: Number, step: Mapping[str, str]) -> bool:
        holds = {
            "from": lambda bound: value.value >= bound,
            "over": lambda bound: value.value > bound,
            "to": lambda bound: value.value <= bound,
            "below": lambda bound: value.value < bound,
        }
        for word, test in holds.items():
            if word in step:
                bound = self.value(step[word])
                assert isinstance(bound, Number)
                if not test(same_unit(value, bound).value):
                    return False
        return True

    def measure(self, measure: Mapping[str, Any], attribute: str) -> Value:
        if "population" in measure:
            assert attribute == "uptime"
            return measures.pooled(measure, self.case.mailbox, self.case.estate, self.sight)
        taken = self.taken(measure)
        if attribute == "windows":
            return number(sum(1 for one in taken if one.parts), COUNT)
        return measures.ask(measures.worst(taken), attribute, self.zone)

    def taken(self, measure: Mapping[str, Any]) -> list[measures.Taken]:
        """A measure in every window, by the mailbox's own clock and billing cycle."""
        clock: Clock = None
        if "starts" in measure:
            told = self.value(measure["starts"])
            clock = told if isinstance(told, datetime) else "never"
            if isinstance(told, date) and not isinstance(told, datetime):
                clock = calendar.midnight(told, self.zone)
        months, last_day = self.field("then.billing_months"), self.field("then.paid_until")
        cycle = None
        if isinstance(months, Number) and months.value >= 1 and isinstance(last_day, date):
            cycle = calendar.Cycle(int(months.value), last_day)
        return measures.in_windows(measure, self.case.mailbox, self.sight, clock, cycle)

    def run(self, name: str) -> Value:
        whole = self.sight.happened.whole
        return {
            "outage.start": whole.start,
            "outage.end": whole.end,
            "outage.start_day": calendar.local_day(whole.start, self.zone),
            "outage.end_day": calendar.last_local_day(whole.end, self.zone),
            "today": self.case.today,
        }[name]

    def field(self, name: str) -> Value:
        """A field of the mailbox: as it is, before the last change, or when the outage began."""
        row = self.case.mailbox
        when, _, last = name.rpartition(".")
        if when == "allows":
            return bool(row["ways"] & (1 << WAYS.index(last)))
        if when == "seen":
            return _scalar(row[f"seen_{last}"], "")
        column, unit = {
            "holder": ("holder_id", ""),
            "created": ("created_at", ""),
            "closed": ("closed_at", ""),
            "price": ("price_minor", MONEY),
            "billing_months": ("billing_months", COUNT),
            "storage": ("storage_bytes", BYTES),
            "used": ("used_bytes", BYTES),
        }.get(last, (last, ""))
        prefix = ""
        if when == "before":
            prefix = "before_"
        if when == "then":
            start = self.sight.happened.whole.start.replace(tzinfo=None)
            if row["created_at"] > start:
                return None  # it did not exist yet
            prefix = "" if row["plan_since"] <= start else "before_"
        if unit == MONEY and row["currency"] != self.policy["currency"]:
            return None
        return _scalar(row[prefix + column], unit)

    # What is owed

    def decide(self, remedy: Mapping[str, Any]) -> Outcome:
        """The first rule whose condition holds decides, alone."""
        trail = []
        for rule in [*remedy["rules"], {"rule": "otherwise", **remedy["otherwise"]}]:
            if "when" in rule and self.value(rule["when"]) is not True:
                trail.append(f"{rule['rule']}=no")
                continue
            trail.append(f"{rule['rule']}=yes")
            if "nothing" in rule:
                return self.nothing(remedy, rule, rule["nothing"], ",".join(trail))
            return self.given(remedy, rule, ",".join(trail))
        raise AssertionError("otherwise has no condition")

    def nothing(
        self, remedy: Mapping[str, Any], rule: Mapping[str, Any], reason: str, trail: str
    ) -> Outcome:
        """A zero outcome; its kind is that of the rule, or of the first rule that gives."""
        everything = [rule, *remedy["rules"], remedy["otherwise"]]
        gives = [one["give"] for one in everything if "give" in one]
        kind, unit, _ = GIVES[_word(gives[0])] if gives else GIVES["indemnity"]
        return Outcome(
            remedy=remedy["remedy"], rule=rule["rule"], reason=reason, lane=remedy["lane"],
            kind=kind, amount=0, unit=unit,
            currency=self.policy["currency"] if unit == "minor" else "",
            base=None, target=None, base_until=None, until=None,
            consent="automatic", deadline=None, trail=trail,
        )  # fmt: skip

    def given(self, remedy: Mapping[str, Any], rule: Mapping[str, Any], trail: str) -> Outcome:
        """An amount: exact, capped, rounded once, and held against the minimum issue."""
        give = rule["give"]
        kind, unit, _ = GIVES[_word(give)]
        consent = rule.get("consent", remedy.get("consent"))
        how, by, claimed = _consent(consent)
        exact = self.number(give[_word(give)], give)
        caps = [self.number(cap, give) for cap in _listed(give.get("at_most", []))]
        caps += self.period_caps(remedy, give)
        deducted = self.number(remedy["deducts"], give) if "deducts" in remedy else Fraction(0)
        least_word, least_text = _least(give.get("least", ""))
        least = self.number(least_text, give) if least_text else None
        since = self.day(give["from"]) if "from" in give else None
        deadline = self.day(by) if by else None

        def zero(reason: str) -> Outcome:
            return self.nothing(remedy, rule, reason, f"{trail};{reason}")

        unknown_day = ("from" in give and since is None) or (by and deadline is None)
        unknown = exact is None or None in caps or (least_text and least is None)
        if unknown or exact is None or deducted is None or unknown_day:
            return zero("not-known")
        on = None
        if claimed and deadline:
            on = self.day(claimed)
            if on is None and self.case.today > deadline:
                return zero("not-claimed")
            if on is not None and on > deadline:
                return zero("claimed-late")
        left = min([exact, *[cap for cap in caps if cap is not None]]) - max(Fraction(0), deducted)
        amount = rounded(max(Fraction(0), left), give.get("rounding", "down"))
        if amount == 0:
            return zero("zero-amount")
        if least is not None and not (amount > least if least_word == "over" else amount >= least):
            return zero("below-least")
        until = None
        if since is not None:
            until = since + timedelta(days=amount)
            if kind == "extension":
                until = calendar.months_later(since, amount)
        mailbox = self.case.mailbox
        base = mailbox["storage_bytes"] if kind == "storage" else None
        paid = mailbox["paid_until"] or mailbox["before_paid_until"]
        return Outcome(
            remedy=remedy["remedy"], rule=rule["rule"], reason="", lane=remedy["lane"],
            kind=kind, amount=amount, unit=unit,
            currency=self.policy["currency"] if unit == "minor" else "",
            base=base, target=None if base is None else base + amount,
            base_until=paid if since is not None else None, until=until,
            consent=how if on is None else "automatic",
            deadline=deadline if on is None else None, trail=trail,
        )  # fmt: skip

    def period_caps(
        self, remedy: Mapping[str, Any], give: Mapping[str, Any]
    ) -> list[Fraction | None]:
        """What a month's and a year's cap leave after what was given already."""
        caps: list[Fraction | None] = []
        for period in ("month", "year"):
            if f"at_most_a_{period}" in remedy:
                already = remedy["already"]
                already = already if isinstance(already, str) else already[period]
                most = self.number(remedy[f"at_most_a_{period}"], give)
                given = self.number(already, give)
                caps.append(None if most is None or given is None else most - given)
        return caps

    def number(self, text: str, give: Mapping[str, Any]) -> Fraction | None:
        value = self.value(text)
        if value is None:
            return None
        assert isinstance(value, Number)
        assert value.unit == GIVES[_word(give)][2], f"{text} is in {value.unit}"
        return value.value

    def day(self, text: str) -> date | None:
        value = self.value(text)
        assert value is None or (isinstance(value, date) and not isinstance(value, datetime))
        return value


def _word(give: Mapping[str, Any]) -> str:
    return next(word for word in GIVES if word in give)


def _consent(consent: Any) -> tuple[str, str, str]:
    """How a yes is asked for, by when, and what says when it was claimed."""
    if isinstance(consent, str):
        return consent, "", ""
    ((how, terms),) = consent.items()
    return how, terms["by"], terms.get("claimed", "")


def _least(text: str) -> tuple[str, str]:
    for word in ("over", "at least"):
        if text.startswith(word):
            return word, text.removeprefix(word)
    return "", ""


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _scalar(cell: Any, unit: str) -> Value:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return number(cell, unit)
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC)
    value: Value = cell
    return value
