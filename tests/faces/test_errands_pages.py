"""The pages of errands: who sees which, how far each is, how it ended and where it leads on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.faces.conftest import post, signed_in
from tests.faces.programme import Programme
from tests.faces.test_console import words_of

from ristoro.errands import kinds
from ristoro.faces.console.errands import onward
from ristoro.kernel import clock
from ristoro.workers import errands
from ristoro.workers.models import Errand, ErrandState

PLACE = "/console/lavori/"


def asked(programme: Programme, kind: str = "count", who: str = "Olga", **fields: Any) -> Errand:
    errand = errands.ask(kind, {}, programme.staff[who], f"key {Errand.objects.count()}", now())
    Errand.objects.filter(pk=errand.pk).update(**fields)
    errand.refresh_from_db()
    return errand


def now() -> Any:
    return clock.now()


def going(programme: Programme, **fields: Any) -> Errand:
    at = now()
    known = {
        "state": ErrandState.GOING,
        "step": "decide",
        "step_at": at - timedelta(seconds=10),
        "told_at": at,
        "begun_at": at - timedelta(seconds=12),
        "lease_until": at + timedelta(seconds=60),
        "done": 250_000,
        "total": 1_000_000,
    }
    return asked(programme, **{**known, **fields})


def test_progress_is_told_with_rate_and_time_left(programme: Programme) -> None:
    errand = going(programme)
    page = signed_in("Olga").get(f"{PLACE}{errand.pk}/")
    text = words_of(page)
    assert "in corso" in text
    assert "250.000 di 1.000.000 (25 %), 25.000 al secondo, ancora circa 30 secondi" in text
    assert '<progress max="100" aria-labelledby="step" value="25">' in page.content.decode()
    assert "script-src 'self'" in page["content-security-policy"]
    told = signed_in("Ivo", "en").get(f"{PLACE}{errand.pk}/stato/").json()
    assert told == {
        "ended": False,
        "percent": 25,
        "step": "Deciding",
        "counts": "250,000 of 1,000,000 (25 %), 25,000 a second, about 30 seconds left",
        "silent": False,
    }


def test_bytes_are_told_as_bytes_and_an_unknown_total_as_unknown(programme: Programme) -> None:
    read = going(programme, step="read-bytes", done=5 << 20, total=20 << 20)
    assert "5 MB di 20 MB (25 %)" in words_of(signed_in("Olga").get(f"{PLACE}{read.pk}/"))
    write = going(programme, step="write", done=12_345, total=None)
    page = signed_in("Olga").get(f"{PLACE}{write.pk}/").content.decode()
    assert "12.345 finora" in page
    assert "value=" not in page.split("<progress")[1].split(">")[0]


def test_one_that_waits_says_for_how_many_and_whether_anybody_works(programme: Programme) -> None:
    first, second = asked(programme), asked(programme)
    client = signed_in("Olga")
    assert "Sta per iniziare" in words_of(client.get(f"{PLACE}{first.pk}/"))
    assert "Aspetta un altro lavoro" in words_of(client.get(f"{PLACE}{second.pk}/"))
    Errand.objects.filter(pk=first.pk).update(asked_at=now() - timedelta(minutes=2))
    assert client.get(f"{PLACE}{first.pk}/stato/").json()["silent"]
    gone = going(programme, lease_until=now() - timedelta(seconds=1))
    assert client.get(f"{PLACE}{gone.pk}/stato/").json()["silent"]


def test_only_the_asker_and_who_answers_for_the_work_see_it(programme: Programme) -> None:
    errand = asked(programme, who="Aldo")
    for name, sees in {"Aldo": 200, "Olga": 200, "Ivo": 200, "Berta": 200, "Gina": 404}.items():
        for path in ("", "stato/"):
            assert signed_in(name).get(f"{PLACE}{errand.pk}/{path}").status_code == sees, name
        assert (f"{PLACE}{errand.pk}/" in signed_in(name).get(PLACE).content.decode()) == (
            sees == 200
        )


def test_an_errand_is_cancelled_by_post_and_by_its_asker_alone(programme: Programme) -> None:
    errand = asked(programme)
    path = f"{PLACE}{errand.pk}/annulla/"
    assert signed_in("Olga").get(path).status_code == 405
    assert post(signed_in("Berta"), path).status_code == 404
    assert Errand.objects.get(pk=errand.pk).state == ErrandState.WAITING
    assert "Annulla questo lavoro" not in words_of(signed_in("Berta").get(f"{PLACE}{errand.pk}/"))
    assert post(signed_in("Olga"), path).status_code == 303
    assert Errand.objects.get(pk=errand.pk).state == ErrandState.CANCELLED
    text = words_of(signed_in("Olga").get(f"{PLACE}{errand.pk}/"))
    assert "Non resta niente a metà" in text
    assert signed_in("Olga").get(f"{PLACE}{errand.pk}/stato/").json()["ended"]


def test_what_stood_against_it_is_listed_with_its_place(programme: Programme) -> None:
    problem = {
        "code": "wrong-value",
        "what": "this is <b>",
        "why": "wants a list",
        "todo": "write one",
        "place": "/srv/ristoro/uploads/estate.csv:7:3, field plan",
        "file": "/srv/ristoro/uploads/estate.csv",
        "line": 7,
        "column": 3,
        "field": "plan",
    }
    errand = asked(programme, state=ErrandState.FAILED, problems=[problem], ended_at=now())
    page = signed_in("Olga").get(f"{PLACE}{errand.pk}/")
    text = words_of(page)
    for words in ("riga 7", "colonna 3", "plan", "estate.csv", "this is &lt;b&gt;", "write one"):
        assert words in text
    assert "/srv/ristoro" not in page.content.decode()


def test_a_done_one_leads_on(programme: Programme) -> None:
    at = now()
    errand = asked(
        programme,
        "enter",
        state=ErrandState.DONE,
        result={"run": programme.name},
        begun_at=at - timedelta(seconds=75),
        ended_at=at,
    )
    page = signed_in("Olga").get(f"{PLACE}{errand.pk}/")
    assert "Fatto in 1 min 15 s." in words_of(page)
    assert f'href="/console/esecuzioni/{programme.name}/"' in page.content.decode()


@pytest.mark.parametrize("below", ["", "x", "9" * 30])
def test_the_list_is_paged_by_number(programme: Programme, below: str) -> None:
    for _ in range(52):
        asked(programme)
    numbers = sorted(Errand.objects.values_list("pk", flat=True))
    client = signed_in("Olga")
    first = client.get(f"{PLACE}?prima={below}").content.decode()
    assert f"{PLACE}{numbers[-1]}/" in first
    assert f"?prima={numbers[2]}" in first
    rest = client.get(f"{PLACE}?prima={numbers[2]}").content.decode()
    assert f"{PLACE}{numbers[0]}/" in rest
    assert f"{PLACE}{numbers[2]}/" not in rest
    assert "?prima=" not in rest


def test_every_kind_of_errand_has_a_name() -> None:
    assert set(kinds.KINDS) == set(onward.KINDS)
