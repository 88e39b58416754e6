"""What a webmail asks of a holder's mailbox. ``imap`` is the implementation for any IMAP host.

A message is named by its folder, the folder's UIDVALIDITY and its UID (RFC 3501, 2.3.1.1): such a
name never comes to mean another message. Folders are named by their path, decoded.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ristoro.edges.mailboxes.leaves import Leaf
from ristoro.kernel.errors import RistoroError

SEEN, ANSWERED, FLAGGED, DELETED, DRAFT = (
    "\\Seen",
    "\\Answered",
    "\\Flagged",
    "\\Deleted",
    "\\Draft",
)
FORWARDED = "$Forwarded"
PAGE_SIZE = 50


class SignInRefused(RistoroError):
    """The host does not take this address with this password; it does not say which is wrong."""


class Unreachable(RistoroError):
    """The host does not answer, or not as it should; nothing is known to have changed."""


class Gone(RistoroError):
    """The folder or message is not there any more."""


class Refused(RistoroError):
    """The host does not make, rename or remove a folder so; nothing has changed."""


class Role(enum.Enum):
    """What a folder is for (RFC 6154); most have no role."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder; the counts are ``None`` where it cannot be opened.

    ``depth`` counts the folders of the holder that it is in; ``delimiter`` divides levels in
    ``path``, and is empty where folders cannot be nested.
    """

    path: str
    name: str
    depth: int
    role: Role
    total: int | None
    unseen: int | None
    delimiter: str = ""

    @property
    def parent(self) -> str:
        """The path of what it is in, with the delimiter at its end; empty at the top."""
        return self.path[: len(self.path) - len(self.name)]


@dataclass(frozen=True, slots=True)
class Person:
    """A mailbox as a header names it; either part may be empty."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Row:
    """One message in a list. ``at`` is when it came; ``preview`` is empty where the host has none.

    ``message_id`` and ``in_reply_to`` are the header's, with their angle brackets.
    Texts are as the sender wrote them, decoded: whoever shows them escapes them.
    """

    uid: int
    flags: frozenset[str]
    subject: str
    sender: Person
    recipients: tuple[Person, ...]
    at: datetime
    attachments: bool
    message_id: str
    preview: str = ""
    in_reply_to: str = ""

    @property
    def seen(self) -> bool:
        return SEEN in self.flags

    @property
    def flagged(self) -> bool:
        return FLAGGED in self.flags


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends: the last message's UID, and the place it had, which is a hint."""

    uid: int
    place: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages of a folder, newest first, with cursors to the pages beside it."""

    folder: str
    uidvalidity: int
    total: int
    rows: tuple[Row, ...]
    older: Cursor | None
    newer: Cursor | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search: the rows, newest first, and how many messages match in all."""

    folder: str
    uidvalidity: int
    count: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What to search for; all of it must hold. Texts are looked for without regard to capitals.

    ``words`` are looked for everywhere if ``in_text``, else among people and subjects only: a host
    without a full-text index reads every message for them.
    """

    words: tuple[str, ...] = ()
    in_text: bool = True
    sender: str = ""
    recipient: str = ""
    subject: str = ""
    since: datetime | None = None
    before: datetime | None = None
    unseen: bool = False
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """Messages that are in another folder now, by their new names, for the way back.

    ``uids`` is empty where the new ones are not known: the host did not tell (it lacks UIDPLUS,
    RFC 4315) and other messages came into the folder meanwhile.
    """

    folder: str
    uidvalidity: int
    uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Space:
    """The storage used and allowed, in bytes; no limit is ``None``."""

    used: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a host tells of a stored message without its text; ``size`` is in bytes."""

    uid: int
    flags: frozenset[str]
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Naming:
    """How a host spells the holder's own folders (RFC 2342): a prefix, and what divides levels.

    The delimiter is empty where folders cannot be nested.
    """

    prefix: str
    delimiter: str


