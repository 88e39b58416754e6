"""Limits in the user table change by compare-and-set, alike on SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.databases import Server
from tests.hosts.embedded import EmbeddedPeer

from ristoro.edges.mailhosts.contract import QuotaAsk
from ristoro.edges.mailhosts.imap import master_session
from ristoro.edges.mailhosts.userdb import (
    PostgresUsers,
    SqliteUsers,
    UserDb,
    UserDbError,
    UserTable,
    raise_limits,
)
from ristoro.kernel.errors import BadInput
from ristoro.kernel.outcome import Ending

TABLE = UserTable("mailbox", "username", "quota", "active")
CREATE = "CREATE TABLE mailbox (username TEXT PRIMARY KEY, quota BIGINT, active {})"
ROWS = (
    "INSERT INTO mailbox VALUES ('anna@libero.it', 1000, {yes}), ('bruno@libero.it', 5000, {yes}), "
    "('carla@libero.it', NULL, {yes}), ('ugo@libero.it', 1000, {no})"
)


@dataclass(frozen=True)
class Made:
    """A user table with four rows, and a way to ask its database."""

    users: UserDb
    limits: Callable[[], dict[str, int | None]]


@pytest.fixture
def sqlite_table(tmp_path: Path) -> Made:
    path = tmp_path / "users.sqlite"
    with closing(sqlite3.connect(path)) as link, link:
        link.execute(CREATE.format("INTEGER"))
        link.execute(ROWS.format(yes=1, no=0))

    def limits() -> dict[str, int | None]:
        with closing(sqlite3.connect(path)) as link:
            return dict(link.execute("SELECT username, quota FROM mailbox"))

    return Made(SqliteUsers(path, TABLE, wait=0.05), limits)


@pytest.fixture
def postgres_table(postgres_server: Server) -> Iterator[Made]:
    postgres_server.execute("CREATE DATABASE mail")
    users = PostgresUsers(postgres_server.url("mail"), TABLE)
    with users.change() as change:
        change.link.execute(CREATE.format("BOOLEAN"))  # type: ignore[arg-type]
        change.link.execute(ROWS.format(yes="true", no="false"))  # type: ignore[arg-type]

    def limits() -> dict[str, int | None]:
        with users.change() as change:
            return dict(change.link.execute("SELECT username, quota FROM mailbox").fetchall())

    yield Made(users, limits)
    postgres_server.execute("DROP DATABASE mail WITH (FORCE)")


@pytest.fixture(
    params=[
        pytest.param("sqlite_table", marks=pytest.mark.db),
        pytest.param("postgres_table", marks=[pytest.mark.db, pytest.mark.postgres]),
    ]
)
def made(request: pytest.FixtureRequest) -> Made:
    table: Made = request.getfixturevalue(request.param)
    return table


def ask(name: str, base: int, target: int) -> QuotaAsk:
    return QuotaAsk(f"{name}@libero.it", base, target)


def test_each_ask_of_a_batch_ends_in_its_own_way(made: Made) -> None:
    results = raise_limits(
        made.users,
        [
            ask("anna", 1000, 2000),
            ask("bruno", 1000, 2000),
            ask("carla", 1000, 2000),
            ask("ugo", 1000, 2000),
            ask("nessuno", 1000, 2000),
            ask("Bruno", 5000, 6000),
        ],
    )
    codes = ["done", "base-changed", "base-changed", "no-mailbox", "no-mailbox", "done"]
    assert [result.code for result in results] == codes
    assert made.limits() == {
        "anna@libero.it": 2000,
        "bruno@libero.it": 6000,
        "carla@libero.it": None,
        "ugo@libero.it": 1000,
    }


def test_the_same_batch_again_changes_nothing(made: Made) -> None:
    asks = [ask("anna", 1000, 2000), ask("bruno", 5000, 6000)]
    raise_limits(made.users, asks)
    assert {result.code for result in raise_limits(made.users, asks)} == {"already"}


def test_two_asks_for_one_mailbox_are_taken_in_order(made: Made) -> None:
    asks = [ask("anna", 1000, 2000), ask("anna", 2000, 3000), ask("anna", 1000, 9000)]
    codes = [result.code for result in raise_limits(made.users, asks)]
    assert codes == ["done", "done", "base-changed"]
    assert made.limits()["anna@libero.it"] == 3000


def test_thousands_of_asks_are_one_batch(made: Made) -> None:
    asks = [ask(f"u{n}", 1, 2) for n in range(2_500)]
    codes = {result.code for result in raise_limits(made.users, [*asks, ask("anna", 1000, 2000)])}
    assert codes == {"no-mailbox", "done"}


def test_known_names_are_the_active_rows(made: Made) -> None:
    names = ["anna@libero.it", "ugo@libero.it", "nessuno@libero.it"]
    assert made.users.known(names) == {"anna@libero.it"}


@pytest.mark.db
def test_a_column_in_mebibytes_takes_whole_mebibytes_only(sqlite_table: Made) -> None:
    assert isinstance(sqlite_table.users, SqliteUsers)
    users = replace(sqlite_table.users, table=replace(TABLE, unit=1 << 20, active=None))
    asks = [ask("anna", 1000 << 20, 2000 << 20), ask("bruno", 5000 << 20, 1)]
    results = raise_limits(users, asks)
    assert [result.code for result in results] == ["done", "unit"]
    assert sqlite_table.limits()["anna@libero.it"] == 2000


@pytest.mark.db
def test_a_locked_file_defers_and_changes_nothing(sqlite_table: Made) -> None:
    assert isinstance(sqlite_table.users, SqliteUsers)
    with closing(sqlite3.connect(sqlite_table.users.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        [result] = raise_limits(sqlite_table.users, [ask("anna", 1000, 2000)])
        other.execute("ROLLBACK")
    assert (result.ending, result.code) == (Ending.DEFERRED, "userdb")
    assert sqlite_table.limits()["anna@libero.it"] == 1000


@pytest.mark.db
def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    users = SqliteUsers(tmp_path / "none.sqlite")
    assert raise_limits(users, [ask("anna", 1, 2)])[0].ending is Ending.DEFERRED
    with pytest.raises(UserDbError):
        users.known(["anna@libero.it"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.wire
def test_a_database_that_is_down_defers() -> None:
    users = PostgresUsers("host=127.0.0.1 port=1 password=segreta dbname=mail")
    assert raise_limits(users, [ask("anna", 1, 2)])[0].ending is Ending.DEFERRED
    assert "segreta" not in repr(users)


@pytest.mark.parametrize("name", ["users; DROP TABLE x", 'a"b', "", "a.b.c", "1a", "quota\n"])
def test_a_name_that_is_no_identifier_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="not the name"):
        UserTable(name=name)


@pytest.mark.db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    asks=st.lists(
        st.tuples(st.sampled_from(["anna", "bruno", "x"]), st.integers(0, 3), st.integers(0, 3)),
        max_size=12,
    )
)
def test_a_batch_does_what_its_asks_would_do_one_by_one(
    sqlite_table: Made, asks: list[tuple[str, int, int]]
) -> None:
    raised = [ask(name, base, target) for name, base, target in asks]
    users = sqlite_table.users
    before = sqlite_table.limits()
    together = [result.code for result in raise_limits(users, raised)]
    after = sqlite_table.limits()
    with users.change() as change:
        change.set([(name, limit) for name, limit in before.items() if limit is not None])
    singly = [raise_limits(users, [one])[0].code for one in raised]
    assert (singly, sqlite_table.limits()) == (together, after)


@pytest.mark.host
def test_mailboxes_are_opened_while_their_limits_are_being_changed(peer: EmbeddedPeer) -> None:
    boxes = [peer.new_mailbox(1000) for _ in range(8)]
    server, users = peer.embedded.settings().imap, peer.embedded.settings().users
    ended, rounds = Event(), 0

    def write() -> None:
        nonlocal rounds
        while not ended.is_set():
            base, target = 1000 + rounds % 2, 1000 + (rounds + 1) % 2
            results = raise_limits(users, [QuotaAsk(address, base, target) for address in boxes])
            assert all(result.done for result in results)
            rounds += 1

    writer = Thread(target=write)
    writer.start()
    try:
        for _ in range(25):
            for address in boxes:
                with master_session(server, address):
                    pass
    finally:
        ended.set()
        writer.join()
    assert rounds > 25
