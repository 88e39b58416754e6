"""What an agent sees of a caller's account: whether there is one, and from when it is used."""

from __future__ import annotations

from django.conf import settings
from django.test import Client
from tests.faces.calls import gina, verified
from tests.faces.test_console import words_of
from tests.payees import made

from ristoro.fulfilment.callers.models import Call
from ristoro.fulfilment.payees.models import Account
from ristoro.kernel import clock

__all__ = ["gina"]


def test_an_agent_sees_that_an_account_was_given_and_never_which(gina: Client) -> None:
    place = verified(gina)
    assert "Conto per i versamenti non indicato" in words_of(gina.get(place))
    mailbox_id = Call.objects.get().mailbox_id
    now = clock.now()
    made.usable([mailbox_id], now + settings.PAYEE_WAIT)
    shown = words_of(gina.get(place))
    assert "indicato, non in uso prima del" in shown
    Account.objects.all().delete()
    made.usable([mailbox_id], now)
    shown = words_of(gina.get(place))
    assert "indicato, e in uso" in shown
    Account.objects.update(refused_at=now)
    assert "indicato, e non accettato dalla banca" in words_of(gina.get(place))
    for part in ("IT60", "3456", "0542811", "Bianchi"):
        assert part not in gina.get(place).content.decode()
