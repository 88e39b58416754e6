"""Reads the ``measures`` of a policy: which of an outage's time counts for a mailbox."""

from __future__ import annotations

import re

from ristoro.kernel.documents import Fields, Value
from ristoro.kernel.errors import bad_input
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES
from ristoro.outages.periods import Hours
from ristoro.remedies.language.expressions import Literal, parse, parse_text
from ristoro.remedies.language.policy import (
    Allowance,
    Limit,
    Measure,
    ShortStretches,
    Window,
)
from ristoro.remedies.language.types import Kind, Number

POPULATIONS = ("brand", "store", "holder", "everyone")
PLAN_WAYS, USED_WAYS = "plan ways", "used ways"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOLE_DAY = (("first", "00:00"), ("after", "24:00"))
_PLANNED = re.compile(
    r"does not count(?: if announced (?P<notice>[^,]+?) before)?"
    r"(?:,(?= )(?: between (?P<first>\d\d?:\d\d) and (?P<after>\d\d?:\d\d))?"
    r"(?:,? on (?P<days>[a-z]+(?: ?, ?[a-z]+)*))?)?"
)


_OPTIONAL = (
    "counts", "planned", "planned_allowance", "excused", "merge_gaps", "stretch",
    "short_stretches", "starts", "window", "population",
)  # fmt: skip


def read_measure(name: str, value: Value) -> Measure:
    """One measure; every field but ``components`` has a stated default."""
    fields = value.mapping(["components"], _OPTIONAL)
    _refuse_unused(fields)
    every, components, used = _components(fields["components"])
    degraded, rate = _counts(fields["counts"]) if "counts" in fields else (False, None)
    notice, hours = _planned(fields["planned"]) if "planned" in fields else (None, None)
    population, window = fields.get("population"), fields.get("window")
    allowance, short = fields.get("planned_allowance"), fields.get("short_stretches")
    stretch, starts = fields.get("stretch"), fields.get("starts")
    gaps, gaps_count = _gaps(fields["merge_gaps"]) if "merge_gaps" in fields else (0, True)
    return Measure(
        name=name,
        components=components,
        used_only=used,
        every=every,
        degraded=degraded,
        error_rate=rate,
        planned_notice=notice,
        planned_hours=hours,
        planned_allowance=_allowance(allowance) if allowance else None,
        excused=tuple(cause.as_choice(CAUSES) for cause in fields["excused"].list_or_one())
        if "excused" in fields
        else (),
        merge_gaps=gaps,
        gaps_count=gaps_count,
        stretch=_limit(stretch, stretch.as_text(), Kind.LENGTH) if stretch else None,
        short_stretches=_short(short) if short else None,
        starts=parse(starts) if starts else None,
        window=Window(window.as_choice([w.value for w in Window])) if window else Window.OUTAGE,
        population=population.as_choice(POPULATIONS) if population else None,
        place=value.place,
    )


def _refuse_unused(fields: Fields) -> None:
    """A field without the one that it is about says nothing, and its author meant something."""
    for field, of in (("planned_allowance", "planned"), ("short_stretches", "stretch")):
        if field in fields and of not in fields:
            raise bad_input(
                "unused-field",
                f"`{field}` stands without `{of}`",
                f"it makes an exception from what `{of}` leaves out, which is nothing",
                f"add `{of}:`, or remove it",
                fields[field].place,
            )
    if "population" not in fields:
        return
    window = fields.get("window")
    own = window if window and window.text == Window.CYCLE.value else fields.get("starts")
    if own is not None:
        raise bad_input(
            "no-common-window",
            "a measure over a population goes by each mailbox's own time",
            "the time of many is only added up over one window that is the same for all of them",
            "leave out `population`, or the mailbox's own clock and billing cycle",
            own.place,
        )


def _components(value: Value) -> tuple[bool, tuple[str, ...], bool]:
    """``webmail``, ``any of webmail, imap``, ``all of plan ways``, ``any of used ways``."""
    text = value.as_text()
    head, of, rest = text.partition(" of ")
    if not of:
        head, rest = "any", text
    if head not in ("any", "all"):
        raise value.wrong("`any of …` or `all of …`", "begin with `any of` or `all of`")
    if rest.strip() in (PLAN_WAYS, USED_WAYS):
        return head == "all", (), rest.strip() == USED_WAYS
    names = tuple(part.strip() for part in rest.split(","))
    for component in names:
        if component not in COMPONENTS:
            raise bad_input(
                "unknown-component",
                f"there is no component {component!r}",
                f"components are {', '.join(COMPONENTS)}, `{PLAN_WAYS}`, `{USED_WAYS}`",
                "choose among them",
                value.place,
            )
    return head == "all", names, False


