"""Giving an account, changing it, thinking again: when it is used, and what the journal keeps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from tests.databases import Database
from tests.payees import made
from tests.payees.made import AT, CARLA, FIREFOX, IBAN, OTHER, WAIT, ZONE

from ristoro.fulfilment.payees import giving, known
from ristoro.fulfilment.payees.known import Stand, Standing
from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.shredding import shred
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.journal.models import Detail, Entry
from ristoro.journal.verify import verify
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.singles.models import Single

HOUR = timedelta(hours=1)
BOX = CARLA.mailbox_id
LATER = AT + WAIT
"""When the account that was given at ``AT`` may be used."""


def stand(at: datetime) -> Stand:
    return known.standing(BOX, at).stand


def used(at: datetime) -> str:
    """The number that is paid to; empty where none is."""
    found = known.usable([BOX], at).get(BOX)
    return "" if found is None else found.iban


def kinds() -> list[str]:
    return list(Single.objects.order_by("id").values_list("kind", flat=True))


def test_an_account_is_used_after_its_delay_and_not_a_moment_sooner(
    each_database: Database,
) -> None:
    assert known.standing(BOX, AT) == known.NONE
    made.given()
    made.told(AT)
    assert known.standing(BOX, AT) == Standing(Stand.COOLING_OFF, LATER, told=True)
    assert used(LATER - timedelta(microseconds=1)) == ""
    assert used(LATER) == IBAN
    assert known.usable([1, 2, 3], LATER) == {}
    assert known.standings([1, BOX], LATER) == {BOX: Standing(Stand.USABLE, LATER, told=True)}
    assert kinds() == ["payee-given"]


def test_a_second_change_begins_the_delay_anew_and_undoing_it_brings_the_used_one_back(
    each_database: Database,
) -> None:
    made.given()
    made.told(AT)
    made.given(LATER, OTHER)
    made.told(LATER)
    assert used(LATER) == ""
    made.given(LATER + HOUR, "SM86U0322509800000000270100")
    made.told(LATER + HOUR)
    assert known.standing(BOX, LATER + HOUR).until == LATER + HOUR + WAIT
    giving.undo(CARLA, LATER + 2 * HOUR, FIREFOX, ZONE)
    assert used(LATER + 2 * HOUR) == IBAN
    assert Account.objects.count() == 1
    assert kinds() == ["payee-given", "payee-changed", "payee-changed", "payee-back"]


def test_undoing_the_first_leaves_none(database: Database) -> None:
    made.given()
    giving.undo(CARLA, AT + HOUR, FIREFOX, ZONE)
    assert stand(AT + HOUR) is Stand.NONE
    assert not Account.objects.exists()
    assert kinds() == ["payee-given", "payee-undone"]


def test_after_the_delay_it_is_removed_and_not_undone(database: Database) -> None:
    made.given()
    made.told(AT)
    with pytest.raises(NotAllowed):
        giving.undo(CARLA, LATER, FIREFOX, ZONE)
    giving.remove(CARLA, LATER, FIREFOX, ZONE)
    assert stand(LATER) is Stand.NONE
    with pytest.raises(NotAllowed):
        giving.remove(CARLA, LATER, FIREFOX, ZONE)
    assert kinds() == ["payee-given", "payee-removed"]


def test_the_journal_has_what_happened_and_nothing_of_the_number_or_the_name(
    database: Database,
) -> None:
    made.given()
    made.given(AT + HOUR, OTHER)
    giving.undo(CARLA, AT + 2 * HOUR, FIREFOX, ZONE)
    made.given(AT + 3 * HOUR)
    giving.remove(CARLA, AT + 4 * HOUR, FIREFOX, ZONE)
    names = list(Entry.objects.order_by("number").values_list("name", flat=True))
    given, undone, removed = (f"fulfilment.payee.{one}" for one in ("given", "undone", "removed"))
    assert names == [given, given, undone, given, removed]
    assert {one.actor for one in Entry.objects.all()} == {"holder"}
    kept = str([*Detail.objects.values(), *Entry.objects.values(), *Single.objects.values()])
    for secret in ("0542811", "3704004405", "3456", "Bianchi", "192.0.2.7"):
        assert secret not in kept
    assert verify().whole


def test_too_many_changes_in_a_day_are_refused(database: Database) -> None:
    for number in range(giving.MOST_A_DAY):
        made.given(AT + number * HOUR)
    with pytest.raises(NotAllowed) as refused:
        made.given(AT + 10 * HOUR)
    assert refused.value.problems[0].code == "payee-too-often"
    giving.undo(CARLA, AT + 10 * HOUR, FIREFOX, ZONE)
    with pytest.raises(NotAllowed):
        made.given(AT + 11 * HOUR)
    made.given(AT + 25 * HOUR)
    giving.remove(CARLA, AT + 25 * HOUR, FIREFOX, ZONE)


def test_another_name_for_the_same_number_waits_as_long_as_another_number(
    database: Database,
) -> None:
    made.given()
    made.told(AT)
    assert used(LATER) == IBAN
    giving.give(CARLA, made.account(IBAN, "Mallory Rossi"), FIREFOX, LATER, ZONE)
    made.told(LATER)
    assert used(LATER + WAIT - HOUR) == ""
    assert used(LATER + WAIT) == IBAN


def test_an_account_that_a_bank_refused_is_not_used_nor_brought_back_and_is_shredded_in_time(
    database: Database,
) -> None:
    made.given()
    made.told(AT)
    Account.objects.update(refused_at=LATER)
    owe(PaymentState.LISTED, LATER)
    assert (used(LATER), stand(LATER)) == ("", Stand.REFUSED)
    made.given(LATER + HOUR, OTHER)
    giving.undo(CARLA, LATER + 2 * HOUR, FIREFOX, ZONE)
    assert stand(LATER + WAIT) is Stand.NONE
    made.given(LATER + 3 * HOUR)
    Account.objects.update(refused_at=LATER + WAIT)
    assert shred(LATER + WAIT + settings.PAYEE_KEPT - HOUR) == 0
    assert shred(LATER + WAIT + settings.PAYEE_KEPT) == 1


def test_an_account_sealed_under_a_lost_key_is_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.usable([BOX], AT)
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "another key")
    assert used(AT) == ""
    assert stand(AT) is Stand.NONE


def test_many_are_asked_for_at_once(database: Database) -> None:
    made.usable(range(1, 1_101), AT)
    assert len(known.usable(range(1, 1_300), AT)) == 1_100


def test_of_two_browsers_at_once_one_is_told_to_look_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.given()
    monkeypatch.setattr(giving, "_held", lambda to: {})
    with pytest.raises(NotAllowed) as refused:
        made.given(AT + HOUR, OTHER)
    assert refused.value.problems[0].code == "payee-busy"
    assert Single.objects.count() == 1


def test_the_one_before_is_shredded_once_its_successor_is_usable(
    each_database: Database,
) -> None:
    made.given()
    made.told(AT)
    made.given(LATER, OTHER)
    made.told(LATER)
    owe(PaymentState.LISTED, LATER)
    assert shred(LATER + WAIT - HOUR) == 0
    assert shred(LATER + WAIT) == 1
    assert used(LATER + WAIT) == OTHER
    assert [row.place for row in Account.objects.all()] == [Place.PRESENT]


@pytest.mark.parametrize(
    ("state", "kept"),
    [
        (PaymentState.LISTED, True),
        (PaymentState.SENT, True),
        (PaymentState.BOOKED, False),
        (PaymentState.WITHDRAWN, False),
    ],
)
def test_an_account_is_shredded_so_long_after_the_last_payment_has_ended(
    database: Database, state: PaymentState, kept: bool
) -> None:
    made.given()
    made.told(AT)
    owe(state, LATER)
    after = LATER + settings.PAYEE_KEPT
    assert shred(after - HOUR) == 0
    assert shred(after) == (0 if kept else 1)
    assert Account.objects.exists() is kept
    last = Entry.objects.order_by("-number").first()
    assert last is not None
    if not kept:
        assert last.name == "fulfilment.payee.shredded"
        assert Detail.objects.get(number=last.number).data == {"accounts": 1}


def test_an_account_to_which_nothing_was_ever_owed_is_shredded_too(database: Database) -> None:
    made.given()
    assert shred(AT + settings.PAYEE_KEPT - HOUR) == 0
    assert shred(AT + settings.PAYEE_KEPT) == 1


def owe(state: PaymentState, since: datetime) -> None:
    Payment.objects.create(
        key="K1", end_to_end="K1", mailbox_id=BOX, bucket=0, address=CARLA.address, amount=1234,
        currency="EUR", nature="price-reduction", about="Rimborso", state=state, asked_at=AT,
        since=since,
    )  # fmt: skip
