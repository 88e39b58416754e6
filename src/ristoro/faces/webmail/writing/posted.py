"""What a form of writing says: the letter, what is wrong with it, and which files go along."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.edges.mailboxes.composing import Attachment, Origin, Writing
from ristoro.edges.mailboxes.contract import Gone, Mailbox, Person
from ristoro.edges.mailboxes.filenames import safe_name
from ristoro.edges.mailboxes.message import Part, open_message
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.tags import bytes_said
from ristoro.faces.webmail.writing import answering, drafts
from ristoro.faces.webmail.writing.drafts import KEY, Place
from ristoro.faces.webmail.writing.limits import (
    LONGEST_FIELD,
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    MOST_FILES,
    MOST_RECIPIENTS,
    most_bytes,
)
from ristoro.faces.webmail.writing.recipients import Mistake, Typed, Wrong, read

WHOLE = "whole"

_PLACE = re.compile(r"(\d{1,10})-(\d{1,10})")
_MESSAGE_ID = re.compile(r"<[^\s<>]{1,250}>")
_MARK = re.compile(r"[0-9a-f]{16}")

WORDS: Mapping[Wrong, Lazy] = {
    Wrong.NO_AT: gettext_lazy("“%s” has no @. An address looks like name@example.it."),
    Wrong.BEFORE: gettext_lazy("In “%s”, what stands before the @ cannot be in an address."),
    Wrong.AFTER: gettext_lazy("In “%s”, what stands after the @ is not the name of a mail host."),
    Wrong.LETTERS: gettext_lazy(
        "“%s” has accents or other letters before the @: this service cannot write to it."
    ),
    Wrong.LONG: gettext_lazy("“%s” is too long for an address."),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence about a field of the form, by the field's id."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A form: ``place`` is the draft of another program that it goes on with, if any.

    ``bare`` says that the holder was told that a file may be missing, and sends without it.
    """

    writing: Writing
    faults: tuple[Fault, ...]
    place: Place | None
    keep: frozenset[str]
    uploads: tuple[UploadedFile[Any], ...]
    bare: bool


def posted(request: HttpRequest, held: Holder) -> Posted | None:
    """The form of a request; ``None`` where it has no key of a letter, so is none of ours."""
    told = request.POST
    key = told.get("letter", "")
    if not KEY.fullmatch(key):
        return None
    fields = {name: read(told.get(name, "")[:LONGEST_FIELD]) for name in ("to", "cc", "bcc")}
    writing = Writing(
        key=key,
        sender=Person("", held.address),
        to=fields["to"].field,
        cc=fields["cc"].field,
        bcc=fields["bcc"].field,
        subject=told.get("subject", "")[:LONGEST_SUBJECT],
        text=told.get("text", "")[:LONGEST_TEXT],
        answers="".join(_MESSAGE_ID.findall(told.get("answers", ""))[:1]),
        references=tuple(_MESSAGE_ID.findall(told.get("references", ""))[:50]),
        origin=drafts.origin_of(told.get("origin", "")),
    )
    return Posted(
        writing=writing,
        faults=_faults(writing, fields),
        place=_place(told.get("draft_folder", ""), told.get("draft", "")),
        keep=frozenset(told.getlist("keep")),
        uploads=tuple(one for one in request.FILES.getlist("files") if one.name),
        bare="bare" in told,
    )


def mark(part: Part) -> str:
    """A file by what it is, for its number changes as files before it go."""
    return mark_of(drafts.attached(part))


def mark_of(file: Attachment) -> str:
    return hashlib.sha256(file.name.encode() + b"\0" + file.data).hexdigest()[:16]


def with_files(form: Posted, mailbox: Mailbox) -> tuple[Writing, tuple[Fault, ...]]:
    """The letter with its files: those kept of the draft and of the message that is passed on, and
    those just chosen. Files above the limits are left out, and a fault says which."""
    found: dict[str, Attachment] = {}
    if form.keep:
        for file in _stored(form, mailbox):
            found.setdefault(mark_of(file), file)
    kept = [file for name, file in found.items() if name in form.keep]
    if WHOLE in form.keep:
        kept += _whole(form.writing.origin, mailbox)
    added, faults = _added(form.uploads, kept)
    return replace(form.writing, attachments=(*kept, *added)), faults


def _added(
    uploads: Sequence[UploadedFile[Any]], kept: Sequence[Attachment]
) -> tuple[list[Attachment], tuple[Fault, ...]]:
    """Those of the files just chosen that still go in beside those kept."""
    added: list[Attachment] = []
    faults: list[Fault] = []
    most = most_bytes() if uploads else 0
    room = most - sum(len(file.data) for file in kept)
    for upload in uploads:
        if len(kept) + len(added) >= MOST_FILES:
            faults.append(Fault("files", _("A letter takes %s files at most.") % MOST_FILES))
            break
        size = upload.size or 0
        if size > room:
            told = {"name": upload.name, "most": bytes_said(most)}
            sentence = _("“%(name)s” is too big: all files together may be %(most)s.") % told
            faults.append(Fault("files", sentence))
            continue
        room -= size
        added.append(uploaded(upload))
    return added, tuple(faults)


def uploaded(upload: UploadedFile[Any]) -> Attachment:
    """A file just chosen, under a name that shows and hides nothing."""
    name = safe_name(upload.name or "", "file").text
    kind, encoding = mimetypes.guess_type(name, strict=False)
    known = kind if kind is not None and encoding is None else "application/octet-stream"
    return Attachment(name, known, upload.read())


def _stored(form: Posted, mailbox: Mailbox) -> Sequence[Attachment]:
    """The files of the draft as it is saved, and of the message that is passed on."""
    parts: list[Part] = []
    kept = drafts.found(mailbox, form.writing.key)
    if kept is None and form.place is not None:
        kept = drafts.opened(mailbox, form.writing.key, form.place)
    if kept is not None:
        parts += kept.files
    origin = form.writing.origin
    missing = form.keep - {mark(part) for part in parts} - {WHOLE}
    if missing and origin is not None and origin.forward:
        _, stored = mailbox.read(origin.folder, origin.uidvalidity, origin.uid)
        parts += drafts.files_of(open_message(stored))
    return [drafts.attached(part) for part in parts]


def _whole(origin: Origin | None, mailbox: Mailbox) -> list[Attachment]:
    if origin is None or not origin.forward:
        return []
    try:
        _, stored = mailbox.read(origin.folder, origin.uidvalidity, origin.uid)
    except Gone:
        return []
    return [answering.whole(open_message(stored), stored)]


def _place(folder: str, name: str) -> Place | None:
    told = _PLACE.fullmatch(name)
    return Place(folder, int(told[1]), int(told[2])) if folder and told else None


def _faults(writing: Writing, fields: Mapping[str, Typed]) -> tuple[Fault, ...]:
    """Why the letter cannot be sent as it is."""
    found = [
        Fault(name, sentence(mistake))
        for name, typed in fields.items()
        for mistake in typed.mistakes
    ]
    if not writing.recipients and not found:
        found.append(Fault("to", _("Write at least one address.")))
    if len(writing.recipients) > MOST_RECIPIENTS:
        most = _("A letter goes to %s addresses at most.") % MOST_RECIPIENTS
        found.append(Fault("to", most))
    return tuple(found)


def sentence(mistake: Mistake) -> str:
    """What is wrong with an address, and how it would be right."""
    shown = mistake.typed if len(mistake.typed) <= 80 else f"{mistake.typed[:80]}…"
    return str(WORDS[mistake.wrong]) % shown
