"""What a move has copied so far, in a small file: numbers and folder names, no mail, no password.

A message is noted as under way before it is handed over, and as copied after: so there is never
more than one of which it is not known whether it arrived.
"""

from __future__ import annotations

import fcntl
import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ristoro.kernel.errors import NotAllowed, Problem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (source TEXT NOT NULL, target TEXT NOT NULL, begun TEXT NOT NULL,
                    ended TEXT NOT NULL DEFAULT '', stopped TEXT NOT NULL DEFAULT '',
                    unwanted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS folder (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,
                     uidvalidity INTEGER NOT NULL, target TEXT NOT NULL, total INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS copied (folder INTEGER NOT NULL, uid INTEGER NOT NULL,
                     target INTEGER NOT NULL, PRIMARY KEY (folder, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused (folder INTEGER NOT NULL, uid INTEGER NOT NULL,
                      because TEXT NOT NULL, PRIMARY KEY (folder, uid)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS under_way (folder INTEGER NOT NULL, uid INTEGER NOT NULL,
                        uidvalidity INTEGER NOT NULL, after INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Way:
    """A folder and where it goes; ``total`` is how many messages it had when last looked at."""

    number: int
    path: str
    uidvalidity: int
    target: str
    total: int


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A message that may have arrived: it has a UID above ``after`` there, if anywhere."""

    folder: int
    uid: int
    uidvalidity: int
    after: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that the new provider did not take, and its words."""

    folder: str
    uid: int
    because: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a move is. ``ended`` and ``stopped`` are empty while it runs or was cut off."""

    source: str
    target: str
    begun: str
    ended: str
    stopped: str
    total: int
    copied: int
    refused: int

    @property
    def missing(self) -> int:
        return max(0, self.total - self.copied - self.refused)


def name_of(source: str, target_host: str, target: str) -> str:
    """The name of the passage between two mailboxes: the same two have the same one."""
    spelled = "\0".join((source.lower(), target_host.lower(), target.lower()))
    return hashlib.sha256(spelled.encode()).hexdigest()[:32]


def progress_of(path: Path) -> Progress | None:
    """How far the passage in a file is; ``None`` where there is none. Changes nothing."""
    if not path.exists():
        return None
    passage = Passage(path)
    try:
        return passage.progress()
    finally:
        passage.close()


class Passage:
    """The file of one move, open; for one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600, exist_ok=True)
        self._path = path
        self._database = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        self._database.executescript(_SCHEMA)
        lock = path.with_suffix(".lock")
        lock.touch(mode=0o600)
        self._lock = lock.open("w")

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._database.close()
        self._lock.close()

    def held(self) -> None:
        """Hold this passage until ``close``, so that no other process copies at the same time."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAllowed(
                Problem(
                    "moving-already",
                    "these two mailboxes are being moved already",
                    "two at once would copy messages twice",
                    "wait for the other one, or stop it",
                )
            ) from error

    def is_held(self) -> bool:
        """Whether a process is at work on it."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        return False

    def begin(self, source: str, target: str, at: datetime) -> None:
        if self._one("SELECT count(*) FROM about") == 0:
            self._do(
                "INSERT INTO about (source, target, begun) VALUES (?, ?, ?)",
                (source, target, at.isoformat()),
            )
        self._do("UPDATE about SET ended = '', stopped = ''", ())
        # What was refused is tried again: the holder may have made room meanwhile.
        self._do("DELETE FROM refused", ())

    def end(self, at: datetime) -> None:
        self._do("UPDATE about SET ended = ?", (at.isoformat(),))

    def stop(self, because: str) -> None:
        self._do("UPDATE about SET stopped = ?", (because,))

    def forget(self) -> None:
        """Have it not begun: nothing was copied."""
        self._do("DELETE FROM about", ())

    def want(self) -> None:
        """Take back that it should stop."""
        self._do("UPDATE about SET unwanted = 0", ())

    def ask_to_stop(self) -> None:
        """Have whichever process is at work on it stop at the next message."""
        self._do("UPDATE about SET unwanted = 1", ())

    def is_wanted(self) -> bool:
        """Whether nobody has asked it to stop."""
        return not self._one("SELECT coalesce(max(unwanted), 0) FROM about")

    def progress(self) -> Progress | None:
        row = self._database.execute(
            "SELECT source, target, begun, ended, stopped, "
            "(SELECT coalesce(sum(total), 0) FROM folder), (SELECT count(*) FROM copied), "
            "(SELECT count(*) FROM refused) FROM about"
        ).fetchone()
        return Progress(*row) if row else None

    def ways(self) -> list[Way]:
        rows = self._database.execute(
            "SELECT number, path, uidvalidity, target, total FROM folder ORDER BY number"
        )
        return [Way(*row) for row in rows]

    def add_ways(self, found: Sequence[tuple[str, int, str, int]]) -> None:
        """Keep folders by path, UIDVALIDITY, target and total; of known ones only the total."""
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO folder (path, uidvalidity, target, total) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (path) DO UPDATE SET total = excluded.total",
            found,
        )
        self._database.execute("COMMIT")

    def copied(self, folder: int) -> set[int]:
        """UIDs of a folder that have been copied."""
        rows = self._database.execute("SELECT uid FROM copied WHERE folder = ?", (folder,))
        return {row[0] for row in rows}

    def targets(self, folder: int) -> set[int]:
        """UIDs that copies of a folder's messages have there."""
        rows = self._database.execute("SELECT target FROM copied WHERE folder = ?", (folder,))
        return {row[0] for row in rows}

    def leave(self, one: UnderWay) -> None:
        row = (one.folder, one.uid, one.uidvalidity, one.after)
        self._do("INSERT INTO under_way VALUES (?, ?, ?, ?)", row)

    def under_way(self) -> UnderWay | None:
        row = self._database.execute("SELECT * FROM under_way").fetchone()
        return UnderWay(*row) if row else None

    def arrived(self, folder: int, uid: int, target: int) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._do("INSERT OR REPLACE INTO copied VALUES (?, ?, ?)", (folder, uid, target))
        self._do("DELETE FROM under_way", ())
        self._database.execute("COMMIT")

    def not_arrived(self) -> None:
        self._do("DELETE FROM under_way", ())

    def refuse(self, folder: int, uid: int, because: str) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._do("INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", (folder, uid, because))
        self._do("DELETE FROM under_way", ())
        self._database.execute("COMMIT")

    def refused(self, most: int = 100) -> list[Refused]:
        rows = self._database.execute(
            "SELECT folder.path, refused.uid, because FROM refused "
            "JOIN folder ON folder.number = refused.folder ORDER BY 1, 2 LIMIT ?",
            (most,),
        )
        return [Refused(*row) for row in rows]

    def _do(self, statement: str, values: tuple[object, ...]) -> None:
        self._database.execute(statement, values)

    def _one(self, statement: str) -> int:
        return int(self._database.execute(statement).fetchone()[0])
