"""A list of a mailbox's messages at one moment, in a small file: numbers and hashes, no texts.

What a host tells without the texts is written first; what only the texts tell (hashes, and lengths
in a mbox) is added as they are read for the first time, in order. So what is known is always the
beginning of the list.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ristoro.edges.mailboxes.contract import Facts, Mailbox
from ristoro.edges.mailboxes.maildirs import levels_of

_SCHEMA = """
CREATE TABLE about (owner TEXT NOT NULL, at TEXT NOT NULL, revision INTEGER NOT NULL,
                    broken TEXT NOT NULL);
CREATE TABLE folder (number INTEGER PRIMARY KEY, path TEXT NOT NULL, levels TEXT NOT NULL,
                     uidvalidity INTEGER NOT NULL);
CREATE TABLE message (ordinal INTEGER PRIMARY KEY, folder INTEGER NOT NULL, uid INTEGER NOT NULL,
                      flags TEXT NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL,
                      sha256 TEXT, crc INTEGER, mbox_size INTEGER, mbox_crc INTEGER);
CREATE INDEX message_folder ON message (folder, ordinal);
"""
_MESSAGE = "ordinal, folder, uid, flags, at, size, sha256, crc, mbox_size, mbox_crc"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Box:
    """A folder as it was listed."""

    number: int
    path: str
    levels: tuple[str, ...]
    uidvalidity: int


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a message told: hashes of its bytes, and what it takes in a mbox.

    ``mbox_crc`` is of the whole mbox of its folder as far as this message.
    """

    sha256: str
    crc: int
    mbox_size: int
    mbox_crc: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as it was listed; ``read`` is ``None`` until it was read."""

    ordinal: int
    folder: int
    uid: int
    flags: frozenset[str]
    at: datetime
    size: int
    read: Read | None


@dataclass(frozen=True, slots=True)
class About:
    """Whose list it is and when it was made; ``broken`` says why it is of no use any more."""

    owner: str
    at: datetime
    revision: int
    broken: str


class Catalogue:
    """One list, open; for one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )

    @classmethod
    def made(
        cls,
        path: Path,
        mailbox: Mailbox,
        owner: str,
        at: datetime,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Catalogue:
        """List every message that ``mailbox`` has now; the file is there only when it is whole."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)
        new = cls(half)
        try:
            new._fill(mailbox, owner, at, progress)
        finally:
            new.close()
            if not new._whole:
                half.unlink(missing_ok=True)
        half.replace(path)
        return cls(path)

    _whole = False

    def _fill(
        self, mailbox: Mailbox, owner: str, at: datetime, progress: Callable[[int], None]
    ) -> None:
        database = self._database
        database.executescript(_SCHEMA)
        database.execute("BEGIN")
        database.execute("INSERT INTO about VALUES (?, ?, 0, '')", (owner, at.isoformat()))
        folders = sorted(
            (folder for folder in mailbox.folders() if folder.total is not None),
            key=lambda folder: (folder.path.upper() != "INBOX", folder.path),
        )
        for number, folder in enumerate(folders):
            uidvalidity, uids = mailbox.uids(folder.path)
            row = (number, folder.path, "\0".join(levels_of(folder)), uidvalidity)
            database.execute("INSERT INTO folder VALUES (?, ?, ?, ?)", row)
            database.executemany(
                "INSERT INTO message (folder, uid, flags, at, size) VALUES (?, ?, ?, ?, ?)",
                _rows(number, mailbox.facts(folder.path, uidvalidity, uids), progress),
            )
        database.execute("COMMIT")
        self._whole = True

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._database.close()

    def about(self) -> About:
        row = self._database.execute("SELECT owner, at, revision, broken FROM about").fetchone()
        return About(row[0], datetime.fromisoformat(row[1]), row[2], row[3])

    def boxes(self) -> list[Box]:
        rows = self._database.execute("SELECT number, path, levels, uidvalidity FROM folder")
        return [Box(row[0], row[1], tuple(row[2].split("\0")), row[3]) for row in sorted(rows)]

    def count(self) -> tuple[int, int, int]:
        """How many messages, their bytes, and how many of them have been read."""
        asked = "SELECT count(*), coalesce(sum(size), 0), count(sha256) FROM message"
        count, size, read = self._database.execute(asked).fetchone()
        return count, size, read

    def sizes(self, folder: int) -> tuple[int, int, int | None, int]:
        """Of a folder: messages, their bytes, bytes and checksum as a mbox where all are read."""
        asked = (
            "SELECT count(*), coalesce(sum(size), 0), count(sha256), coalesce(sum(mbox_size), 0) "
            "FROM message WHERE folder = ?"
        )
        count, size, read, mbox = self._database.execute(asked, (folder,)).fetchone()
        if read < count:
            return count, size, None, 0
        last = "SELECT mbox_crc FROM message WHERE folder = ? ORDER BY ordinal DESC LIMIT 1"
        crc = self._database.execute(last, (folder,)).fetchone()
        return count, size, mbox, crc[0] if crc else 0

    def mbox_crc_before(self, folder: int, ordinal: int) -> int:
        """The checksum of a folder's mbox as far as the message before this one."""
        asked = (
            "SELECT mbox_crc FROM message WHERE folder = ? AND ordinal < ? "
            "ORDER BY ordinal DESC LIMIT 1"
        )
        row = self._database.execute(asked, (folder, ordinal)).fetchone()
        return int(row[0]) if row else 0

    def messages(self, folder: int, after: int = -1) -> Iterator[Listed]:
        """A folder's messages behind an ordinal, a few at a time, as known when asked for."""
        while True:
            rows = self._database.execute(
                f"SELECT {_MESSAGE} FROM message WHERE folder = ? AND ordinal > ? "  # noqa: S608
                "ORDER BY ordinal LIMIT ?",
                (folder, after, _PAGE),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                yield _listed(row)
            after = rows[-1][0]

    def learned(self, found: Sequence[tuple[Listed, Read]]) -> None:
        """Keep what reading messages told; their sizes too, which a host may have told wrongly."""
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(
            "UPDATE message SET size = ?, sha256 = ?, crc = ?, mbox_size = ?, mbox_crc = ? "
            "WHERE ordinal = ?",
            [
                (one.size, read.sha256, read.crc, read.mbox_size, read.mbox_crc, one.ordinal)
                for one, read in found
            ],
        )
        self._database.execute("COMMIT")

    def revise(self) -> None:
        """Sizes were not as listed: what was sent so far is of another file."""
        self._database.execute("UPDATE about SET revision = revision + 1")

    def break_(self, because: str) -> None:
        self._database.execute("UPDATE about SET broken = ? WHERE broken = ''", (because,))


def _rows(
    number: int, facts: Iterator[Facts], progress: Callable[[int], None]
) -> Iterator[tuple[int, int, str, int, int]]:
    for each in facts:
        flags = " ".join(sorted(each.flags - {"\\Recent"}))
        yield number, each.uid, flags, int(each.at.timestamp()), each.size
        progress(1)


def _listed(row: tuple[int, int, int, str, int, int, str | None, int, int, int]) -> Listed:
    ordinal, folder, uid, flags, at, size, sha256, crc, mbox_size, mbox_crc = row
    read = None if sha256 is None else Read(sha256, crc, mbox_size, mbox_crc)
    arrived = datetime.fromtimestamp(at, UTC)
    return Listed(ordinal, folder, uid, frozenset(flags.split()), arrived, size, read)