def _counts(value: Value) -> tuple[bool, Limit | None]:
    """``down``, ``down or degraded``, ``down or errors over 5 percent``."""
    text = value.as_text()
    if text in ("down", "down or degraded"):
        return text != "down", None
    head, _, rest = text.partition("down or errors ")
    if head or not rest:
        raise value.wrong(
            "`down`, `down or degraded` or `down or errors over 5 percent`",
            "write one of the three",
        )
    return True, _limit(value, rest, Kind.RATIO, scale=1000)


def _planned(value: Value) -> tuple[int | None, Hours | None]:
    """``counts``; or ``does not count``, ``if announced 48 hours before``, and ``, between 21:00
    and 06:00``, ``on saturday, sunday``: the notice, and the hours."""
    text = " ".join(value.as_text().split())
    if text == "counts":
        return None, None
    match = _PLANNED.fullmatch(text)
    if match is None:
        raise value.wrong(
            "`counts`, `does not count`, `does not count if announced 48 hours before`, or one of"
            " these and `, between 21:00 and 06:00 on saturday, sunday`",
            "write it so",
        )
    notice = int(_number(value, match["notice"], Kind.LENGTH).value) if match["notice"] else 0
    if not match["first"] and not match["days"]:
        return notice, None
    first, after = (_minutes(value, match[end] or at) for end, at in _WHOLE_DAY)
    if first == after or first == 24 * 60:
        raise value.wrong("hours that begin before 24:00 and end at another time", "mend them")
    names = [name.strip() for name in match["days"].split(",")] if match["days"] else WEEKDAYS
    for name in names:
        if name not in WEEKDAYS:
            raise value.wrong(f"days among {', '.join(WEEKDAYS)}", f"mend {name!r}")
    return notice, Hours(first, after, frozenset(WEEKDAYS.index(name) for name in names))


def _minutes(value: Value, text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > 24 * 60:
        raise value.wrong("hours like 21:00, from 00:00 to 24:00", f"mend {text}")
    return hours * 60 + minutes


def _allowance(value: Value) -> Allowance:
    """``10 hours a year``, ``8 hours a month``."""
    for tail, months in ((" a year", 12), (" a month", 1)):
        if value.as_text().endswith(tail):
            length = _number(value, value.as_text().removesuffix(tail), Kind.LENGTH)
            return Allowance(int(length.value), months)
    raise value.wrong("`10 hours a year` or `8 hours a month`", "say of which time it is")


def _gaps(value: Value) -> tuple[int, bool]:
    """``under 1 minute``, ``under 60 minutes, not counted``."""
    text = value.as_text()
    if not text.startswith("under "):
        raise value.wrong("`under 1 minute` or `under 1 minute, not counted`", "begin with `under`")
    length, comma, rest = text.removeprefix("under ").partition(",")
    if comma and rest.strip() != "not counted":
        raise value.wrong("`, not counted` after the length", "write these words, or none")
    return int(_number(value, length, Kind.LENGTH).value), not comma


def _short(value: Value) -> ShortStretches:
    """``count where over 5 minutes a day``, ``count what is over 5 minutes a day``."""
    text = value.as_text()
    for head, excess_only in (("count where ", False), ("count what is ", True)):
        if text.startswith(head) and text.endswith(" a day"):
            bound = text.removeprefix(head).removesuffix(" a day")
            if not excess_only or bound.startswith("over "):
                return ShortStretches(_limit(value, bound, Kind.LENGTH), excess_only)
    raise value.wrong(
        "`count where over 5 minutes a day` or `count what is over 5 minutes a day`",
        "write one of the two",
    )


def _limit(value: Value, text: str, kind: Kind, scale: int = 1) -> Limit:
    """``at least X`` or ``over X``."""
    for head, strict in (("at least ", False), ("over ", True)):
        if text.startswith(head):
            number = _number(value, text.removeprefix(head), kind).value * scale
            if number.denominator != 1:
                raise value.wrong("a percentage with at most one decimal", "round it")
            return Limit(int(number), strict)
    raise value.wrong("`at least …` or `over …`", "say whether the bound itself counts")


def _number(value: Value, text: str, kind: Kind) -> Number:
    node = parse_text(text, value)
    if isinstance(node, Literal) and isinstance(node.value, Number) and node.value.kind is kind:
        return node.value
    sample = "5 percent" if kind is Kind.RATIO else "60 minutes"
    raise value.wrong(f"a {kind.value}", f"write it like `{sample}`")
