"""A mailbox's own time: the clock that a measure starts by, and its billing cycle.

The outage cannot tell such mailboxes apart, and the measure does. So they are classes of their own
for it: SQL finds the clocks and cycles that occur, and each is measured once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction

from ristoro.kernel.clock import instant, micros, start_of_day
from ristoro.outages.measure import ExposureClass
from ristoro.outages.periods import Cycle
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.language import compile as sql
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.lifted import lift
from ristoro.remedies.language.policy import Measure, Window
from ristoro.remedies.language.terms import reads
from ristoro.remedies.language.types import NUMBERS, Kind, Scalar
from ristoro.remedies.language.vocabulary import FIELDS

_MONTHS, _DAYS = 10**8, 10**2
"""How a cycle is packed into one number: months, phase, day; 0 for none."""


# One mailbox


def own_class(
    measure: Measure, cls: ExposureClass, setting: Setting, known: Mapping[str, Scalar]
) -> ExposureClass:
    """The class by which a mailbox is measured: its own clock and cycle are in it.

    ``known`` has the mailbox's fields and inputs, and what is the same for the run.
    """
    if measure.starts is not None:
        cls = started(cls, clock_of(measure, setting, known))
    if measure.window is Window.CYCLE:
        months, paid = known["then.billing_months"], known["then.paid_until"]
        if isinstance(months, Fraction) and months >= 1 and isinstance(paid, date):
            cls = cls._replace(cycle=Cycle.of(int(months), paid))
    return cls


def clock_of(measure: Measure, setting: Setting, known: Mapping[str, Scalar]) -> int:
    """When the measure's clock starts, inside the outage: at its end where that is not known."""
    return clamped(evaluate(setting.clocks[measure.name], known), setting)


def clamped(value: Scalar, setting: Setting) -> int:
    """A date or an instant as an instant inside the outage."""
    hull = setting.sight.hull
    if isinstance(value, datetime):
        at = micros(value)
    elif isinstance(value, date):
        at = micros(start_of_day(value, setting.policy.zone))
    else:
        assert value is None
        at = hull.end
    return min(max(at, hull.start), hull.end)


def started(cls: ExposureClass, clock: int) -> ExposureClass:
    """The class of mailboxes for which nothing counts before the clock."""
    return cls._replace(clip_from=max(cls.clip_from, clock))


# All of them, in SQL


def clock_sql(measure: Measure, setting: Setting, names: sql.Columns) -> str:
    """The clock of a row that ``names`` read: microseconds or a date, never null.

    It is inside the outage, or on a day of it or the one after, so that few values occur.
    """
    term, hull = setting.clocks[measure.name], setting.sight.hull
    if sql.is_constant(term, names):
        return f"CAST({clamped(evaluate(term, setting.known), setting)} AS BIGINT)"
    text = sql.plain(term, names)
    if term.kind is Kind.INSTANT:
        at = f"COALESCE(EPOCH_US({text}), {hull.end})"
        return f"LEAST(GREATEST({at}, {hull.start}), {hull.end})"
    zone = setting.policy.zone
    first = sql.constant(instant(hull.start).astimezone(zone).date())
    after = sql.constant(instant(hull.end).astimezone(zone).date() + timedelta(days=1))
    return f"LEAST(GREATEST(COALESCE({text}, {after}), {first}), {after})"


def cycle_sql(setting: Setting) -> str:
    """The billing cycle of a row ``m``, packed into one number; ``cycle_at`` unpacks it."""
    months = field_sql(setting, "then.billing_months", "m")
    paid = field_sql(setting, "then.paid_until", "m")
    year, month, day = (
        f"CAST(EXTRACT({part} FROM {paid}) AS BIGINT)" for part in ("YEAR", "MONTH", "DAY")
    )
    return (
        f"CASE WHEN {months} >= 1 AND {paid} IS NOT NULL THEN {months} * {_MONTHS}"
        f" + (({year} * 12 + {month} - 1) % {months}) * {_DAYS} + {day} ELSE 0 END"
    )


def cycle_at(packed: int) -> Cycle | None:
    """The cycle that ``cycle_sql`` packed."""
    if not packed:
        return None
    months, rest = divmod(packed, _MONTHS)
    return Cycle(months, *divmod(rest, _DAYS))


def own_rows(measures: Sequence[Measure], setting: Setting) -> str:
    """Every snapshot row with what the measures tell it apart by: ``clock_…`` and ``cycle_…``."""
    inputs = list(dict.fromkeys(name for m in measures for name in inputs_of(m, setting)))
    stated = [f"{input_sql(setting, name, 'f')} AS in_{name}" for name in inputs]
    joined = " LEFT JOIN facts AS f ON f.mailbox_id = s.mailbox_id" if inputs else ""
    text = f"SELECT {', '.join(['s.*', *stated])} FROM snapshot AS s{joined}"  # noqa: S608 - checked names
    names = sql.Columns(
        constants=dict(setting.known),
        columns={
            **{name: field_sql(setting, name, "m") for name in FIELDS},
            **{f"input {name}": f"m.in_{name}" for name in inputs},
        },
        ratios={},
    )
    lifts = lift([setting.clocks[m.name] for m in measures if m.starts is not None], names)
    if lifts.joins:
        picked = ", ".join(["m.*", *lifts.columns])
        text = f"SELECT {picked} FROM ({text}) AS m {' '.join(lifts.joins)}"  # noqa: S608 - as above
    columns = ["m.*"]
    for measure in measures:
        clock = cycle = "CAST(0 AS BIGINT)"
        if measure.starts is not None:
            clock = clock_sql(measure, setting, lifts.names)
        if measure.window is Window.CYCLE:
            cycle = cycle_sql(setting)
        columns.append(f"{clock} AS clock_{measure.name}, {cycle} AS cycle_{measure.name}")
    return f"SELECT {', '.join(columns)} FROM ({text}) AS m"  # noqa: S608 - as above


def inputs_of(measure: Measure, setting: Setting) -> list[str]:
    """The inputs that a measure's clock reads."""
    if measure.starts is None:
        return []
    found = reads(setting.clocks[measure.name])
    return [name.removeprefix("input ") for name in found if name.startswith("input ")]


def field_sql(setting: Setting, name: str, row: str) -> str:
    """A field of the vocabulary, read from a snapshot row."""
    start = sql.constant(instant(setting.sight.hull.start))
    currency = sql.constant(setting.policy.currency)
    text = FIELDS[name].sql.format(start=start, currency=currency)
    return text.replace("m.", f"{row}.")


def input_sql(setting: Setting, name: str, row: str) -> str:
    """A stated fact, or the default where nobody stated one."""
    default = setting.defaults[f"input {name}"]
    if default is None:
        return f'{row}."{name}"'
    kind = setting.policy.inputs[name].kind
    text = str(default) if kind in NUMBERS else sql.constant(default)
    return f'COALESCE({row}."{name}", {text})'
