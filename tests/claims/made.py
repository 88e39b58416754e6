"""Claims and people for tests of the desk: rows as filing leaves them, without a webmail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from django.contrib.auth.models import User

from ristoro.claims.models import Claim, ClaimState, CostKind, Evidence, Lost
from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.kernel.keys import bucket_of, canonical_json, digest_of, row_id
from ristoro.remedies.models import Run, RunState
from ristoro.staff.models import Assignment, Identity, Role
from ristoro.staff.people import Person

FILED = datetime(2023, 2, 20, 10, tzinfo=UTC)
NOW = datetime(2023, 2, 27, 10, tzinfo=UTC)
HOW = (
    "Aspettavo da un cliente la conferma di un lavoro per il 24 gennaio; la conferma è arrivata"
    " quattro giorni dopo e il lavoro lo ha avuto un altro."
)


def run_in(folder: Path) -> Run:
    """A run in the database whose folder is this one, with no outcomes."""
    return Run.objects.create(
        name="r1",
        directory=str(folder),
        snapshot_digest="1" * 64,
        outage_digest="2" * 64,
        policy_digest="3" * 64,
        outcomes_digest="4" * 64,
        totals={},
        approval_total="nothing",
        state=RunState.LOADED,
        entered_by="Olga",
        entered_at=FILED,
    )


def give(run: Run, to: Claim, remedy: int, state: GrantState, minor: int) -> None:
    """A grant of money to the claim's mailbox, as it stands in its row."""
    Grant.objects.create(
        id=row_id(to.bucket, run.pk, remedy),
        run=run,
        mailbox_id=to.mailbox_id,
        bucket=to.bucket,
        address=to.address,
        brand=to.brand,
        locale=to.locale,
        remedy=remedy,
        kind=GrantKind.INDEMNITY,
        amount=minor,
        currency="EUR",
        consent=Consent.AUTOMATIC,
        state=state,
    )


def person(name: str, *roles: Role) -> Person:
    """A person as ``people.add`` makes them, without the time that a password takes."""
    user = User.objects.create(username=name)
    Identity.objects.create(person=user, number=name.casefold())
    Assignment.objects.bulk_create(Assignment(person=user, role=role) for role in roles)
    return Person(user.pk, name, frozenset(roles))


def claim(number: int, **other: object) -> Claim:
    """A filed claim of a mailbox of its own, with its evidence; ``other`` are columns."""
    totals = other.pop("totals", {"messages": 2, "delivered": 1, "late": 1})
    mailbox = int(str(other.pop("mailbox_id", 1000 + number)))
    address = str(other.pop("address", f"holder{number}@libero.it"))
    found = {
        "format": "ristoro-evidence-1",
        "address": address,
        "window": {"from": "2023-01-22T23:00:00.000000Z", "to": "2023-01-31T23:00:00.000000Z"},
        "totals": totals,
        "messages": [],
        "sources": [],
        "limits": [{"limit": "before-our-door"}],
    }
    values: dict[str, object] = {
        "mailbox_id": mailbox,
        "bucket": bucket_of(mailbox),
        "key": f"key-{number}",
        "number": f"R-2023-{number:06d}",
        "address": address,
        "brand": "libero",
        "locale": "it",
        "outage": "libero-virgilio-2023-01",
        "outage_digest": "0" * 64,
        "lost": Lost.MAIL_CAME_LATE,
        "counterparty": "cliente@example.org",
        "happened_on": date(2023, 1, 24),
        "cost_minor": 8_000,
        "currency": "EUR",
        "cost_kind": CostKind.LOST_EARNINGS,
        "how": HOW,
        "state": ClaimState.FILED,
        "since": FILED,
        "begun_at": FILED,
        "saved_at": FILED,
        "filed_at": FILED,
        "due_on": date(2023, 3, 20),
        "evidence_digest": digest_of(found),
        **other,
    }
    made = Claim.objects.create(**values)
    Evidence.objects.create(
        mailbox_id=mailbox,
        bucket=made.bucket,
        claim=made,
        digest=made.evidence_digest,
        body=canonical_json(found).decode(),
        found_at=FILED,
    )
    return made
