"""Takes a holder's report of a fault, and counts reports by way in, store and hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncHour

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, NotAllowed, Problem
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.reports.models import Report

HOLDER = "holder"
"""Who reported, in the journal: whose mailbox it is stands in the report, and only there."""

LONGEST = 2000
OLDEST = timedelta(days=30)
AHEAD = timedelta(minutes=5)
"""A clock that is a little fast is no lie."""

MOST = 5
PER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What the holder says: which way in fails, since when, and in which words."""

    way: str
    since: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known without asking the holder; store and browser may be empty."""

    address: str
    brand: str
    store: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """So many reports of one way in, from one store, in the hour that begins at ``hour``."""

    way: str
    brand: str
    store: str
    hour: datetime
    count: int


def report(said: Said, known: Known, at: datetime, by: str = HOLDER) -> Report:
    """Keep a report and journal that there is one; ``by`` names who wrote a caller's words down.

    ``BadInput`` names each field that is wrong; ``NotAllowed`` after ``MOST`` within ``PER`` from
    the same mailbox.
    """
    words = " ".join(said.words.replace("\0", "").split())
    problems = [*_wrong(said, words, at)]
    if problems:
        raise BadInput(*problems)
    with transaction.atomic():
        if Report.objects.filter(address=known.address, at__gt=at - PER).count() >= MOST:
            raise NotAllowed(
                Problem(
                    "reports-too-many",
                    f"this mailbox has sent {MOST} reports within an hour",
                    "they are being looked at; more of them would not make it quicker",
                    "wait an hour, unless something else fails",
                )
            )
        made = Report.objects.create(
            at=at,
            since=min(said.since, at),
            way=said.way,
            words=words,
            address=known.address,
            brand=known.brand,
            store=known.store,
            browser=known.browser,
        )
        data = {
            "way": said.way,
            "since": made.since.isoformat(),
            "brand": known.brand,
            "store": known.store,
        }
        append(by, names.FAULT_REPORTED, f"report {made.pk}", data, at)
    return made


def _wrong(said: Said, words: str, at: datetime) -> Sequence[Problem]:
    found = []
    if said.way not in COMPONENTS:
        found.append(
            Problem("report-way", f"{said.way!r} is no way in", "nobody would know where to look",
                    f"choose one of {', '.join(COMPONENTS)}")
        )  # fmt: skip
    if not at - OLDEST <= said.since <= at + AHEAD:
        found.append(
            Problem("report-since", f"{said.since.isoformat()} is not within the last 30 days",
                    "a report is of what fails now, or did lately", "say when it began")
        )  # fmt: skip
    if not words or len(words) > LONGEST:
        found.append(
            Problem("report-words", f"the words have {len(words)} characters",
                    "they tell what the other fields cannot", f"write 1 to {LONGEST}")
        )  # fmt: skip
    return found


def tallies(since: datetime, way: str = "", store: str = "", most: int = 200) -> list[Tally]:
    """Reports since then by way in, store and hour: the newest hour first, then the most."""
    grouped = (
        _chosen(since, way, store)
        .annotate(hour=TruncHour("at"))
        .values("way", "brand", "store", "hour")
        .annotate(count=Count("id"))
        .order_by("-hour", "-count", "way", "brand", "store")
    )
    return [Tally(**row) for row in grouped[:most]]


def per_hour(since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """How many reports came in each hour that has any, from the first such hour on."""
    within = Report.objects.filter(at__gte=since, at__lt=until)
    grouped = within.annotate(hour=TruncHour("at")).values_list("hour")
    return list(grouped.annotate(count=Count("id")).order_by("hour"))


def newest(since: datetime, way: str = "", store: str = "", most: int = 100) -> list[Report]:
    """The reports themselves, the newest first."""
    return list(_chosen(since, way, store).order_by("-at", "-id")[:most])


def of_mailbox(address: str, at: datetime, most: int = 20) -> list[Report]:
    """What one mailbox has reported in the last thirty days, the newest first."""
    found = Report.objects.filter(address=address, at__gt=at - OLDEST)
    return list(found.order_by("-at", "-id")[:most])


def stores(since: datetime) -> list[str]:
    """Stores that reports since then are of."""
    found = Report.objects.filter(at__gte=since).order_by("store").values_list("store", flat=True)
    return [store for store in found.distinct() if store]


def _chosen(since: datetime, way: str, store: str) -> QuerySet[Report]:
    found = Report.objects.filter(at__gte=since)
    if way:
        found = found.filter(way=way)
    return found.filter(store=store) if store else found
