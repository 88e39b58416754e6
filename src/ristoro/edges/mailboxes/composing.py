"""Builds the bytes of a letter that a holder writes: as a draft, as sent, and as kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from itertools import count

from ristoro.edges.mailboxes.contract import Person

ORIGIN = "X-Ristoro-Origin"
UNFINISHED = "X-Ristoro-Unfinished-"
REFUSED = "X-Ristoro-Refused"
FORWARDS = "X-Forwarded-Message-Id"
"""Thunderbird's name for the message that a draft passes on."""

MOST_REFERENCES = 30
NESTED = "message/rfc822"
_BARE = re.compile(rb"\r\n|\r|\n")
_POLICY = SMTP.clone(cte_type="8bit")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; ``kind`` is its media type, ``name`` a bare file name."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Field:
    """One field of recipients: those that are understood, and what was typed and is not."""

    people: tuple[Person, ...] = ()
    unfinished: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """The message that a letter answers (or passes on, if ``forward``), by its name in the box."""

    folder: str
    uidvalidity: int
    uid: int
    forward: bool = False

    def __str__(self) -> str:
        return (
            f"{'forward' if self.forward else 'reply'} {self.uidvalidity} {self.uid} {self.folder}"
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """A letter as it is written. ``key`` makes its Message-ID, the same in every save and send."""

    key: str
    sender: Person
    to: Field = Field()
    cc: Field = Field()
    bcc: Field = Field()
    subject: str = ""
    text: str = ""
    answers: str = ""
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    origin: Origin | None = None

    @property
    def message_id(self) -> str:
        return message_id(self.key, self.sender.address)

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address it goes to, each once, in the order of the fields."""
        people = (*self.to.people, *self.cc.people, *self.bcc.people)
        return tuple({one.address.lower(): one.address for one in people}.values())

    @property
    def empty(self) -> bool:
        """Whether nothing was written that would be missed."""
        fields = (self.to, self.cc, self.bcc)
        typed = any(field.people or field.unfinished for field in fields)
        return not (typed or self.subject or self.text.strip() or self.attachments)


def message_id(key: str, address: str) -> str:
    """The Message-ID of what is written under a key."""
    return f"<{key}@{address.rpartition('@')[2].lower()}>"


def draft(writing: Writing, at: datetime) -> bytes:
    """The letter as any program can go on with it: with Bcc, and what only a draft needs."""
    head = _head(writing, at)
    _put_people(head, "Bcc", writing.bcc.people)
    for name, field in (("To", writing.to), ("Cc", writing.cc), ("Bcc", writing.bcc)):
        if field.unfinished:
            head[UNFINISHED + name] = _line(field.unfinished)
    if writing.origin is not None:
        head[ORIGIN] = _line(str(writing.origin))
        if writing.origin.forward and writing.answers:
            head[FORWARDS] = writing.answers
    return _finished(writing, head)


def sent(writing: Writing, at: datetime) -> bytes:
    """The letter as its recipients get it: without Bcc (RFC 5322, 3.6.3) and without our marks."""
    return _finished(writing, _head(writing, at))


def kept(writing: Writing, at: datetime, refused: Sequence[str] = ()) -> bytes:
    """The sender's own copy: with Bcc, and with who did not get it, a line for each."""
    head = _head(writing, at)
    _put_people(head, "Bcc", writing.bcc.people)
    for line in refused:
        head[REFUSED] = _line(line)
    return _finished(writing, head)


def ascii_domain(address: str) -> str:
    """The address with its domain as the network has it (RFC 5891); ``ValueError`` if it cannot."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain if domain.isascii() else domain.encode('idna').decode('ascii')}"


def threaded(parent_id: str, parent_references: Sequence[str]) -> tuple[str, ...]:
    """The References of an answer (RFC 5322, 3.6.4), of a very long thread the first and last."""
    every = [*dict.fromkeys(one for one in parent_references if one != parent_id)]
    if parent_id:
        every.append(parent_id)
    if len(every) > MOST_REFERENCES:
        every = [every[0], *every[-MOST_REFERENCES + 1 :]]
    return tuple(every)


def renamed(writing: Writing, key: str) -> Writing:
    """The same letter under another key."""
    return replace(writing, key=key)


def _finished(writing: Writing, head: EmailMessage) -> bytes:
    """Headers and parts as bytes. What is passed on whole keeps every byte, so its signatures."""
    text = _text_part(writing.text)
    if not writing.attachments:
        for name, value in text.items():
            if name != "MIME-Version":
                head[name] = value
        return _lines(head) + _body(text)
    parts = [text.as_bytes(), *(_part(one) for one in writing.attachments)]
    boundary = _boundary(writing.key, parts)
    head["Content-Type"] = f'multipart/mixed; boundary="{boundary}"'
    line = b"\r\n--" + boundary.encode()
    return b"".join([_lines(head), *(line + b"\r\n" + part for part in parts), line, b"--\r\n"])


def _head(writing: Writing, at: datetime) -> EmailMessage:
    head = EmailMessage(_POLICY)
    head["Date"] = format_datetime(at)
    head["From"] = _address(writing.sender)
    _put_people(head, "To", writing.to.people)
    _put_people(head, "Cc", writing.cc.people)
    head["Subject"] = _line(writing.subject)
    head["Message-ID"] = writing.message_id
    forwards = writing.origin is not None and writing.origin.forward
    if writing.answers and not forwards:
        head["In-Reply-To"] = writing.answers
    if writing.references and not forwards:
        head["References"] = " ".join(writing.references)
    head["MIME-Version"] = "1.0"
    return head


def _text_part(text: str) -> EmailMessage:
    """As 7-bit lines where they are, else quoted-printable: no host on the way must convert it."""
    lines = "\n".join(text.splitlines()) + "\n"
    plain = lines.isascii() and all(len(line) <= 78 for line in lines.splitlines())
    part = EmailMessage(_POLICY)
    part.set_content(lines, charset="utf-8", cte="7bit" if plain else "quoted-printable")
    del part["MIME-Version"]
    return part


def _lines(head: EmailMessage) -> bytes:
    """The headers alone, and the empty line after them."""
    folded = (_POLICY.fold_binary(name, value) for name, value in head.raw_items())
    return b"".join(folded) + b"\r\n"


def _body(part: EmailMessage) -> bytes:
    return part.as_bytes().partition(b"\r\n\r\n")[2]


def _part(attachment: Attachment) -> bytes:
    major, _, minor = attachment.kind.partition("/")
    nested = attachment.kind == NESTED
    data = _BARE.sub(b"\r\n", attachment.data) if nested else attachment.data
    part = EmailMessage(_POLICY)
    if nested and all(len(line) <= 998 for line in data.split(b"\r\n")):
        # Never in base64: a message within a message keeps its own encoding (RFC 2046, 5.2.1).
        part["Content-Type"] = NESTED
        part["Content-Transfer-Encoding"] = "7bit" if data.isascii() else "8bit"
        part.add_header("Content-Disposition", "attachment", filename=attachment.name)
        return _lines(part) + data
    if not minor or major in ("multipart", "message"):
        major, minor = "application", "octet-stream"
    part.set_content(data, maintype=major, subtype=minor, filename=attachment.name)
    del part["MIME-Version"]
    return part.as_bytes()


def _boundary(key: str, parts: Sequence[bytes]) -> str:
    """A line that is in none of the parts; quoted-printable and base64 never have its ``=_``."""
    for number in count():
        boundary = f"=_{key}_{number}"
        if not any(boundary.encode() in part for part in parts):
            return boundary
    raise AssertionError("the numbers came to an end")


def _put_people(message: EmailMessage, name: str, people: Sequence[Person]) -> None:
    if people:
        message[name] = [_address(one) for one in people]


def _address(person: Person) -> Address:
    local, _, domain = ascii_domain(person.address).rpartition("@")
    return Address(_line(person.name), local, domain)


def _line(text: str) -> str:
    """One line without control characters, so that no text becomes another header."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