class Mailbox(Protocol):
    """One holder's mailbox. Methods raise ``Unreachable`` and ``Gone``."""

    @property
    def address(self) -> str: ...

    def folders(self) -> list[Folder]:
        """Every folder: INBOX, those with a role, then the others by path."""
        ...

    def page(self, folder: str, before: Cursor | None = None, size: int = PAGE_SIZE) -> Page:
        """The newest messages of a folder, or those older than a cursor."""
        ...

    def page_after(self, folder: str, after: Cursor, size: int = PAGE_SIZE) -> Page:
        """The messages that are next newer than a cursor."""
        ...

    def search(self, folder: str, query: Query, first: int = 0, size: int = PAGE_SIZE) -> Found:
        """Messages that match, from the ``first``-th newest on."""
        ...

    def rows(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> tuple[Row, ...]:
        """These messages, newest first, without those that are gone."""
        ...

    def read(self, folder: str, uidvalidity: int, uid: int) -> tuple[Row, bytes]:
        """A message and its bytes as stored; it stays as unread as it was."""
        ...

    def beginning(
        self, folder: str, uidvalidity: int, uid: int, most: int
    ) -> tuple[Row, bytes, tuple[Leaf, ...]]:
        """A message's first octets, ``most`` at most, and its parts as the host tells them; it
        stays as unread as it was."""
        ...

    def section(self, folder: str, uidvalidity: int, uid: int, number: str = "") -> Iterator[bytes]:
        """A part as encoded, or the whole message, in pieces; memory does not grow with it."""
        ...

    def conversation(self, folder: str, row: Row, references: Sequence[str]) -> tuple[Row, ...]:
        """Messages of the folder that name this one, or that it names; oldest first."""
        ...

    def flag(
        self,
        folder: str,
        uidvalidity: int,
        uids: Sequence[int],
        *,
        add: Sequence[str] = (),
        remove: Sequence[str] = (),
    ) -> None: ...

    def move(self, folder: str, uidvalidity: int, uids: Sequence[int], to: str) -> Moved:
        """Move messages by MOVE (RFC 6851), or by copy and removal of exactly these."""
        ...

    def remove(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        """Remove messages for good: exactly these (UID EXPUNGE, RFC 4315)."""
        ...

    def append(
        self, folder: str, message: bytes, flags: Sequence[str] = (), at: datetime | None = None
    ) -> int | None:
        """Put a message into a folder, which is made if it is not there; its UID where told."""
        ...

    def make_folder(self, path: str) -> None:
        """Make a folder where there is none; ``Refused`` where the host does not take the name."""
        ...

    def rename_folder(self, path: str, to: str) -> None:
        """Give a folder another path, and those in it with it; may raise ``Refused``."""
        ...

    def remove_folder(self, path: str, to: str) -> None:
        """Move a folder's messages to another, then remove it; may raise ``Refused``."""
        ...

    def empty(self, folder: str, uidvalidity: int, upto: int) -> int:
        """Remove for good the messages up to a UID; how many. Those that came since stay."""
        ...

    def space(self) -> Space | None:
        """How full the mailbox is; ``None`` where the host has no quota."""
        ...

    def uids(self, folder: str) -> tuple[int, list[int]]:
        """The folder's UIDVALIDITY and every UID in it, lowest first."""
        ...

    def named(self, folder: str, message_id: str) -> tuple[int, list[int]]:
        """The folder's UIDVALIDITY and the UIDs of messages of that Message-ID, lowest first."""
        ...

    def stored(
        self, folder: str, uidvalidity: int, uids: Sequence[int]
    ) -> Iterator[tuple[int, frozenset[str], datetime, bytes]]:
        """UID, flags, arrival and bytes of these messages, one at a time, for export."""
        ...

    def facts(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[Facts]:
        """Flags, arrival and size of these messages, without those that are gone."""
        ...

    def naming(self) -> Naming: ...

    def close(self) -> None: ...
