"""The clocks of a claim: which law or promise sets each, and the last day that follows from it.

Working days leave out Saturdays, Sundays and Italy's public holidays, with the patron saint's day
where a province is named. The day on which a clock begins does not count; a clock of calendar days
or months that would end on a day that is not worked ends on the next one that is (art. 2963 of the
Civil Code). A month ends on the day of the same number, or on the month's last.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ristoro.kernel.clock import add_months
from ristoro.kernel.errors import bad_input
from ristoro.remedies.language.calendars import FIRST, LAST, Calendar, WorkingDays, working_days

COUNTRY = "IT"


class Unit(enum.Enum):
    """What a clock counts."""

    WORKING_DAYS = "working days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Clock:
    """One term: how long, from what, and where it is written.

    ``binding`` is false where it is not established that the text binds a mail provider: the term
    is kept all the same, as a measure of what is prompt.
    """

    name: str
    length: int
    unit: Unit
    since: str
    title: Mapping[str, str]
    reference: str
    binding: bool = True


ANSWER = Clock(
    name="answer",
    length=20,
    unit=Unit.WORKING_DAYS,
    since="filed",
    title={"it": "Risposta promessa", "en": "Answer promised"},
    reference="This installation's own promise; it always ends before the 45 days of `complaint`",
)
COMPLAINT = Clock(
    name="complaint",
    length=45,
    unit=Unit.DAYS,
    since="filed",
    title={"it": "Risposta a un reclamo", "en": "Answer to a complaint"},
    reference="AGCOM, delibera 179/03/CSP, all. A, art. 8(4); each day later costs 2.50 EUR"
    " up to 300 EUR (delibera 347/18/CONS, all. A, art. 12)",
    binding=False,
)
APPEAL = Clock(
    name="appeal",
    length=30,
    unit=Unit.WORKING_DAYS,
    since="decided",
    title={"it": "Richiesta di riesame", "en": "Appeal"},
    reference="This installation's own promise; the right to go to court does not end with it",
)
PAYMENT = Clock(
    name="payment",
    length=14,
    unit=Unit.DAYS,
    since="decided",
    title={"it": "Pagamento", "en": "Payment"},
    reference="Directive (EU) 2019/770, art. 18(1), for price reductions; kept for damages as well",
    binding=False,
)
REPORT = Clock(
    name="report",
    length=3,
    unit=Unit.MONTHS,
    since="known",
    title={"it": "Segnalazione per gli indennizzi", "en": "Report, for indemnities"},
    reference="AGCOM, delibera 347/18/CONS, all. A, art. 14(4); it ends no claim for damages",
    binding=False,
)
TORT = Clock(
    name="tort",
    length=60,
    unit=Unit.MONTHS,
    since="happened",
    title={"it": "Prescrizione, fatto illecito", "en": "Limitation, tort"},
    reference="Civil Code, art. 2947: five years",
)
CONTRACT = Clock(
    name="contract",
    length=120,
    unit=Unit.MONTHS,
    since="happened",
    title={"it": "Prescrizione, contratto", "en": "Limitation, contract"},
    reference="Civil Code, art. 2946: ten years",
)
CLOCKS: Mapping[str, Clock] = {
    one.name: one for one in (ANSWER, COMPLAINT, APPEAL, PAYMENT, REPORT, TORT, CONTRACT)
}


def due(filed_at: datetime, working_days: int, zone: ZoneInfo, province: str = "") -> date:
    """The last day to answer what was filed: so many working days after that day in ``zone``.

    ``BadInput`` outside the years 2000 to 2060, of which the holidays are known.
    """
    day = filed_at.astimezone(zone).date()
    found = _worked(province).after(day, working_days)
    if found is None:
        raise _unknown(day)
    return found


def last_day(clock: Clock, since: date, province: str = "") -> date:
    """The last day of a clock that began on ``since``; ``BadInput`` outside the known years."""
    worked = _worked(province)
    if clock.unit is Unit.WORKING_DAYS:
        end = worked.after(since, clock.length)
    elif clock.unit is Unit.DAYS:
        end = _worked_on(worked, since + timedelta(days=clock.length))
    else:
        end = _worked_on(worked, add_months(since, clock.length))
    if end is None:
        raise _unknown(since)
    return end


def left(due_on: date, at: datetime, zone: ZoneInfo, province: str = "") -> int:
    """Working days from the day of ``at`` to the last day; below zero once it has gone by."""
    today = at.astimezone(zone).date()
    found = _worked(province).between(today, due_on)
    if found is None:
        raise _unknown(due_on)
    if found == 0 and due_on < today:
        return -1  # a weekend has begun since: the last day was the last worked one
    return found


def _worked(province: str) -> WorkingDays:
    return working_days(Calendar(COUNTRY, province))


def _worked_on(worked: WorkingDays, day: date) -> date | None:
    """That day, or the next one that is worked."""
    return worked.after(day - timedelta(days=1), 1) if FIRST < day <= LAST else None


def _unknown(day: date) -> Exception:
    return bad_input(
        "clock",
        f"no clock can be reckoned from {day}",
        f"public holidays are known from {FIRST} to {LAST}",
        "check the day",
    )
