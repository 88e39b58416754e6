"""Accounts, holders and a writer for the tests of payees; ``usable`` is for whoever pays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from ristoro.fulfilment.payees import giving
from ristoro.fulfilment.payees.checking import Checked, checked
from ristoro.fulfilment.payees.giving import Seen
from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import seal
from ristoro.kernel.keys import bucket_of
from ristoro.notices.brands import read_brands
from ristoro.notices.keys import make_keys, read_signers
from ristoro.notices.singles.posting import To
from ristoro.notices.singles.writing import Writer

IBAN = "IT60X0542811101000000123456"
OTHER = "DE89370400440532013000"
NAME = "Carla Bianchi"
ZONE = ZoneInfo("Europe/Rome")
AT = datetime(2025, 11, 22, 15, 0, tzinfo=UTC)
WAIT = timedelta(hours=72)
CARLA = To(4711, "carla@libero.it", "libero", "it")
FIREFOX = Seen("Firefox 128, Windows", "192.0.2.7")


@cache
def account(iban: str = IBAN, name: str = NAME) -> Checked:
    return checked(iban, name)


def given(at: datetime = AT, iban: str = IBAN, to: To = CARLA) -> Account:
    return giving.give(to, account(iban), FIREFOX, at, ZONE)


def told(at: datetime) -> None:
    """As if the letters about all accounts had come into their mailboxes then."""
    Account.objects.filter(told_at=None).update(told_at=at)


def usable(mailbox_ids: Iterable[int], at: datetime, iban: str = IBAN, name: str = NAME) -> None:
    """Give each of these mailboxes an account that is usable at ``at``."""
    rows = []
    for mailbox_id in mailbox_ids:
        row = Account(
            mailbox_id=mailbox_id,
            bucket=bucket_of(mailbox_id),
            address=f"m{mailbox_id}@libero.it",
            brand="libero",
            locale="it",
            place=Place.PRESENT,
            given_at=at - WAIT,
            usable_from=at,
            told_at=at - WAIT,
        )
        seal(row, iban, name)
        rows.append(row)
    Account.objects.bulk_create(rows)


@cache
def writer() -> Writer:
    brands = read_brands()
    folder = Path(mkdtemp(prefix="ristoro-keys-"))
    signers = {}
    for code, brand in brands.items():
        make_keys(folder, brand)
        signers[code] = read_signers(folder, brand)
    return Writer(brands, signers, b"a secret for codes in tests")
