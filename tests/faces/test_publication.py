"""The page of facts in the console: drawn up, read in both languages, published once."""

from __future__ import annotations

from threading import Event

from django.test import Client
from django.utils.html import escape
from tests.faces.conftest import post, signed_in
from tests.faces.programme import AT, Programme
from tests.faces.test_public import page_of, words_of

from ristoro.errands import kinds
from ristoro.notices import specimens
from ristoro.remedies import runs
from ristoro.remedies.models import Run


def there(programme: Programme) -> str:
    return f"/console/esecuzioni/{programme.name}/pubblicazione/"


def draw_up(client: Client, programme: Programme) -> None:
    answer = post(client, f"{there(programme)}lettere/", key="k1")
    assert answer.status_code == 303
    kinds.run("test", Event(), lambda: AT, lambda: 0.0, until_idle=True)


def approve(programme: Programme) -> None:
    runs.approve(programme.run, programme.staff["Aldo"], programme.run.approval_total, AT)


def test_what_is_read_in_the_console_becomes_the_public_page(
    programme: Programme, visitor: Client
) -> None:
    olga = signed_in("Olga")
    assert "Niente di questa esecuzione comincia" in words_of(olga.get(there(programme)))
    draw_up(olga, programme)
    wording = specimens.of_run(programme.run)
    assert wording is not None
    before = olga.get(there(programme)).content.decode()
    assert f"{there(programme)}avvio/" not in before
    approve(programme)
    page = olga.get(f"{there(programme)}?lingua=en").content.decode()
    for one in specimens.read(wording):
        assert (escape(one.plain) in page) == (one.locale == "en")
    assert "Must I do something?" in page
    publish = f"{there(programme)}avvio/"
    assert post(olga, publish, digest="0" * 64).status_code == 409
    assert visitor.get(page_of(programme, "it")).status_code == 404
    assert post(olga, publish, digest=wording.digest)["Location"] == there(programme)
    assert visitor.get(page_of(programme, "it")).status_code == 200
    first = Run.objects.get().published_at
    assert post(olga, publish, digest=wording.digest).status_code == 303
    assert Run.objects.get().published_at == first
    assert "Pubblica dal" in words_of(olga.get(there(programme)))


def test_only_an_operator_publishes_and_everybody_may_read(programme: Programme) -> None:
    draw_up(signed_in("Olga"), programme)
    approve(programme)
    wording = specimens.of_run(programme.run)
    assert wording is not None
    for name in ("Aldo", "Ivo", "Gina"):
        client = signed_in(name)
        assert client.get(there(programme)).status_code == 200
        assert post(client, f"{there(programme)}lettere/", key="k2").status_code == 403
        answer = post(client, f"{there(programme)}avvio/", digest=wording.digest)
        assert answer.status_code == 403
    assert Run.objects.get().published_at is None
    assert signed_in("Ivo").get("/console/esecuzioni/none/pubblicazione/").status_code == 404
