"""Names in a Maildir++: folders, and messages with their arrival, size and flags."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from imapclient.imap_utf7 import encode as encode_utf7

from ristoro.edges.mailboxes.contract import (
    ANSWERED,
    DELETED,
    DRAFT,
    FLAGGED,
    FORWARDED,
    SEEN,
    Folder,
)

_LETTERS = {DRAFT: "D", FLAGGED: "F", FORWARDED: "P", ANSWERED: "R", SEEN: "S", DELETED: "T"}


def levels_of(folder: Folder) -> tuple[str, ...]:
    """A folder's path, level by level."""
    if not folder.depth:
        return (folder.path,)
    delimiter = folder.path[-len(folder.name) - 1] if folder.name else folder.path[-1]
    return tuple(folder.path.split(delimiter))


def directory(levels: tuple[str, ...]) -> str:
    """Where a folder's messages are below the Maildir: INBOX is the Maildir itself.

    A ``.`` or ``/`` inside a name would make another level, so it is written in base 64 as modified
    UTF-7 writes what is not ASCII (RFC 3501, 5.1.3).
    """
    if len(levels) == 1 and levels[0].upper() == "INBOX":
        return ""
    return "." + ".".join(_level(name) for name in levels) + "/"


def _level(name: str) -> str:
    spelled = bytes(encode_utf7(name)).decode("ascii")
    return spelled.replace(".", "&AC4-").replace("/", "&AC8-")


def file_name(uidvalidity: int, uid: int, at: datetime, size: int, flags: Set[str]) -> str:
    """A message's name: the same for the same message, and no other has it."""
    letters = "".join(sorted(_LETTERS[flag] for flag in flags if flag in _LETTERS))
    return f"{int(at.timestamp())}.V{uidvalidity}U{uid}.ristoro,S={size},W={size}:2,{letters}"
