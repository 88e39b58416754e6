"""People, accounts and dues for tests of payments; a home with folders for files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.contrib.auth.models import User

from ristoro.edges.billing.sepa.accounts import Address, Debtor
from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import seal
from ristoro.fulfilment.payments import asking, batches
from ristoro.fulfilment.payments.asking import Due
from ristoro.fulfilment.payments.models import Batch
from ristoro.fulfilment.payments.steps import total_of
from ristoro.kernel.keys import bucket_of
from ristoro.staff import people
from ristoro.staff.models import Assignment, Identity, Role
from ristoro.staff.people import Person

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)  # a Monday
IBAN = "IT60X0542811101000000123456"
OTHER_IBAN = "DE89370400440532013000"
DEBTOR = Debtor(
    "Italiaonline S.p.A.", IBAN, Address("Assago", "IT", "Via del Bosco Rinnovato", "8", "20057")
)


@dataclass(frozen=True)
class Staff:
    """Who prepares, who releases, and one who may do neither."""

    finance: Person
    approver: Person
    agent: Person


def staff() -> Staff:
    def person(name: str, *roles: Role) -> Person:
        # Nobody signs in here, and a password takes a second to keep.
        user = User.objects.create(username=name, password="!")
        Identity.objects.create(person=user, number=name)
        Assignment.objects.bulk_create(Assignment(person=user, role=role) for role in roles)
        return people.find(name)

    return Staff(
        person("fabia", Role.FINANCE),
        person("bruno", Role.APPROVER, Role.FINANCE),
        person("anna", Role.AGENT),
    )


def due(number: int, amount: int = 1999, key: str = "") -> Due:
    return Due(
        key or f"libero-2023-01/{number}",
        number,
        bucket_of(number),
        f"holder{number}@libero.it",
        amount,
        "EUR",
        "price-reduction",
        f"Rimborso {number}",
    )


def account(
    number: int, *, name: str = "", iban: str = IBAN, usable_from: datetime = AT
) -> Account:
    """An account as its holder gave it, told and usable from then on."""
    row = Account(
        mailbox_id=number,
        bucket=bucket_of(number),
        address=f"holder{number}@libero.it",
        brand="libero",
        locale="it",
        place=Place.PRESENT,
        given_at=usable_from - timedelta(days=3),
        usable_from=usable_from,
        told_at=usable_from - timedelta(days=3),
    )
    seal(row, iban, name or f"Anna Rossi {number}")
    return row


def payable(count: int, first: int = 1, amount: int = 1999) -> list[Due]:
    """So many dues on the list, whose mailboxes have accounts."""
    numbers = range(first, first + count)
    dues = [due(number, amount) for number in numbers]
    Account.objects.bulk_create([account(number) for number in numbers], batch_size=500)
    asking.ask(dues, AT)
    return dues


def released(team: Staff, folder: Path, at: datetime = AT) -> Batch:
    """Everything payable, in a batch that was released."""
    batch = batches.prepare(team.finance, DEBTOR, at, single_known=True)
    return batches.release(
        batch, team.approver, total_of(batch), str(batch.count), DEBTOR, folder, at
    )
