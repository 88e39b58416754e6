"""The books in a browser: from the balance to an entry and to a run, on any screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.books.test_deriving import leased
from tests.browser.conftest import Reader
from tests.faces.programme import Programme

from ristoro.fulfilment.books import Account, Entry, Nature
from ristoro.fulfilment.books.entries import Sum
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.models import GrantState as S
from ristoro.kernel import clock
from ristoro.remedies import runs
from ristoro.workers.books import open_books
from ristoro.workers.tallies import record

BOOKS = "/console/libri/"


@pytest.fixture
def booked(programme: Programme) -> None:
    """A run that has given some, and two claims, of which one is paid."""
    at = clock.now()
    run = runs.begin(programme.approve(), at, begun=open_books)
    held = leased(run)
    for before, after in ((S.PLANNED, S.SENDING), (S.SENDING, S.APPLIED)):
        record(held, {(before, after, ""): "all"}, at)
    first, second = Sum(Nature.DAMAGES, 1_234_50, "EUR"), Sum(Nature.DAMAGES, 80_00, "EUR")
    told = [
        ("owed", first.owed(), 1), ("owed", second.owed(), 2),
        ("given", first.given(Account.CLEARING), 1), ("booked", first.booked(), 1),
    ]  # fmt: skip
    post(
        [
            Entry(f"c{claim} {code}", at, f"claim R-2023-00000{claim}", lines, code, 16 + claim)
            for code, lines, claim in told
        ]
    )


def test_the_books_are_read_on_any_screen(
    booked: None, reader: Callable[..., Reader], programme: Programme
) -> None:
    ivo, aldo = reader(width=1366), reader(width=390, lang="en", scheme="dark")
    ivo.sign_in("Ivo")
    ivo.open(BOOKS)
    troubles = ivo.troubles()
    ivo.page.click("text=Debiti verso i titolari")
    assert "conto=210" in ivo.page.url
    troubles += ivo.troubles()
    ivo.page.click("tbody th a >> nth=0")
    assert "Altre registrazioni di questa casella" in ivo.page.inner_text("main")
    troubles += ivo.troubles()
    aldo.sign_in("Aldo")
    aldo.open(f"{BOOKS}quadratura/")
    troubles += aldo.troubles()
    aldo.page.click(f"main >> text={programme.name}")
    assert "agree to the cent" in aldo.page.inner_text("main")
    troubles += aldo.troubles()
    assert troubles == []
