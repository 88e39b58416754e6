"""What is kept of an account opens by the installation's key, for its own row, and no other."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from tests.payees.made import AT, CARLA, IBAN, NAME, WAIT

from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payees.sealing import Payee, opened, seal
from ristoro.kernel.errors import Missing


def row(mailbox_id: int = CARLA.mailbox_id) -> Account:
    one = Account(mailbox_id=mailbox_id, place=Place.PRESENT, usable_from=AT + WAIT)
    seal(one, IBAN, NAME)
    return one


def test_a_row_opens_to_what_was_sealed() -> None:
    one = row()
    assert opened(one) == Payee(CARLA.mailbox_id, NAME, IBAN, AT + WAIT)
    assert IBAN not in one.sealed
    assert len({row().salt, row().salt, one.salt}) == 3


def test_nothing_that_is_printed_has_the_number_or_the_name() -> None:
    one = row()
    payee = opened(one)
    assert payee is not None
    printed = f"{one} {one!r} {payee} {payee!r}"
    assert "IT60 … 3456" in printed
    assert "0542811" not in printed
    assert NAME not in printed


def test_a_text_moved_to_another_mailbox_does_not_open() -> None:
    theirs, mine = row(), row(mailbox_id=12)
    theirs.salt, theirs.sealed = mine.salt, mine.sealed
    assert opened(theirs) is None


def test_a_row_whose_delay_was_shortened_does_not_open() -> None:
    one = row()
    one.usable_from -= timedelta(hours=71)
    assert opened(one) is None


def test_without_the_salt_or_under_another_key_it_does_not_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = row()
    for cut in ("", "00", "not hexadecimal", one.sealed[:-2]):
        one.sealed, kept = cut, one.sealed
        assert opened(one) is None
        one.sealed = kept
    kept, one.salt = one.salt, "00" * 32
    assert opened(one) is None
    one.salt = kept
    assert opened(one) is not None
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "another key")
    assert opened(one) is None


def test_an_installation_without_a_key_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "k")
    one = row()
    monkeypatch.delitem(settings.__dict__, "SECRET_KEY")
    monkeypatch.setattr(settings._wrapped, "SECRET_KEY", "")
    with pytest.raises(Missing, match="RISTORO_SECRET_KEY"):
        opened(one)
