# ruff: noqa: DTZ001 - snapshots hold instants in UTC without a zone
"""Random mailboxes and outages for the properties of deciding."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from ristoro.estate.columns import SNAPSHOT, STANDINGS, WAYS
from ristoro.kernel.clock import micros
from ristoro.kernel.keys import bucket_of
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.outage import CAUSES, Exclusion, Outage, Window

ROME = ZoneInfo("Europe/Rome")
STORES = ("s-1", "s-2", "s-3")
PLANS = ("free", "libero-free", "virgilio-free", "libero-plus-5", "libero-plus-1tb", "odd")
# around the month of the outage, so that everything that can meet does
INSTANTS = st.datetimes(datetime(2026, 5, 25), datetime(2026, 7, 5)).map(
    lambda at: at.replace(microsecond=0)
)
OLD = st.just(datetime(2015, 3, 4, 5, 6))
DAYS = st.dates(date(2026, 4, 1), date(2027, 3, 31))
MINOR = st.integers(0, 20_000)
SIZES = st.integers(0, 2**41)


@st.composite
def rows(draw: st.DrawFn, currency: str, count: int = 8) -> list[dict[str, Any]]:
    """Snapshot rows in canonical order."""
    made = []
    for number in range(1, count + 1):
        row: dict[str, Any] = dict.fromkeys(SNAPSHOT.names)
        changed = draw(st.booleans())
        created = draw(st.one_of(OLD, OLD, INSTANTS))
        row |= {
            "mailbox_id": number * 977,
            "bucket": bucket_of(number * 977),
            "address": f"{number}@example.org",
            "brand": draw(st.sampled_from(("libero", "virgilio"))),
            "store": draw(st.sampled_from(STORES)),
            "holder_id": draw(st.sampled_from((None, "anna", "bruno"))),
            "locale": draw(st.sampled_from(("it", "en"))),
            "standing": draw(st.sampled_from(STANDINGS)),
            "created_at": created,
            "closed_at": draw(st.one_of(st.none(), st.none(), INSTANTS)),
            "plan": draw(st.sampled_from(PLANS)),
            "plan_since": max(created, draw(INSTANTS)) if changed else created,
            "price_minor": draw(MINOR),
            "currency": draw(st.sampled_from((currency, currency, currency, "CHF"))),
            "billing_months": draw(st.sampled_from((0, 1, 1, 12))),
            "paid_until": draw(st.one_of(st.none(), DAYS)),
            "storage_bytes": draw(SIZES),
            "used_bytes": draw(SIZES),
            "ways": draw(st.integers(0, 2 ** len(WAYS) - 1)),
        }
        if changed:
            row |= {
                "before_plan": draw(st.sampled_from(PLANS)),
                "before_price_minor": draw(MINOR),
                "before_billing_months": 12,
                "before_paid_until": draw(st.one_of(st.none(), DAYS)),
                "before_storage_bytes": draw(SIZES),
            }
        for way in WAYS:
            row[f"seen_{way}"] = draw(st.one_of(st.none(), INSTANTS))
        made.append(row)
    return sorted(made, key=lambda row: (row["bucket"], row["mailbox_id"]))


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    """A few windows and exclusions in June 2026, over two brands and three stores."""
    spans = st.tuples(
        st.datetimes(datetime(2026, 6, 1), datetime(2026, 6, 29)),
        st.integers(1, 3 * 24 * 3600),
        st.sampled_from(COMPONENTS),
        st.sampled_from(("libero", "virgilio")),
        st.sampled_from(STORES),
        st.sampled_from((None, 1000, 1000, 40, 60)),
        st.booleans(),
    )
    windows, exclusions = [], []
    for start, seconds, component, brand, store, rate, flag in draw(
        st.lists(spans, min_size=1, max_size=12)
    ):
        first = start.replace(microsecond=0, tzinfo=ROME)
        ends = micros(first), micros(first + timedelta(seconds=seconds))
        if flag and windows:
            exclusions.append(
                Exclusion(component, brand, store, *ends, draw(st.sampled_from(CAUSES)), "x")
            )
            continue
        planned = draw(st.booleans())
        windows.append(
            Window(
                component, brand, store, *ends,
                "down" if rate == 1000 else "degraded", rate, planned,
                micros(first) - draw(st.integers(0, 10**12)) if planned else None, "x",
            )
        )  # fmt: skip
    return Outage(
        "random", 1, {"it": "x", "en": "x"}, ROME, dict.fromkeys(("libero", "virgilio"), STORES),
        tuple(windows), tuple(exclusions), None, "", (),
    )  # fmt: skip
