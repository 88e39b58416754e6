"""SQL by a mapping: PostfixAdmin's tables as they are, on real databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest
from tests.databases import Database
from tests.estate.estates import take

from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import Imported
from ristoro.estate.mapping import read_mapping
from ristoro.kernel.errors import BadInput

# As PostfixAdmin's upgrade.php leaves them (version 3.3, its tables `mailbox` and `quota2`).
SQLITE = """
CREATE TABLE mailbox (
  username varchar(255) NOT NULL DEFAULT '',
  password varchar(255) NOT NULL DEFAULT '',
  name varchar(255) NOT NULL DEFAULT '',
  maildir varchar(255) NOT NULL DEFAULT '',
  quota bigint(20) NOT NULL DEFAULT '0',
  domain varchar(255) NOT NULL DEFAULT '',
  created datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  modified datetime NOT NULL DEFAULT '2000-01-01 00:00:00',
  active tinyint(1) NOT NULL DEFAULT '1',
  local_part varchar(255) NOT NULL DEFAULT '',
  PRIMARY KEY (username)
);
CREATE TABLE quota2 (
  username varchar(100) NOT NULL PRIMARY KEY,
  bytes bigint NOT NULL DEFAULT 0,
  messages integer NOT NULL DEFAULT 0
);
"""
POSTGRES = """
CREATE TABLE mailbox (
  username character varying(255) NOT NULL PRIMARY KEY,
  password character varying(255) NOT NULL DEFAULT '',
  name character varying(255) NOT NULL DEFAULT '',
  maildir character varying(255) NOT NULL DEFAULT '',
  quota bigint NOT NULL DEFAULT 0,
  domain character varying(255) NOT NULL,
  created timestamp with time zone DEFAULT now(),
  modified timestamp with time zone DEFAULT now(),
  active boolean NOT NULL DEFAULT true,
  local_part character varying(255) NOT NULL DEFAULT ''
);
CREATE TABLE quota2 (
  username character varying(100) NOT NULL PRIMARY KEY,
  bytes bigint NOT NULL DEFAULT 0,
  messages integer NOT NULL DEFAULT 0
);
"""
ROWS = """
INSERT INTO mailbox (username, domain, quota, active, created) VALUES
  ('anna@example.it', 'example.it', 5368709120, {yes}, '2019-04-01 08:15:00'),
  ('Bruno@Example.IT', 'example.it', 0, {no}, '2020-02-29 23:59:59'),
  ('carla@example.org', 'example.org', -1, {yes}, '2000-01-01 00:00:00');
INSERT INTO quota2 (username, bytes, messages) VALUES ('anna@example.it', 123456789, 42);
"""


@pytest.fixture
def sqlite_dsn(tmp_path: Path) -> str:
    path = tmp_path / "postfix admin.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SQLITE + ROWS.format(yes=1, no=0))
    return f"sqlite://{path}"


@pytest.fixture
def postgres_dsn(postgres_database: Database) -> Iterator[str]:
    schema = "SET search_path TO postfixadmin;"
    with psycopg.connect(postgres_database.url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA postfixadmin")
        # the session's zone is not UTC, so that an import that trusted it would be wrong
        connection.execute("ALTER ROLE CURRENT_USER SET search_path TO postfixadmin, public")
        connection.execute("ALTER ROLE CURRENT_USER SET TimeZone TO 'Europe/Rome'")
        rows = "SET TIME ZONE 'UTC';" + ROWS.format(yes="true", no="false")
        connection.execute(schema + POSTGRES + rows)
    yield postgres_database.url
    with psycopg.connect(postgres_database.url, autocommit=True) as connection:
        connection.execute("ALTER ROLE CURRENT_USER RESET ALL")


def check_postfixadmin(imported: Imported) -> None:
    rows = {row["address"]: row for row in pq.read_table(imported.path).to_pylist()}
    assert set(rows) == {"anna@example.it", "bruno@example.it", "carla@example.org"}
    anna, bruno, carla = (rows[address] for address in sorted(rows))
    assert (anna["storage_bytes"], anna["used_bytes"]) == (5368709120, 123456789)
    assert anna["created_at"] == datetime(2019, 4, 1, 8, 15)  # noqa: DTZ001
    assert (anna["brand"], anna["standing"], anna["price_minor"]) == ("example.it", "good", 0)
    assert (bruno["standing"], bruno["storage_bytes"], bruno["used_bytes"]) == ("suspended", 0, 0)
    assert (carla["storage_bytes"], carla["brand"]) == (0, "example.org")


def test_postfixadmin_on_sqlite(sqlite_dsn: str, tmp_path: Path) -> None:
    mapping = read_mapping("postfixadmin")
    imported = take(sqlite_dsn, tmp_path / "store", mapping=mapping)
    check_postfixadmin(imported)
    assert take(sqlite_dsn, tmp_path / "store", mapping=mapping).already


def test_postfixadmin_on_postgresql(postgres_dsn: str, tmp_path: Path) -> None:
    check_postfixadmin(take(postgres_dsn, tmp_path / "store", mapping=read_mapping("postfixadmin")))


def test_an_import_can_write_nothing(sqlite_dsn: str) -> None:
    directory = open_directory(sqlite_dsn, "SELECT * FROM mailbox")
    list(directory.blocks(['username" FROM mailbox); DELETE FROM mailbox; --']))
    [block] = directory.blocks(["username"])
    assert block.rows.num_rows == 3
    with pytest.raises(BadInput):
        open_directory(sqlite_dsn, "DELETE FROM mailbox RETURNING *")


@pytest.mark.parametrize(
    ("dsn", "query"),
    [
        ("sqlite:///nowhere/at/all.db", "SELECT 1 AS one"),
        ("{real}", "SELECT nothing FROM mailbox"),
        ("{real}", "SELEKT"),
        ("mysql://localhost/postfix", "SELECT 1 AS one"),
    ],
)
def test_a_database_that_cannot_answer_is_an_error_for_people(
    sqlite_dsn: str, dsn: str, query: str
) -> None:
    with pytest.raises(BadInput) as caught:
        open_directory(dsn.format(real=sqlite_dsn), query)
    assert caught.value.problems[0].code == "database"


def test_a_password_is_not_shown(sqlite_dsn: str) -> None:
    with pytest.raises(BadInput) as caught:
        open_directory("postgresql://anna:s3cret@127.0.0.1:1/none", "SELECT 1 AS one")
    assert "s3cret" not in str(caught.value)


def test_a_blob_that_is_no_text_is_an_error_for_people(tmp_path: Path) -> None:
    path = tmp_path / "e.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (a); INSERT INTO t VALUES (x'ff');")
    with pytest.raises(BadInput):
        list(open_directory(f"sqlite://{path}", "SELECT a FROM t").blocks(["a"]))
