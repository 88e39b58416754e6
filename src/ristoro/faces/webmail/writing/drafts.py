"""Drafts: real messages in the Drafts folder, one for each key, that any program can go on with."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message

from ristoro.edges.mailboxes.addresses import decoded
from ristoro.edges.mailboxes.composing import (
    FORWARDS,
    NESTED,
    ORIGIN,
    UNFINISHED,
    Attachment,
    Field,
    Origin,
    Writing,
    draft,
    message_id,
)
from ristoro.edges.mailboxes.contract import DRAFT, SEEN, Gone, Mailbox, Person, Role
from ristoro.edges.mailboxes.message import Opened, Part, fields, header_of, open_message
from ristoro.faces.webmail.folders import by_role, ensured
from ristoro.faces.webmail.writing.answering import words_of

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
_ORIGIN = re.compile(r"(reply|forward) (\d+) (\d+) (.+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A message by its name: where a draft is that another program has made."""

    folder: str
    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was found. ``formatted`` says that it had a page, of which the words stay."""

    writing: Writing
    files: tuple[Part, ...] = ()
    formatted: bool = False


def found(mailbox: Mailbox, key: str) -> Kept | None:
    """The draft of a key, the newest if there are more; ``None`` where there is none."""
    folder = by_role(mailbox.folders(), Role.DRAFTS)
    if folder is None:
        return None
    validity, uids = mailbox.named(folder.path, message_id(key, mailbox.address))
    if not uids:
        return None
    try:
        return opened(mailbox, key, Place(folder.path, validity, uids[-1]))
    except Gone:  # replaced just now
        return None


def opened(mailbox: Mailbox, key: str, place: Place) -> Kept:
    """A draft by its place, whoever made it."""
    _, stored = mailbox.read(place.folder, place.uidvalidity, place.uid)
    return reopened(stored, key, Person("", mailbox.address))


def reopened(stored: bytes, key: str, me: Person) -> Kept:
    """A draft's message as the letter that it is to become."""
    taken = open_message(stored)
    head = fields(stored)
    writing = Writing(
        key=key,
        sender=me,
        to=_field(head, "To"),
        cc=_field(head, "Cc"),
        bcc=_field(head, "Bcc"),
        subject=taken.header.subject,
        text=words_of(taken),
        answers=_line(head, FORWARDS) or _line(head, "In-Reply-To"),
        references=taken.header.references,
        origin=origin_of(_line(head, ORIGIN)),
    )
    return Kept(writing, taken.files, bool(taken.page) and not taken.plain.strip())


def attached(part: Part) -> Attachment:
    """A part of a stored message as a file to send along."""
    data = part.raw if part.media == NESTED else part.content()
    return Attachment(part.name.text, part.media, data)


def complete(kept: Kept) -> Writing:
    """A draft's letter with every file of it."""
    return replace(kept.writing, attachments=tuple(attached(part) for part in kept.files))


def save(mailbox: Mailbox, writing: Writing, at: datetime, instead: Place | None = None) -> None:
    """Put the draft into its folder, and take out the one that it replaces.

    The new one is in before the old one goes; two saves at once leave the later one.
    """
    folder = ensured(mailbox, Role.DRAFTS)
    mailbox.append(folder, draft(writing, at), [DRAFT, SEEN], at)
    validity, uids = mailbox.named(folder, writing.message_id)
    if len(uids) > 1:
        mailbox.remove(folder, validity, uids[:-1])
    _drop(mailbox, instead)


def discard(mailbox: Mailbox, key: str, instead: Place | None = None) -> None:
    """Take the draft out of its folder."""
    folder = by_role(mailbox.folders(), Role.DRAFTS)
    if folder is not None:
        validity, uids = mailbox.named(folder.path, message_id(key, mailbox.address))
        if uids:
            mailbox.remove(folder.path, validity, uids)
    _drop(mailbox, instead)


def to_trash(mailbox: Mailbox, key: str) -> None:
    """Move the draft of a key to the trash, from where it can be taken out again."""
    folder = by_role(mailbox.folders(), Role.DRAFTS)
    if folder is None:
        return
    validity, uids = mailbox.named(folder.path, message_id(key, mailbox.address))
    if uids:
        mailbox.move(folder.path, validity, uids, ensured(mailbox, Role.TRASH))


def _drop(mailbox: Mailbox, place: Place | None) -> None:
    """Remove a draft of another program, if it is one and still there."""
    if place is None:
        return
    try:
        [row] = mailbox.rows(place.folder, place.uidvalidity, [place.uid]) or [None]
        if row is not None and DRAFT in row.flags:
            mailbox.remove(place.folder, place.uidvalidity, [place.uid])
    except Gone:
        return


def origin_of(text: str) -> Origin | None:
    """An origin as ``str`` of it says; ``None`` for anything else."""
    told = _ORIGIN.fullmatch(text.strip())
    if told is None:
        return None
    return Origin(told[4], int(told[2]), int(told[3]), forward=told[1] == "forward")


def _field(head: Message, name: str) -> Field:
    """A field of recipients, and what was typed into it and is no address yet."""
    alone = Message()
    for value in head.get_all(name, []):
        alone["To"] = value
    return Field(header_of(alone).to, _line(head, UNFINISHED + name))


def _line(head: Message, name: str) -> str:
    return decoded(str(head.get(name, "")).encode("utf-8", "replace"))


def files_of(taken: Opened) -> tuple[Part, ...]:
    """The files of a message that go along when it is forwarded: all but pictures in its page."""
    shown = {part.number for part in taken.pictures.values() if part.disposition != "attachment"}
    return tuple(part for part in taken.files if part.number not in shown)
