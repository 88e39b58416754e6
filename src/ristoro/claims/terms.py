"""What an installation sets for its claims: the sum that needs two people, days, what it offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from ristoro.claims import clocks
from ristoro.fulfilment.models import GrantKind

IN_KIND = frozenset({GrantKind.EXTENSION, GrantKind.STORAGE})


@dataclass(frozen=True, slots=True)
class Terms:
    """``second_above`` is in minor units of a claim's currency; ``province`` is of two letters, and
    empty where no patron saint's day is kept. ``in_kind`` is what may be offered besides money, or
    instead of a part of it, to whoever says yes."""

    second_above: int
    zone: ZoneInfo
    province: str = ""
    in_kind: frozenset[GrantKind] = frozenset()

    def appeal_until(self, decided_at: datetime) -> date:
        """The last day on which an appeal against a decision is taken here."""
        return clocks.last_day(clocks.APPEAL, self.day(decided_at), self.province)

    def answer_by(self, at: datetime) -> date:
        """The last day to answer what was filed, or appealed against, at this instant."""
        return clocks.due(at, clocks.ANSWER.length, self.zone, self.province)

    def left(self, due_on: date, at: datetime) -> int:
        """Working days that are left; below zero once the last has gone by."""
        return clocks.left(due_on, at, self.zone, self.province)

    def day(self, at: datetime) -> date:
        """The calendar day of an instant."""
        return at.astimezone(self.zone).date()


def of_house() -> Terms:
    """The terms that this installation is set to."""
    return Terms(
        second_above=settings.CLAIM_SECOND_ABOVE,
        zone=ZoneInfo(settings.HOLDERS_ZONE),
        province=settings.CLAIM_PROVINCE,
        in_kind=IN_KIND if settings.CLAIM_IN_KIND else frozenset(),
    )
