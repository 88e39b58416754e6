"""Which letters promise a file."""

from __future__ import annotations

import pytest

from ristoro.edges.mailboxes.composing import Attachment, Writing
from ristoro.edges.mailboxes.contract import Person
from ristoro.faces.webmail.writing.limits import room_in
from ristoro.faces.webmail.writing.promised import lacks_files

ME = Person("", "bruno@libero.it")


def letter(text: str, *files: Attachment) -> Writing:
    return Writing("k", ME, text=text, attachments=files)


@pytest.mark.parametrize(
    "text",
    [
        "Ti allego la foto.",
        "Ecco, IN ALLEGATO, il modulo",
        "vedi i documenti allegati",
        "See the attached file.",
        "The attachment is small.",
        "> Ciao\nallego",
    ],
)
def test_a_promise_is_seen(text: str) -> None:
    assert lacks_files(letter(text))
    assert not lacks_files(letter(text, Attachment("a.pdf", "application/pdf", b"x")))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ci vediamo sabato, in allegria.",
        "Grazie!\n\n> Ti allego la foto.\n>> See attached",
        "Guarda\n\n---------- Messaggio inoltrato ----------\nTi allego la foto.",
    ],
)
def test_what_others_promised_is_none(text: str) -> None:
    assert not lacks_files(letter(text))


def test_files_leave_room_for_the_words_in_a_message_of_the_hosts_size() -> None:
    size = 10_240_000
    files = room_in(size)
    encoded = -(-files // 57) * 78
    assert size - (128 << 10) < encoded < size - (60 << 10)
    assert room_in(1000) == 0
