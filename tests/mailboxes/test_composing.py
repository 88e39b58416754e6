"""The bytes of a letter: read back by a parser that is not ours to change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.edges.mailboxes.composing import (
    NESTED,
    Attachment,
    Field,
    Origin,
    Writing,
    draft,
    kept,
    sent,
    threaded,
)
from ristoro.edges.mailboxes.contract import Person

AT = datetime(2023, 1, 28, 9, 30, tzinfo=UTC)
ANNA = Person("Anna Verdi", "anna@libero.it")
BRUNO = Person("Rossi, Bruno", "bruno@example.org")
CARLA = Person("", "carla@example.org")
LETTER = Writing(
    "k1", ANNA, to=Field((BRUNO,)), bcc=Field((CARLA,)), subject="Perché no?", text="Così è.\n"
)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_blind_copy_is_in_the_draft_and_the_copy_kept_and_never_in_what_is_sent() -> None:
    assert b"carla" not in sent(LETTER, AT)
    for raw in (draft(LETTER, AT), kept(LETTER, AT)):
        assert parsed(raw)["Bcc"] == "carla@example.org"
    assert LETTER.recipients == ("bruno@example.org", "carla@example.org")


def test_a_letter_says_who_when_what_under_which_name() -> None:
    message = parsed(sent(LETTER, AT))
    assert message["From"] == "Anna Verdi <anna@libero.it>"
    assert message["To"] == '"Rossi, Bruno" <bruno@example.org>'
    assert message["Subject"] == "Perché no?"
    assert message["Message-ID"] == "<k1@libero.it>"
    assert message["Date"].datetime == AT
    assert message.get_content() == "Così è.\r\n"
    assert sent(LETTER, AT).isascii()


def test_an_answer_names_what_it_answers_and_a_forward_names_it_in_the_draft_only() -> None:
    reply = replace(LETTER, answers="<p@x>", references=("<g@x>", "<p@x>"))
    message = parsed(sent(reply, AT))
    assert (message["In-Reply-To"], message["References"]) == ("<p@x>", "<g@x> <p@x>")
    forward = replace(reply, origin=Origin("INBOX", 7, 9, forward=True))
    message = parsed(sent(forward, AT))
    assert message["In-Reply-To"] is None
    assert message["References"] is None
    assert parsed(draft(forward, AT))["X-Forwarded-Message-Id"] == "<p@x>"


def test_what_a_draft_alone_needs_is_not_sent() -> None:
    writing = replace(LETTER, to=Field((BRUNO,), "anna@"), origin=Origin("Lavoro.Più", 7, 9))
    message = parsed(draft(writing, AT))
    assert message["X-Ristoro-Unfinished-To"] == "anna@"
    assert message["X-Ristoro-Origin"] == "reply 7 9 Lavoro.Più"
    for raw in (sent(writing, AT), kept(writing, AT)):
        assert b"X-Ristoro" not in raw


def test_the_copy_kept_says_who_did_not_get_it() -> None:
    message = parsed(kept(LETTER, AT, ["carla@example.org smtp-550 no such user"]))
    assert message.get_all("X-Ristoro-Refused") == ["carla@example.org smtp-550 no such user"]


def test_files_come_out_as_they_went_in() -> None:
    files = (
        Attachment("ricevuta però.pdf", "application/pdf", bytes(range(256)) * 99),
        Attachment("note.txt", "text/plain", b"uno\ndue\n"),
        Attachment("odd", "nonsense", b"x"),
    )
    message = parsed(sent(replace(LETTER, attachments=files), AT))
    found = list(message.iter_attachments())
    assert [one.get_filename() for one in found] == [one.name for one in files]
    assert [one.get_payload(decode=True) for one in found] == [one.data for one in files]
    assert found[2].get_content_type() == "application/octet-stream"
    body = message.get_body()
    assert body is not None
    assert body.get_content() == "Così è.\r\n"


def test_a_message_passed_on_whole_keeps_every_byte() -> None:
    original = (
        b"DKIM-Signature: v=1;\tb=abc\r\nSubject:  odd   spacing\r\nContent-Type: text/plain; "
        b"charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nCos\xc3\xac --=_k1_0 \r\n"
    )
    raw = sent(replace(LETTER, attachments=(Attachment("a.eml", NESTED, original),)), AT)
    assert original in raw
    [part] = parsed(raw).iter_attachments()
    assert part.get_content_type() == NESTED
    assert part.get_filename() == "a.eml"


def test_lines_that_no_host_must_take_are_sent_as_a_file() -> None:
    original = b"Subject: x\r\n\r\n" + b"y" * 2000
    raw = sent(replace(LETTER, attachments=(Attachment("a.eml", NESTED, original),)), AT)
    [part] = parsed(raw).iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == original


def test_no_line_is_ended_otherwise_than_by_both() -> None:
    original = b"Subject: x\n\nuno\n.\nMAIL FROM:<x@y>\rdue"
    writing = replace(
        LETTER, text="uno\r.\rdue\n.\n", attachments=(Attachment("a.eml", NESTED, original),)
    )
    bare = sent(writing, AT).replace(b"\r\n", b"")
    assert b"\n" not in bare
    assert b"\r" not in bare


@settings(max_examples=60, deadline=None)
@given(subject=st.text(max_size=200), name=st.text(max_size=80), text=st.text(max_size=400))
def test_no_text_becomes_a_header(subject: str, name: str, text: str) -> None:
    person = Person(name, "bruno@example.org")
    raw = sent(replace(LETTER, to=Field((person,)), subject=subject, text=text), AT)
    names = [line.partition(b":")[0] for line in raw.split(b"\r\n\r\n")[0].split(b"\r\n")]
    known = [b"Date", b"From", b"To", b"Subject", b"Message-ID", b"MIME-Version"]
    content = [b"Content-Type", b"Content-Transfer-Encoding"]
    assert [one for one in names if not one.startswith((b" ", b"\t"))] == [*known, *content]
    addresses = parsed(raw)["To"].addresses
    assert [one.addr_spec for one in addresses] == ["bruno@example.org"]


def test_a_long_thread_keeps_its_first_and_its_last() -> None:
    found = threaded("<last@x>", [f"<{number}@x>" for number in range(90)])
    assert len(found) == 30
    assert (found[0], found[-2], found[-1]) == ("<0@x>", "<89@x>", "<last@x>")
    assert threaded("<a@x>", ["<a@x>", "<b@x>", "<b@x>"]) == ("<b@x>", "<a@x>")


def test_a_domain_is_written_as_the_network_has_it() -> None:
    raw = sent(replace(LETTER, to=Field((Person("", "ugo@perché.it"),))), AT)
    assert b"To: ugo@xn--perch-fsa.it\r\n" in raw
