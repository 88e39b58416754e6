"""Begins an answer or a forward from the message that it is about."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from ristoro.edges.mailboxes.composing import NESTED, Attachment, Field, Origin, Writing, threaded
from ristoro.edges.mailboxes.contract import Person
from ristoro.edges.mailboxes.filenames import safe_name
from ristoro.edges.mailboxes.message import Header, Opened
from ristoro.faces.webmail.tags import moment
from ristoro.faces.webmail.writing.quoting import (
    answer_subject,
    forward_subject,
    quoted,
    text_of_page,
)
from ristoro.faces.webmail.writing.recipients import said, wrong_with


def words_of(opened: Opened) -> str:
    """What a message says, as text."""
    return opened.plain if opened.plain.strip() else text_of_page(opened.page)


def answer(key: str, me: Person, opened: Opened, origin: Origin, *, to_all: bool) -> Writing:
    """An answer to who wants one (Reply-To, or From), or to everybody who got the message.

    Where the holder wrote the message, it goes to those it went to, once more.
    """
    head = opened.header
    asked = head.reply_to or head.senders
    if _names(asked, me):
        to, cc = head.to, head.cc if to_all else ()
    elif to_all:
        to, cc = (*asked, *head.to), head.cc
    else:
        to, cc = asked, ()
    to = _others(to, me) or _writable(asked)
    cc = tuple(one for one in _others(cc, me) if not _names(to, one))
    return Writing(
        key=key,
        sender=me,
        to=Field(to),
        cc=Field(cc),
        subject=answer_subject(head.subject),
        text=f"\n\n{_attribution(head)}\n{quoted(words_of(opened))}",
        answers=head.message_id,
        references=threaded(head.message_id, head.references),
        origin=origin,
    )


def forward(key: str, me: Person, opened: Opened, origin: Origin) -> Writing:
    """The message's words to somebody else, below its header; its files go along beside."""
    head = opened.header
    lines = [
        ("---------- " + _("Forwarded message") + " ----------"),
        _("From: %s") % said(Field(head.senders)),
        *([_("Date: %s") % moment(head.at)] if head.at is not None else []),
        _("Subject: %s") % head.subject,
        _("To: %s") % said(Field(head.to)),
        *([_("Cc: %s") % said(Field(head.cc))] if head.cc else []),
    ]
    text = "\n\n" + "\n".join(lines) + "\n\n" + words_of(opened)
    return _forward(key, me, head, origin, text)


def forward_whole(key: str, me: Person, opened: Opened, origin: Origin) -> Writing:
    """The message as a file, every byte of it."""
    return _forward(key, me, opened.header, origin, "")


def whole(opened: Opened, stored: bytes) -> Attachment:
    """A message as a file named for its subject."""
    name = safe_name(f"{opened.header.subject[:80]}.eml", "message.eml").text
    return Attachment(name if name.endswith(".eml") else "message.eml", NESTED, stored)


def _forward(key: str, me: Person, head: Header, origin: Origin, text: str) -> Writing:
    return Writing(
        key=key,
        sender=me,
        subject=forward_subject(head.subject),
        text=text,
        answers=head.message_id,
        origin=origin,
    )


def _attribution(head: Header) -> str:
    who = said(Field(head.senders[:1]))
    if head.at is None:
        return _("%s wrote:") % who
    return _("On %(when)s, %(who)s wrote:") % {"when": moment(head.at), "who": who}


def _names(people: Iterable[Person], one: Person) -> bool:
    return one.address.lower() in {each.address.lower() for each in people}


def _others(people: Iterable[Person], me: Person) -> tuple[Person, ...]:
    return tuple(one for one in _writable(people) if not _names([one], me))


def _writable(people: Iterable[Person]) -> tuple[Person, ...]:
    """Each once, without what a header names that no letter can be written to."""
    found = {one.address.lower(): one for one in people if wrong_with(one.address) is None}
    return tuple(found.values())
