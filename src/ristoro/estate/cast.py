"""The cast: one named mailbox of every special kind that the January 2023 case must meet.

They are the first rows of any sample, so that a small one has every kind and a test can name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ristoro.estate.columns import WAYS, ways_mask

GIB = 1 << 30
ROME = ZoneInfo("Europe/Rome")


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of the case (``price_minor`` cents of EUR for ``billing_months``)."""

    name: str
    brand: str
    price_minor: int
    billing_months: int
    storage_bytes: int


LIBERO_FREE = Plan("libero-free", "libero", 0, 0, 1 * GIB)
VIRGILIO_FREE = Plan("virgilio-free", "virgilio", 0, 0, 3 * GIB)
PLUS_5 = Plan("libero-plus-5", "libero", 1999, 12, 5 * GIB)
PLUS_1TB = Plan("libero-plus-1tb", "libero", 4999, 12, 1024 * GIB)
PLUS_100 = Plan("virgilio-plus-100", "virgilio", 2999, 12, 100 * GIB)
PLANS = (LIBERO_FREE, VIRGILIO_FREE, PLUS_5, PLUS_1TB, PLUS_100)
DOMAINS = {"libero": "libero.it", "virgilio": "virgilio.it"}


def rome(text: str) -> datetime:
    """A local time of the case, as an instant in UTC without a zone, as snapshots keep it."""
    local = datetime.fromisoformat(text).replace(tzinfo=ROME)
    return local.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One row of a snapshot before it has an id; instants are UTC without a zone."""

    address: str
    brand: str
    store: str
    plan: str
    price_minor: int
    billing_months: int
    storage_bytes: int
    used_bytes: int
    ways: int
    created_at: datetime
    plan_since: datetime
    paid_until: date | None = None
    holder_id: str | None = None
    locale: str = "it"
    standing: str = "good"
    currency: str = "EUR"
    closed_at: datetime | None = None
    before_plan: str | None = None
    before_price_minor: int | None = None
    before_billing_months: int | None = None
    before_paid_until: date | None = None
    before_storage_bytes: int | None = None
    seen_webmail: datetime | None = None
    seen_imap: datetime | None = None
    seen_pop3: datetime | None = None
    seen_submission: datetime | None = None
    seen_ios: datetime | None = None
    seen_android: datetime | None = None

    def on(self, *ways: str, seen: datetime | None) -> Mailbox:
        """This mailbox with these ways in, last used then."""
        moments = {f"seen_{way}": seen if way in ways else None for way in WAYS}
        return replace(self, ways=ways_mask(ways), **moments)  # type: ignore[arg-type]

    def after(self, plan: Plan, paid_until: date | None) -> Mailbox:
        """This mailbox with that plan as the one before its last change."""
        return replace(
            self,
            before_plan=plan.name,
            before_price_minor=plan.price_minor,
            before_billing_months=plan.billing_months,
            before_paid_until=paid_until,
            before_storage_bytes=plan.storage_bytes,
        )


FIELDS = tuple(field.name for field in fields(Mailbox))


class _Cast:
    """What the members have in common; a new one gets the next store of its brand."""

    def __init__(self, as_of: datetime) -> None:
        self.as_of = as_of.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        self.seen = self.as_of - timedelta(hours=20)
        self._made = 0

    def member(self, name: str, plan: Plan, paid_until: date | None = None) -> Mailbox:
        self._made += 1
        stores = ("lib", 48) if plan.brand == "libero" else ("vir", 16)
        created = rome("2012-03-05T09:30")
        ways = ("webmail", "imap", "submission") if plan.price_minor else ("webmail",)
        return Mailbox(
            address=f"{name}@{DOMAINS[plan.brand]}",
            brand=plan.brand,
            store=f"{stores[0]}-{self._made % stores[1] + 1:02}",
            plan=plan.name,
            price_minor=plan.price_minor,
            billing_months=plan.billing_months,
            storage_bytes=plan.storage_bytes,
            used_bytes=plan.storage_bytes // 3,
            ways=0,
            created_at=created,
            plan_since=rome("2021-05-20T18:00") if plan.price_minor else created,
            paid_until=paid_until,
            holder_id=f"cast-{name}",
        ).on(*ways, seen=self.seen)


LATE = date(2023, 9, 30)


def cast(as_of: datetime) -> list[Mailbox]:
    """The members, always in this order; as seen at ``as_of`` (February 2023 or later)."""
    made = _Cast(as_of)
    return [
        *_every_plan(made),
        *_ways_in(made),
        *_spaces(made),
        *_lapses(made),
        *_changes(made),
        *_lifetimes(made),
        *_standings(made),
        *_holders(made),
    ]


def _every_plan(cast: _Cast) -> Iterator[Mailbox]:
    yield cast.member("free", LIBERO_FREE)
    yield cast.member("free", VIRGILIO_FREE)
    yield cast.member("plus5", PLUS_5, LATE)
    yield cast.member("plus1tb", PLUS_1TB, LATE)
    yield cast.member("plus100", PLUS_100, LATE)
    yield replace(cast.member("free.english", LIBERO_FREE), locale="en")
    yield replace(cast.member("plus.english", PLUS_100, LATE), locale="en")


def _ways_in(cast: _Cast) -> Iterator[Mailbox]:
    seen = cast.seen
    yield cast.member("only.imap", PLUS_5, LATE).on("imap", "submission", seen=seen)
    yield cast.member("only.imap", PLUS_100, LATE).on("imap", "submission", seen=seen)
    yield cast.member("only.pop3", PLUS_1TB, LATE).on("pop3", "submission", seen=seen)
    yield cast.member("only.ios", LIBERO_FREE).on("ios", seen=seen)
    yield cast.member("only.ios", VIRGILIO_FREE).on("ios", seen=seen)
    yield cast.member("only.ios.plus", PLUS_5, LATE).on("ios", seen=seen)
    yield cast.member("only.android", LIBERO_FREE).on("android", seen=seen)
    yield cast.member("every.way", PLUS_1TB, LATE).on(*WAYS, seen=seen)
    yield cast.member("never.seen", LIBERO_FREE).on("webmail", seen=None)
    yield cast.member("dormant", VIRGILIO_FREE).on(
        "webmail", seen=cast.as_of - timedelta(days=91, hours=3)
    )
    yield cast.member("dormant.plus", PLUS_5, LATE).on(
        "webmail", "imap", "submission", seen=cast.as_of - timedelta(days=400)
    )


def _spaces(cast: _Cast) -> Iterator[Mailbox]:
    for plan, name in ((LIBERO_FREE, "full"), (VIRGILIO_FREE, "full"), (PLUS_5, "full.plus")):
        member = cast.member(name, plan, LATE if plan.price_minor else None)
        yield replace(member, used_bytes=member.storage_bytes)
    member = cast.member("nearly.full", LIBERO_FREE)
    yield replace(member, used_bytes=member.storage_bytes - 1)
    yield replace(cast.member("empty", LIBERO_FREE), used_bytes=0)


def _lapses(cast: _Cast) -> Iterator[Mailbox]:
    # still Plus by name: paid until a day during, between, after, long after the outage (LI-6)
    for name, day in (
        ("ends.22jan", date(2023, 1, 22)),
        ("ends.25jan", date(2023, 1, 25)),
        ("ends.28jan", date(2023, 1, 28)),
        ("ends.5feb", date(2023, 2, 5)),
        ("ends.20feb", date(2023, 2, 20)),
        ("ends.30aug", date(2023, 8, 30)),
        ("ends.31aug", date(2023, 8, 31)),  # the month-end rule (LI-4, LI-5)
        ("ends.2025", date(2025, 12, 31)),
    ):
        yield cast.member(name, PLUS_5, day)
    # Plus no more: downgraded to free when it lapsed, with more mail than free allows or not
    for name, plan, free, day in (
        ("lapsed.jun", PLUS_5, LIBERO_FREE, date(2022, 6, 14)),
        ("lapsed.24jan", PLUS_5, LIBERO_FREE, date(2023, 1, 24)),
        ("lapsed.25jan", PLUS_100, VIRGILIO_FREE, date(2023, 1, 25)),
        ("lapsed.5feb", PLUS_1TB, LIBERO_FREE, date(2023, 2, 5)),
    ):
        member = cast.member(name, free).after(plan, day)
        since = rome(f"{day + timedelta(days=1)}T00:00")
        used = free.storage_bytes * (4 if plan is PLUS_1TB else 1) // 2
        yield replace(member, plan_since=since, used_bytes=used)


def _changes(cast: _Cast) -> Iterator[Mailbox]:
    # bought while it was down, upgraded after it and before the notice (LI-7), changed downwards
    bought = rome("2023-01-27T15:40")
    member = cast.member("bought.27jan", PLUS_5, date(2024, 1, 27))
    yield replace(member, plan_since=bought).after(LIBERO_FREE, None)
    member = cast.member("bought.25jan", PLUS_100, date(2024, 1, 25))
    yield replace(member, plan_since=rome("2023-01-25T10:05")).after(VIRGILIO_FREE, None)
    # 10 February where the estate is seen later than that
    upgraded = min(rome("2023-02-10T09:15"), cast.as_of - timedelta(hours=2))
    until = upgraded.date().replace(year=upgraded.year + 1)
    for plan, free in ((PLUS_5, LIBERO_FREE), (PLUS_100, VIRGILIO_FREE)):
        member = cast.member("upgraded.feb", plan, until)
        yield replace(member, plan_since=upgraded).after(free, None)
    member = cast.member("larger.jan", PLUS_1TB, date(2024, 1, 30))
    yield replace(member, plan_since=rome("2023-01-30T20:00")).after(PLUS_5, LATE)
    member = cast.member("smaller.jan", PLUS_5, LATE)
    yield replace(member, plan_since=rome("2023-01-30T21:00")).after(PLUS_1TB, LATE)


def _lifetimes(cast: _Cast) -> Iterator[Mailbox]:
    for name, when in (
        ("created.24jan", "2023-01-24T11:00"),
        ("created.28jan", "2023-01-28T10:00"),
        ("created.29jan", "2023-01-29T08:00"),
        ("created.1feb", "2023-02-01T17:30"),
    ):
        created = rome(when)
        yield replace(cast.member(name, LIBERO_FREE), created_at=created, plan_since=created)
    for name, plan, when in (
        ("closed.dec", LIBERO_FREE, "2022-12-11T12:00"),
        ("closed.24jan", LIBERO_FREE, "2023-01-24T16:20"),
        ("closed.24jan.plus", PLUS_100, "2023-01-24T18:45"),
        ("closed.2feb", VIRGILIO_FREE, "2023-02-02T09:00"),
    ):
        closed = rome(when)
        member = cast.member(name, plan, LATE if plan.price_minor else None)
        seen = closed - timedelta(days=3)
        yield replace(member.on("webmail", seen=seen), closed_at=closed)


def _standings(cast: _Cast) -> Iterator[Mailbox]:
    yield replace(cast.member("arrears", PLUS_5, date(2023, 1, 10)), standing="arrears")
    yield replace(cast.member("arrears", PLUS_100, date(2023, 1, 31)), standing="arrears")
    yield replace(cast.member("suspended", LIBERO_FREE), standing="suspended")
    yield replace(cast.member("suspended.plus", PLUS_1TB, LATE), standing="suspended")
    yield replace(cast.member("abuse", LIBERO_FREE), standing="abuse")
    yield replace(cast.member("abuse", VIRGILIO_FREE), standing="abuse")


def _holders(cast: _Cast) -> Iterator[Mailbox]:
    # one person, three boxes (LI-8); and one of whom the directory says nothing
    for name, plan in (
        ("three.free", LIBERO_FREE),
        ("three.plus", PLUS_5),
        ("three.virgilio", VIRGILIO_FREE),
    ):
        member = cast.member(name, plan, LATE if plan.price_minor else None)
        yield replace(member, holder_id="cast-three-boxes")
    yield replace(cast.member("nobody", LIBERO_FREE), holder_id=None)
