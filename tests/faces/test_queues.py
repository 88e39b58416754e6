"""The queues of a run: what did not go through by reason, and what is done about it on the page."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme
from tests.faces.test_console import page, words_of
from tests.faces.test_watch import acting, worked

from ristoro.errands import kinds
from ristoro.fulfilment.models import Grant
from ristoro.fulfilment.models import GrantState as S
from ristoro.journal.models import Detail, Entry
from ristoro.kernel import clock
from ristoro.workers import leases
from ristoro.workers.models import Errand, ErrandState, Snag
from ristoro.workers.tallies import record

KIND = {"atto": "1", "stato": str(int(S.REFUSED)), "motivo": "no-mailbox"}
QUERY = "code/righe/?atto=1&stato=7&motivo=no-mailbox"


@pytest.fixture
def stuck(programme: Programme) -> list[int]:
    """Two grants that were refused, in a chunk that is done."""
    held = worked(acting(programme), refused="no-mailbox")
    leases.finish(held)
    return sorted(Snag.objects.values_list("row_id", flat=True))


def send(client: Any, programme: Programme, act: str, rows: list[int], **more: str) -> Any:
    token = client.cookies["csrftoken"].value
    form = {**KIND, "row": [str(one) for one in rows], "csrfmiddlewaretoken": token, **more}
    return client.post(page(programme, f"code/righe/{act}"), form)


def test_the_queues_name_each_reason_and_what_to_do(programme: Programme, stuck: list[int]) -> None:
    told = words_of(signed_in("Ivo", "en").get(page(programme, "code/")))
    assert "The mailbox is gone no-mailbox Remedies: not possible 2 2" in told
    assert "See whether it was closed or renamed." in told
    del stuck


def test_a_queue_lists_its_rows_and_offers_acts_to_operators_only(
    programme: Programme, stuck: list[int]
) -> None:
    address = Grant.objects.get(pk=stuck[0]).address
    seen = signed_in("Olga", "en").get(page(programme, QUERY))
    assert address in words_of(seen)
    assert "Try all of them again" in words_of(seen)
    only = signed_in("Aldo", "en").get(page(programme, QUERY))
    assert address in words_of(only)
    assert "Try" not in words_of(only)
    assert "Take the list away" not in words_of(only)
    assert signed_in("Gina").get(page(programme, QUERY)).status_code == 403


def test_chosen_rows_are_tried_again(programme: Programme, stuck: list[int]) -> None:
    client = signed_in("Olga")
    done = send(client, programme, "riprova/", stuck[:1])
    assert (done.status_code, done["location"]) == (303, page(programme, QUERY))
    assert Grant.objects.get(pk=stuck[0]).state == S.PLANNED
    assert Grant.objects.get(pk=stuck[1]).state == S.REFUSED
    assert send(client, programme, "riprova/", stuck[:1]).status_code == 303
    assert Entry.objects.filter(name="workers.rows.retried").count() == 1


def test_all_of_a_kind_are_tried_again_by_one_errand(
    programme: Programme, stuck: list[int]
) -> None:
    client = signed_in("Olga")
    first = send(client, programme, "riprova/", [], all="1", key="a key of the form")
    again = send(client, programme, "riprova/", [], all="1", key="a key of the form")
    errand = Errand.objects.get()
    assert first["location"] == again["location"] == f"/console/lavori/{errand.pk}/"
    assert kinds.run("errands", Event(), clock.now, lambda: 0.0, until_idle=True) == 1
    errand.refresh_from_db()
    assert (errand.state, errand.result["rows"]) == (ErrandState.DONE, 2)
    assert set(Grant.objects.filter(pk__in=stuck).values_list("state", flat=True)) == {S.PLANNED}
    assert client.get(first["location"]).status_code == 200


def test_rows_are_marked_as_handled_with_a_reason(programme: Programme, stuck: list[int]) -> None:
    client = signed_in("Olga", "en")
    assert send(client, programme, "trattate/", stuck, reason=" ").status_code == 422
    done = send(client, programme, "trattate/", stuck[:1], reason="=called him, moved away")
    assert done.status_code == 303
    assert "1 of them open" in words_of(client.get(page(programme, QUERY)))
    handled = words_of(client.get(page(programme, QUERY + "&trattate=1")))
    assert "Olga" in handled
    assert "called him, moved away" in handled
    taken = post(client, page(programme, "code/righe/elenco.csv"), **KIND)
    assert taken["Content-Disposition"].startswith("attachment")
    text = b"".join(taken.streaming_content).decode("utf-8-sig")
    assert Grant.objects.get(pk=stuck[0]).address in text
    assert '"\'=called him, moved away"' in text
    entry = Entry.objects.get(name="workers.rows.exported")
    assert Detail.objects.get(number=entry.number).data["code"] == "no-mailbox"


def test_what_is_unknown_can_only_be_looked_at(programme: Programme) -> None:
    run = acting(programme)
    held = leases.lease(run.pk, "w", 60)
    assert held is not None
    at = datetime.now(UTC)
    record(held, {(S.PLANNED, S.SENDING, ""): "all"}, at)
    record(held, {(S.SENDING, S.UNKNOWN, "cut"): "all"}, at)
    leases.finish(held)
    kind = {"atto": "1", "stato": str(int(S.UNKNOWN)), "motivo": "cut"}
    client = signed_in("Olga", "en")
    told = words_of(client.get(page(programme, "code/righe/?atto=1&stato=8&motivo=cut")))
    assert "never do it a second time" in told
    assert "Try" not in told
    before = set(Grant.objects.filter(state=S.UNKNOWN).values_list("pk", flat=True))
    rows = [str(one) for one in before]
    token = client.cookies["csrftoken"].value
    tried = client.post(
        page(programme, "code/righe/riprova/"), {**kind, "row": rows, "csrfmiddlewaretoken": token}
    )
    assert tried.status_code == 303
    assert set(Grant.objects.filter(state=S.UNKNOWN).values_list("pk", flat=True)) == before
    assert not Entry.objects.filter(name="workers.rows.retried").exists()
    looked = client.post(
        page(programme, "code/righe/guarda/"), {**kind, "row": rows, "csrfmiddlewaretoken": token}
    )
    assert looked.status_code == 303
    assert Entry.objects.filter(name="workers.rows.looked-at").exists()


@pytest.mark.parametrize("query", ["", "?atto=1", "?atto=3&stato=7", "?atto=1&stato=2", "?atto=x"])
def test_a_queue_that_cannot_be_is_not_found(programme: Programme, query: str) -> None:
    assert signed_in("Olga").get(page(programme, f"code/righe/{query}")).status_code == 404


def test_many_rows_are_paged_by_their_keys(
    programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = acting(programme)
    held = leases.lease(run.pk, "w", 60)
    assert held is not None
    at = datetime.now(UTC)
    record(held, {(S.PLANNED, S.SENDING, ""): "all"}, at)
    record(held, {(S.SENDING, S.REFUSED, "no-mailbox"): "all"}, at)
    wanted = list(Snag.objects.order_by("row_id").values_list("row_id", flat=True))
    assert len(wanted) > 20
    monkeypatch.setattr("ristoro.faces.console.runs.queues.A_PAGE", 10)
    client = signed_in("Olga", "en")
    path, seen = page(programme, QUERY), 0
    for first in range(0, len(wanted), 10):
        text = client.get(path).content.decode()
        listed = [one for one in wanted if f'value="{one}"' in text]
        assert listed == wanted[first : first + 10]
        seen += len(listed)
        path = page(programme, f"{QUERY}&dopo={wanted[min(first + 9, len(wanted) - 1)]}")
    assert seen == len(wanted)
