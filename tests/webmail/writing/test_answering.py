"""What an answer and a forward begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from ristoro.edges.mailboxes.composing import Origin
from ristoro.edges.mailboxes.contract import Person
from ristoro.edges.mailboxes.message import open_message
from ristoro.faces.webmail.writing.answering import answer, forward, forward_whole, whole

ME = Person("", "bruno@libero.it")
ORIGIN = Origin("INBOX", 7, 9)
STORED = (
    b"From: Anna Verdi <anna@example.org>\r\n"
    b"To: Bruno <BRUNO@libero.it>, Carla <carla@example.org>\r\n"
    b"Cc: dario@example.org, carla@example.org, undisclosed\r\n"
    b"Date: Sat, 28 Jan 2023 09:30:00 +0000\r\n"
    b"Subject: Domani\r\n"
    b"Message-ID: <3@x>\r\n"
    b"References: <1@x> <2@x>\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Vieni?\r\n"
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def addresses(people: tuple[Person, ...]) -> list[str]:
    return [one.address for one in people]


def test_an_answer_goes_to_the_sender_and_quotes() -> None:
    found = answer("k", ME, open_message(STORED), ORIGIN, to_all=False)
    assert addresses(found.to.people) == ["anna@example.org"]
    assert not found.cc.people
    assert found.subject == "Re: Domani"
    assert (found.answers, found.references) == ("<3@x>", ("<1@x>", "<2@x>", "<3@x>"))
    head, quote = found.text.strip().split("\n")
    assert head.startswith("On 28 January 2023")
    assert head.endswith("Anna Verdi <anna@example.org> wrote:")
    assert quote == "> Vieni?"


def test_an_answer_to_all_goes_to_each_once_and_not_to_oneself() -> None:
    found = answer("k", ME, open_message(STORED), ORIGIN, to_all=True)
    assert addresses(found.to.people) == ["anna@example.org", "carla@example.org"]
    assert addresses(found.cc.people) == ["dario@example.org"]


def test_an_answer_goes_where_it_is_asked_to_go() -> None:
    stored = b"Reply-To: lista@example.org\r\n" + STORED
    found = answer("k", ME, open_message(stored), ORIGIN, to_all=False)
    assert addresses(found.to.people) == ["lista@example.org"]


def test_an_answer_to_ones_own_message_goes_on_to_those_it_went_to() -> None:
    found = answer("k", Person("", "anna@example.org"), open_message(STORED), ORIGIN, to_all=False)
    assert addresses(found.to.people) == ["BRUNO@libero.it", "carla@example.org"]


def test_a_page_is_quoted_as_text() -> None:
    page = STORED.replace(b"text/plain", b"text/html").replace(
        b"Vieni?", b"<script>x</script><p>Vieni <b>qui</b>?</p>"
    )
    found = answer("k", ME, open_message(page), ORIGIN, to_all=False)
    assert found.text.endswith("wrote:\n> Vieni qui?\n")


def test_a_forward_says_whose_words_they_are() -> None:
    found = forward("k", ME, open_message(STORED), Origin("INBOX", 7, 9, forward=True))
    assert not found.recipients
    assert found.subject == "Fwd: Domani"
    assert "From: Anna Verdi <anna@example.org>\nDate: 28 January 2023" in found.text
    assert "To: Bruno <BRUNO@libero.it>, Carla <carla@example.org>\n" in found.text
    assert found.text.endswith("\n\nVieni?\n")
    assert not found.references


def test_a_forward_as_a_file_has_every_byte() -> None:
    opened = open_message(STORED)
    found = forward_whole("k", ME, opened, Origin("INBOX", 7, 9, forward=True))
    assert (found.subject, found.text) == ("Fwd: Domani", "")
    file = whole(opened, STORED)
    assert (file.name, file.kind, file.data) == ("Domani.eml", "message/rfc822", STORED)
