"""Real databases for tests: SQLite files in WAL mode, and a private PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connections

from ristoro import env


@dataclass(frozen=True)
class Database:
    """A fresh, migrated database that Django's default connection points at."""

    kind: str
    url: str

    def environment(self) -> dict[str, str]:
        """The environment of a child process that works on this database."""
        return {
            **os.environ,
            "RISTORO_DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": "ristoro.settings",
        }

    @property
    def settings(self) -> dict[str, Any]:
        return env.Environment({"RISTORO_DATABASE_URL": self.url}).database()


@contextmanager
def pointed_at(database: Database) -> Iterator[Database]:
    """Django's default connection, pointed at ``database`` for a while."""
    before = connections.settings["default"]
    old = connections["default"]
    old.close()
    connections.settings["default"] = connections.configure_settings(
        {"default": database.settings}
    )["default"]
    connections["default"] = connections.create_connection("default")
    try:
        yield database
    finally:
        connections["default"].close()
        connections.settings["default"] = before
        connections["default"] = old


def migrate(database: Database) -> None:
    """Make all tables."""
    with pointed_at(database):
        call_command("migrate", verbosity=0, interactive=False)


# SQLite


def make_sqlite_template(folder: Path) -> Path:
    """A migrated file to copy from; closing its last connection has folded the WAL in."""
    path = folder / "template.sqlite"
    migrate(Database("sqlite", f"sqlite://{path}"))
    return path


def copy_sqlite(template: Path, folder: Path) -> Database:
    """A fresh copy of the migrated file."""
    path = folder / "ristoro.sqlite"
    shutil.copy(template, path)
    return Database("sqlite", f"sqlite://{path}")


# PostgreSQL


def postgres_binaries() -> Path | None:
    """The folder of the newest server installed, as Debian lays them out, or on ``PATH``."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@dataclass
class Server:
    """A private PostgreSQL on a loopback port that was free, run by an unprivileged user."""

    binaries: Path
    folder: Path
    port: int
    fsync: bool = False
    process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"postgresql://ristoro@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        account = unprivileged()
        if account:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = self.folder / "data"
        self._run(
            [
                *("initdb", "-D", str(data), "-U", "ristoro", "-A", "trust", "-N"),
                *("-E", "UTF8", "--locale=C.UTF-8"),
            ]
        )
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "fsync": "on" if self.fsync else "off",
            "max_connections": "40",
            "log_min_messages": "fatal",
        }
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(data), *flags],
                cwd=self.folder,
                stdout=subprocess.DEVNULL,
                stderr=log,
                **_as(account),
            )
        self._run(["pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"], wait=True)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # fast shutdown
            self.process.wait(timeout=30)

    def execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, command: list[str], wait: bool = False) -> None:
        command = [str(self.binaries / command[0]), *command[1:]]
        for attempt in range(200 if wait else 1):
            done = subprocess.run(
                command, cwd=self.folder, capture_output=True, check=False, **_as(unprivileged())
            )
            if done.returncode == 0:
                return
            if attempt and self.process and self.process.poll() is not None:
                break
            if wait and self.process:
                try:
                    self.process.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    continue
        raise RuntimeError(f"{command[0]}: {done.stderr.decode()} {done.stdout.decode()}")


def unprivileged() -> pwd.struct_passwd | None:
    """Whom to run as when we are root, which PostgreSQL refuses to be; ``None`` when we are not."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("there is no unprivileged user to run PostgreSQL as")


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": account.pw_uid, "group": account.pw_gid} if account else {}


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
