"""The contract's shapes from what IMAP replies, and a query in IMAP's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ristoro.edges.mailboxes.addresses import decoded, has_attachments, people
from ristoro.edges.mailboxes.contract import Folder, Moved, Person, Query, Role, Row

CLOSED = frozenset((b"\\noselect", b"\\nonexistent"))
"""Flags of what is listed and cannot be opened, in small letters."""

_ROLES = {
    b"\\inbox": Role.INBOX,
    b"\\drafts": Role.DRAFTS,
    b"\\sent": Role.SENT,
    b"\\archive": Role.ARCHIVE,
    b"\\junk": Role.JUNK,
    b"\\trash": Role.TRASH,
}
_NOBODY = Person("", "")
Counts = tuple[int, int]
Listed = tuple[Sequence[bytes], bytes | None, str]
"""A folder as IMAPClient lists it: flags, delimiter, path."""


def prefix_of(listed: Sequence[Listed]) -> str:
    """What the host puts before the holder's own folders: ``INBOX.`` on some, mostly nothing.

    NAMESPACE (RFC 2342) would tell, for one command more; where all is below INBOX, it is that.
    """
    others = [path for _, _, path in listed if path.upper() != "INBOX"]
    mark = next((mark.decode("ascii") for _, mark, _ in listed if mark), "")
    prefix = f"INBOX{mark}"
    below = mark and others and all(path.upper().startswith(prefix) for path in others)
    return prefix if below else ""


def folder(listed: Listed, counts: Counts | None, prefix: str = "") -> Folder:
    """A folder as listed; without its counts where it cannot be opened."""
    marks, delimiter, path = listed
    lower = {mark.lower() for mark in marks}
    role = next((role for flag, role in _ROLES.items() if flag in lower), Role.NONE)
    if path.upper() == "INBOX":
        role = Role.INBOX
    level = delimiter.decode("ascii") if delimiter else ""
    total, unseen = counts if counts and not lower & CLOSED else (None, None)
    own = path.removeprefix(prefix)
    name, depth = (own.rpartition(level)[2], own.count(level)) if level else (own, 0)
    return Folder(path, name, depth, role, total, unseen, level)


def row(uid: int, data: dict[bytes, Any]) -> Row:
    """A message in a list, from what FETCH tells of it."""
    envelope = data[b"ENVELOPE"]
    preview = data.get(b"PREVIEW")
    return Row(
        uid=uid,
        flags=flags(data),
        subject=decoded(envelope.subject),
        sender=next(iter(people(envelope.from_)), _NOBODY),
        recipients=people(envelope.to),
        at=arrived(data),
        attachments=has_attachments(data.get(b"BODYSTRUCTURE")),
        message_id=decoded(envelope.message_id),
        in_reply_to=decoded(envelope.in_reply_to),
        preview=preview.decode("utf-8", "replace") if isinstance(preview, bytes) else "",
    )


def flags(data: dict[bytes, Any]) -> frozenset[str]:
    """A message's flags and keywords."""
    return frozenset(flag.decode("ascii", "replace") for flag in data[b"FLAGS"])


def arrived(data: dict[bytes, Any]) -> datetime:
    """When a message came, in UTC."""
    at = data[b"INTERNALDATE"]
    assert isinstance(at, datetime)
    return at.astimezone(UTC)


def criteria(query: Query) -> list[Any]:
    """A query as IMAPClient takes it."""
    found: list[Any] = []
    for word in query.words:
        found += ["TEXT", word] if query.in_text else _among_names(word)
    for key, text in (("FROM", query.sender), ("TO", query.recipient), ("SUBJECT", query.subject)):
        if text:
            found += [key, text]
    for key, day in (("SINCE", query.since), ("BEFORE", query.before)):
        if day is not None:
            found += [key, day.date()]
    if query.unseen:
        found.append("UNSEEN")
    if query.flagged:
        found.append("FLAGGED")
    return found or ["ALL"]


def _among_names(word: str) -> list[Any]:
    fields = ("SUBJECT", "FROM", "TO", "CC")
    found: list[Any] = [fields[0], word]
    for field in fields[1:]:
        found = ["OR", found, [field, word]]
    return found


def moved(to: str, told: bytes | str | None) -> Moved:
    """The new names from a COPYUID response code: ``uidvalidity source-uids target-uids``."""
    text = (told or b"").decode("ascii", "replace") if not isinstance(told, str) else told
    text = text.partition("COPYUID ")[2].partition("]")[0] or text
    words = text.split()
    if len(words) != 3 or not words[0].isdigit():
        return Moved(to, 0, ())
    uids: list[int] = []
    for piece in words[2].split(","):
        first, _, last = piece.partition(":")
        uids += range(int(first), int(last or first) + 1)
    return Moved(to, int(words[0]), tuple(uids))
