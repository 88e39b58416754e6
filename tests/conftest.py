"""Fixtures for all tests; what a fixture costs is the mark that it puts on a test.

``database`` is a fresh SQLite file; ``postgres_database`` a fresh database of a private PostgreSQL
server; ``each_database`` runs the test on both. Django's default connection points at it, commits
are real, and child processes reach it by ``database.environment()``.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from hypothesis import settings
from tests import databases
from tests.databases import Database, Server

COSTS = {
    "database": ("db",),
    "postgres_database": ("db", "postgres"),
    "each_database": ("db",),
    "postgres_server": ("postgres",),
}
# Properties are judged by what they find, not by how long a busy machine takes over it. The same
# examples each time, so that a change is judged by itself; `make explore` looks at others.
settings.register_profile("settled", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=2000)
settings.load_profile("settled")
# Runs act once they are approved; what tests the wait asks for one.
os.environ["RISTORO_APPROVAL_WAIT"] = "0"
site.APPROVAL_WAIT = timedelta()
# A second web process takes seconds to start, and few tests are about two.
os.environ["RISTORO_WEB_PROCESSES"] = "1"
LONG = ("browser", "whole")
"""Folders whose files take longest; and of all files, ``LONGEST``."""
LONGEST = ("test_kills.py", "test_engines_spark.py", "test_webmail_accessible.py", "test_run.py")
_names = (f"t{number}" for number in itertools.count())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest files first, or one process would work on one while the others have ended.
    rank = {name: number for number, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: (rank.get(item.path.name, len(rank)), item.path.parent.name not in LONG)
    )
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            for mark in COSTS.get(fixture, ()):
                item.add_marker(mark)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    with django_db_blocker.unblock():
        return databases.make_sqlite_template(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[Database]:
    """A fresh SQLite database in WAL mode, with all tables."""
    fresh = databases.copy_sqlite(sqlite_template, tmp_path)
    with django_db_blocker.unblock(), databases.pointed_at(fresh):
        yield fresh


@pytest.fixture(scope="session")
def postgres_server(django_db_blocker: Any) -> Iterator[Server]:
    """A private PostgreSQL server whose database ``template`` has all tables."""
    binaries = databases.postgres_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server is installed (Debian: postgresql)")
    # Not under pytest's own folder, which only its user may enter.
    folder = Path(tempfile.mkdtemp(prefix="ristoro-postgres-"))
    server = Server(binaries, folder, databases.free_port())
    try:
        server.start()
        server.execute("CREATE DATABASE template")
        with django_db_blocker.unblock():
            databases.migrate(Database("postgres", server.url("template")))
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres_server: Server, django_db_blocker: Any) -> Iterator[Database]:
    """A fresh PostgreSQL database, with all tables."""
    name = next(_names)
    postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE template")
    try:
        fresh = Database("postgres", postgres_server.url(name))
        with django_db_blocker.unblock(), databases.pointed_at(fresh):
            yield fresh
    finally:
        postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_database(request: pytest.FixtureRequest) -> Database:
    """The test runs twice: on SQLite and on PostgreSQL."""
    name = "database" if request.param == "sqlite" else "postgres_database"
    fresh: Database = request.getfixturevalue(name)
    return fresh
