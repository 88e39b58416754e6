# ruff: noqa: DTZ001 - snapshots hold instants in UTC without a zone
"""Random mailboxes, crowded around an outage so that everything that can meet does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from tests.remedies.oracle.happened import WAYS

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel.keys import bucket_of

STORES = {"blue": ("blue-1", "blue-2"), "red": ("red-1",)}
PLANS = ("free", "plus", "odd")
OLD = datetime(2015, 3, 31, 5, 6)


class Scene(NamedTuple):
    """Where and about when an outage happens."""

    zone: str
    day: date


SCENES = (
    Scene("Europe/Rome", date(2026, 5, 12)),
    Scene("Europe/Rome", date(2026, 3, 29)),  # a day of 23 hours
    Scene("Europe/Rome", date(2026, 10, 25)),  # a day of 25 hours
    Scene("Europe/Rome", date(2026, 12, 31)),
    Scene("Europe/Rome", date(2024, 2, 29)),
    Scene("Europe/London", date(2026, 8, 31)),
    Scene("America/New_York", date(2026, 11, 1)),
    Scene("America/New_York", date(2026, 4, 30)),
    Scene("Atlantic/Azores", date(2026, 3, 29)),  # midnight is skipped
    Scene("Atlantic/Azores", date(2026, 10, 25)),  # the first hour of the day happens twice
    Scene("Australia/Lord_Howe", date(2026, 4, 5)),  # clocks change by half an hour
    Scene("Asia/Kathmandu", date(2027, 1, 31)),
)


def moments(scene: Scene) -> st.SearchStrategy[datetime]:
    """Instants in UTC near the scene's day: at midnights, at hours, or anywhere."""
    zone = ZoneInfo(scene.zone)
    days = st.sampled_from((0, 0, 0, 1, 1, 2, -1, 3, -2, 10, 33))
    within = st.one_of(
        st.sampled_from((0, 0, 60, 3600, 7200, 10_800, 36_000, 86_340, 86_399)),
        st.integers(0, 1439).map(lambda minute: 60 * minute),
        st.integers(0, 86_399),
    )

    def at(day: int, second: int) -> datetime:
        local = datetime.combine(scene.day + timedelta(days=day), datetime.min.time(), tzinfo=zone)
        return local.astimezone(UTC) + timedelta(seconds=second)

    return st.builds(at, days, within)


def days(scene: Scene) -> st.SearchStrategy[date]:
    """Calendar days near the scene's, and last days of months."""
    near = st.integers(-70, 400).map(lambda day: scene.day + timedelta(days=day))
    ends = (date(2023, 8, 31), date(2024, 2, 29), date(2026, 11, 30), date(2027, 2, 28))
    return st.one_of(st.just(scene.day), near, st.sampled_from(ends))


@st.composite
def estates(draw: st.DrawFn, scene: Scene, currency: str) -> list[dict[str, Any]]:
    """A few mailboxes as snapshot rows, in canonical order."""
    numbers = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=6, unique=True))
    rows = [draw(_mailboxes(scene, currency, number)) for number in numbers]
    if draw(st.booleans()):
        # a holder's second mailbox, alike but for its id
        rows += [{**row, **_named(row["mailbox_id"] + 5000)} for row in rows[:3]]
    return sorted(rows, key=lambda row: (row["bucket"], row["mailbox_id"]))


def _named(number: int) -> dict[str, Any]:
    """What tells one mailbox from another."""
    return {
        "mailbox_id": number,
        "bucket": bucket_of(number),
        "address": f"{number}@example.org",
    }


@st.composite
def _mailboxes(draw: st.DrawFn, scene: Scene, currency: str, number: int) -> dict[str, Any]:
    instants = moments(scene).map(lambda at: at.replace(tzinfo=None))
    created = draw(st.one_of(st.just(OLD), st.just(OLD), instants))
    closed = draw(st.one_of(st.none(), st.none(), st.none(), instants))
    changed = draw(st.sampled_from((False, True)))
    brand = draw(st.sampled_from(tuple(STORES)))
    row: dict[str, Any] = dict.fromkeys(SNAPSHOT.names)
    row |= {
        **_named(number),
        "brand": brand,
        "store": draw(st.sampled_from(STORES[brand])),
        "holder_id": draw(st.sampled_from((None, "anna", "anna", "bruno"))),
        "locale": draw(st.sampled_from(("it", "en"))),
        "standing": draw(st.sampled_from(("good", "good", "arrears", "suspended", "abuse"))),
        "created_at": created,
        "closed_at": None if closed is None else max(created, closed),
        "plan_since": max(created, draw(instants)) if changed else created,
        "currency": draw(st.sampled_from((currency, currency, currency, "CHF"))),
        "used_bytes": draw(_SIZES),
        "ways": draw(st.one_of(st.just(63), st.integers(0, 63))),
        **draw(_plans(scene, "")),
        **(draw(_plans(scene, "before_")) if changed else {}),
    }
    for way in WAYS:
        row[f"seen_{way}"] = draw(st.one_of(st.none(), instants))
    return row


_SIZES = st.one_of(
    st.sampled_from((0, 1, 1 << 30, 3 << 30, 5 << 30, 1 << 40)), st.integers(0, 1 << 32)
)


@st.composite
def _plans(draw: st.DrawFn, scene: Scene, prefix: str) -> dict[str, Any]:
    return {
        f"{prefix}plan": draw(st.sampled_from(PLANS)),
        f"{prefix}price_minor": draw(
            st.one_of(st.sampled_from((0, 1, 100, 101, 1999, 6000)), st.integers(0, 20_000))
        ),
        f"{prefix}billing_months": draw(st.sampled_from((1, 1, 12, 3, 0))),
        f"{prefix}paid_until": draw(st.one_of(st.none(), days(scene))),
        f"{prefix}storage_bytes": draw(_SIZES),
    }
