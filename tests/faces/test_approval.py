"""Approving a run on its page, thinking it over, and cancelling it in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, Programme
from tests.faces.test_console import page, words_of

from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies import approving, runs
from ristoro.remedies.models import Run, RunState

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that the test moves on; approvals wait ten minutes."""
    monkeypatch.setitem(settings.__dict__, "APPROVAL_WAIT", TEN_MINUTES)

    class Now:
        at = AT

        def __call__(self) -> datetime:
            return self.at

    held = Now()
    monkeypatch.setattr(clock, "now", held)
    return held


def approved(programme: Programme) -> Any:
    client = signed_in("Aldo")
    place = page(programme, "approvazione/")
    return client, post(client, place, total=programme.run.approval_total)


def test_what_is_approved_is_read_on_the_page(programme: Programme) -> None:
    told = words_of(signed_in("Aldo", "en").get(page(programme, "approvazione/")))
    run = programme.run
    for text in (
        run.approval_total,
        run.outcomes_digest,
        run.snapshot_digest,
        "plus a longer subscription once confirmed libero libero-plus-5",
        "Each was looked at when the run was entered, and the lint found nothing.",
        "Retype this line exactly:",
    ):
        assert text in told, text


def test_an_approver_approves_by_retyping_the_total(programme: Programme) -> None:
    client, done = approved(programme)
    assert (done.status_code, done["location"]) == (303, page(programme))
    run = Run.objects.get()
    assert (run.state, run.approved_by) == (RunState.APPROVED, "Aldo")
    again = post(client, page(programme, "approvazione/"), total=run.approval_total)
    assert again.status_code == 409
    assert "non è più al punto" in words_of(again)
    assert Entry.objects.filter(name="remedies.run.approved").count() == 1


def test_a_wrong_total_approves_nothing_and_says_so(programme: Programme) -> None:
    client = signed_in("Aldo")
    answer = post(client, page(programme, "approvazione/"), total="1 grants")
    assert answer.status_code == 422
    assert "Il totale che hai scritto non è quello dell'esecuzione" in words_of(answer)
    assert "wrong-total" in answer.content.decode()
    assert Run.objects.get().state == RunState.LOADED
    entry = Entry.objects.get(name="remedies.run.approval-refused")
    assert Detail.objects.get(number=entry.number).data["code"] == "wrong-total"


def test_nothing_begins_before_the_wait_is_over(programme: Programme, now: Any) -> None:
    client, _ = approved(programme)
    run = Run.objects.get()
    assert run.acts_from == AT + TEN_MINUTES
    told = words_of(client.get(page(programme)))
    assert "circa 10 minuti" in told
    runs.publish(run, programme.staff["Olga"], {}, AT)
    now.at = AT + TEN_MINUTES - timedelta(seconds=1)
    olga = signed_in("Olga")
    answer = post(olga, page(programme, "avvio/"))
    assert answer.status_code == 409
    assert "si può ancora ripensare" in words_of(answer)
    with pytest.raises(NotAllowed, match="still-waiting"):
        runs.begin(run, now())
    assert "Avvia adesso" not in words_of(olga.get(page(programme)))
    now.at = AT + TEN_MINUTES
    assert "Avvia adesso" in words_of(olga.get(page(programme)))
    assert post(olga, page(programme, "avvio/")).status_code == 303
    assert Run.objects.get().state == RunState.ACTING


@pytest.mark.parametrize("name", ["Olga", "Aldo", "Berta"])
def test_operator_and_approver_can_cancel_in_time(
    programme: Programme, now: Any, name: str
) -> None:
    approved(programme)
    now.at = AT + timedelta(minutes=9)
    client = signed_in(name)
    without = post(client, page(programme, "annullamento/"), reason="  ")
    assert without.status_code == 422
    assert Run.objects.get().state == RunState.APPROVED
    done = post(client, page(programme, "annullamento/"), reason="il listino era di gennaio")
    assert done.status_code == 303
    assert Run.objects.get().state == RunState.CANCELLED
    entry = Entry.objects.get(name="remedies.run.cancelled")
    assert entry.actor == name
    assert Detail.objects.get(number=entry.number).data["reason"] == "il listino era di gennaio"
    now.at = AT + timedelta(hours=1)
    with pytest.raises(NotAllowed, match="wrong-state"):
        runs.begin(Run.objects.get(), now())
    assert "È stata annullata" in words_of(client.get(page(programme)))


def test_a_run_that_began_is_not_cancelled(programme: Programme) -> None:
    run = programme.approve()
    runs.publish(run, programme.staff["Olga"], {}, AT)
    runs.begin(run, AT)
    answer = post(signed_in("Olga"), page(programme, "annullamento/"), reason="too late")
    assert answer.status_code == 409
    assert Run.objects.get().state == RunState.ACTING


def test_without_a_wait_an_approved_run_may_begin_at_once(programme: Programme) -> None:
    run = programme.approve()
    assert run.acts_from is None
    assert approving.left(run, AT) == timedelta()
