"""The SQL table from which Dovecot reads each mailbox's limit, changed by compare-and-set.

Works on SQLite and PostgreSQL. One batch is one short transaction that locks its rows in the order
of their names, so that two workers cannot wait for each other. The file of an SQLite table is
never replaced: Dovecot holds it open, and would go on with the old one or with none.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString, Protocol

import psycopg
from psycopg import sql

from ristoro.edges.mailhosts.contract import QuotaAsk
from ristoro.kernel.errors import bad_input
from ristoro.kernel.outcome import DONE, Ending, Result

ALREADY = Result(Ending.DONE, "already")
NO_MAILBOX = Result(Ending.REFUSED, "no-mailbox", "no active row in the user table")

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}(\.[A-Za-z_][A-Za-z0-9_]{0,62})?")
_AT_ONCE = 500
"""Names in one SELECT: SQLite before 3.32 takes at most 999 bound values."""


@dataclass(frozen=True, slots=True)
class UserTable:
    """The names of the table and its columns; each must be a plain SQL identifier.

    ``quota`` counts units of ``unit`` bytes (PostfixAdmin 1, iRedMail 1,048,576). ``active`` is a
    truth value or a 0 or 1; ``None`` where every row is active.
    """

    name: str = "users"
    address: str = "userid"
    quota: str = "quota_bytes"
    active: str | None = "active"
    unit: int = 1

    def __post_init__(self) -> None:
        for word in (self.name, self.address, self.quota, self.active):
            if word is not None and not _IDENTIFIER.fullmatch(word):
                raise bad_input(
                    "identifier",
                    f"{word!r} is not the name of a table or column",
                    "names are letters, digits and underscores, with one dot after a schema",
                    "write the name as it stands in the database",
                )

    def quoted(self) -> tuple[LiteralString, LiteralString, LiteralString, LiteralString]:
        """Table, address, quota and a condition, each quoted: safe, since each was checked."""

        def quote(word: str) -> LiteralString:
            return ".".join(f'"{part}"' for part in word.split("."))

        active: LiteralString = "1 = 1"
        if self.active is not None:
            active = "CAST(" + quote(self.active) + " AS INTEGER) = 1"
        return quote(self.name), quote(self.address), quote(self.quota), active


class UserDb(Protocol):
    """What raising a limit needs of a table: rows locked and read, then set."""

    @property
    def table(self) -> UserTable: ...

    @contextmanager
    def change(self) -> Iterator[Change]:
        """A transaction: committed at the end of the block, undone by an exception.

        Raises ``UserDbError``; its ``committing`` says whether the change may have been made.
        """
        ...

    def known(self, names: Sequence[str]) -> set[str]:
        """Which of the names have an active row. Raises ``UserDbError``."""
        ...


class Change(Protocol):
    """One open transaction on the table."""

    def lock(self, names: Sequence[str]) -> Mapping[str, int | None]:
        """The limit of each active row of these, held until the end; missing names are left out."""
        ...

    def set(self, limits: Iterable[tuple[str, int]]) -> None:
        """Set the limit of each of these rows."""
        ...


class UserDbError(Exception):
    """The database could not be reached or said no."""

    def __init__(self, error: Exception, *, committing: bool) -> None:
        super().__init__(str(error).strip() or type(error).__name__)
        self.committing = committing


def raise_limits(userdb: UserDb, asks: Sequence[QuotaAsk]) -> list[Result]:
    """Set each limit by compare-and-set in one transaction; see ``MailHost.raise_quota``.

    Deferred where nothing was changed for want of the database, unknown where the connection was
    lost while the change was being committed.
    """
    if not asks:
        return []
    try:
        with userdb.change() as change:
            now = dict(change.lock(sorted({ask.address.lower() for ask in asks})))
            results, moved = _decide(asks, now, userdb.table.unit)
            if moved:
                change.set(sorted(moved.items()))
    except UserDbError as error:
        ending = Ending.UNKNOWN if error.committing else Ending.DEFERRED
        return [Result(ending, "userdb", str(error)[:500])] * len(asks)
    return results


def _decide(
    asks: Sequence[QuotaAsk], now: dict[str, int | None], unit: int
) -> tuple[list[Result], dict[str, int]]:
    results: list[Result] = []
    moved: dict[str, int] = {}
    for ask in asks:
        name = ask.address.lower()
        if name not in now:
            results.append(NO_MAILBOX)
            continue
        limit = now[name]
        shown = None if limit is None else limit * unit
        if ask.target % unit or ask.target < 0:
            text = f"{ask.target} bytes are no whole number of the table's units of {unit}"
            results.append(Result(Ending.REFUSED, "unit", text))
        elif shown == ask.target:
            results.append(ALREADY)
        elif shown != ask.base:
            text = f"the limit is {'none' if shown is None else shown}, neither base nor target"
            results.append(Result(Ending.REFUSED, "base-changed", text))
        else:
            now[name] = moved[name] = ask.target // unit
            results.append(DONE)
    return results, moved


def _pages(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]


@dataclass(frozen=True, slots=True)
class SqliteUsers:
    """A table in an SQLite file; ``wait`` is how many seconds a locked file is waited for.

    In WAL mode Dovecot reads while we write; in the older modes it waits for up to its busy
    timeout of one second, which the short transactions here stay far below.
    """

    path: Path
    table: UserTable = field(default_factory=UserTable)
    wait: float = 20.0

    @contextmanager
    def change(self) -> Iterator[SqliteChange]:
        committing = False
        try:
            with closing(self._open("rw")) as link:
                link.execute("BEGIN IMMEDIATE")
                yield SqliteChange(link, self.table)
                committing = True
                link.execute("COMMIT")
        except sqlite3.Error as error:
            # A commit that SQLite refuses as busy has changed nothing; others may have.
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
            raise UserDbError(error, committing=committing and not busy) from error

    def known(self, names: Sequence[str]) -> set[str]:
        try:
            with closing(self._open("ro")) as link:
                return set(SqliteChange(link, self.table).lock(names))
        except sqlite3.Error as error:
            raise UserDbError(error, committing=False) from error

    def _open(self, mode: str) -> sqlite3.Connection:
        # mode=rw: a missing file is an error, where the default would make an empty one
        uri = f"{self.path.absolute().as_uri()}?mode={mode}"
        return sqlite3.connect(uri, timeout=self.wait, isolation_level=None, uri=True)


@dataclass(frozen=True, slots=True)
class SqliteChange:
    """One transaction on an SQLite table; ``BEGIN IMMEDIATE`` locked the whole file."""

    link: sqlite3.Connection
    table: UserTable

    def lock(self, names: Sequence[str]) -> dict[str, int | None]:
        table, address, quota, active = self.table.quoted()
        found: dict[str, int | None] = {}
        for page in _pages(names):
            marks = ", ".join("?" * len(page))
            found.update(
                self.link.execute(
                    f"SELECT {address}, {quota} FROM {table} "  # noqa: S608
                    f"WHERE {address} IN ({marks}) AND {active}",
                    page,
                )
            )
        return found

    def set(self, limits: Iterable[tuple[str, int]]) -> None:
        table, address, quota, _ = self.table.quoted()
        self.link.executemany(
            f"UPDATE {table} SET {quota} = ? WHERE {address} = ?",  # noqa: S608
            [(limit, name) for name, limit in limits],
        )


@dataclass(frozen=True, slots=True)
class PostgresUsers:
    """A table in PostgreSQL; ``conninfo`` is libpq's, and may hold a password."""

    conninfo: str = field(repr=False)
    table: UserTable = field(default_factory=UserTable)

    @contextmanager
    def change(self) -> Iterator[PostgresChange]:
        committing = False
        try:
            with closing(psycopg.connect(self.conninfo, connect_timeout=10)) as link:
                yield PostgresChange(link, self.table)
                committing = True
                link.commit()
        except psycopg.Error as error:
            # An error the server states (a SQLSTATE) undid the transaction; a lost line may not.
            raise UserDbError(error, committing=committing and error.sqlstate is None) from error

    def known(self, names: Sequence[str]) -> set[str]:
        table, address, _, active = self.table.quoted()
        query = sql.SQL("SELECT {0} FROM {1} WHERE {0} = ANY(%s) AND {2}").format(
            sql.SQL(address), sql.SQL(table), sql.SQL(active)
        )
        try:
            with closing(psycopg.connect(self.conninfo, connect_timeout=10)) as link:
                return {name for (name,) in link.execute(query, [list(names)])}
        except psycopg.Error as error:
            raise UserDbError(error, committing=False) from error


@dataclass(frozen=True, slots=True)
class PostgresChange:
    """One transaction on a PostgreSQL table; ``lock`` holds its rows and no others."""

    link: psycopg.Connection[tuple[str, int | None]]
    table: UserTable

    def lock(self, names: Sequence[str]) -> dict[str, int | None]:
        table, address, quota, active = (sql.SQL(part) for part in self.table.quoted())
        query = sql.SQL(
            "SELECT {0}, {1} FROM {2} WHERE {0} = ANY(%s) AND {3} ORDER BY {0} FOR UPDATE"
        ).format(address, quota, table, active)
        return dict(self.link.execute(query, [list(names)]))

    def set(self, limits: Iterable[tuple[str, int]]) -> None:
        table, address, quota, _ = (sql.SQL(part) for part in self.table.quoted())
        names, values = zip(*limits, strict=True)
        query = sql.SQL(
            "UPDATE {2} SET {1} = wanted.quota "
            "FROM unnest(%s::text[], %s::bigint[]) AS wanted(name, quota) "
            "WHERE {0} = wanted.name"
        ).format(address, quota, table)
        self.link.execute(query, [list(names), list(values)])
