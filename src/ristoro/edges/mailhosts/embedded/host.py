"""The embedded mail host: a private, unprivileged Dovecot configured, started and stopped here.

Everything stands below one ground folder. The server outlives the process that started it, and
any number of commands share it; starting and stopping are guarded by a file lock. Ports are free
loopback ports, kept from one start to the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib import resources
from itertools import islice
from pathlib import Path
from secrets import token_bytes, token_urlsafe

from ristoro.edges.mailhosts.dovecot import Dovecot, DovecotSettings
from ristoro.edges.mailhosts.embedded.binaries import Binaries, find_binaries
from ristoro.edges.mailhosts.embedded.fill import fill
from ristoro.edges.mailhosts.embedded.ground import Ground, ground_of
from ristoro.edges.mailhosts.imap import ImapServer
from ristoro.edges.mailhosts.lmtp.endpoint import Endpoint
from ristoro.edges.mailhosts.userdb import SqliteUsers
from ristoro.kernel.errors import Missing, Problem, bad_input

MASTER = "ristoro"
HOST = "127.0.0.1"
_SERVICES = ("imap", "lmtp", "doveadm")
_GREETINGS = {"imap": b"* OK", "lmtp": b"220 "}
_START_SECONDS = 30.0
_STOP_SECONDS = 2.5
_START_TRIES = 5
_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[a-z0-9_'+&=-]+(\.[a-z0-9_'+&=-]+)*"
    r"@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
  userid TEXT PRIMARY KEY,
  password TEXT NOT NULL,
  home TEXT NOT NULL,
  quota_bytes INTEGER NOT NULL,
  active INTEGER NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox to provide: its reader's password, its limit, and how full it is, in bytes."""

    address: str
    password: str = field(repr=False)
    quota_bytes: int
    used_bytes: int = 0


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What there is now; ``pid`` is ``None`` where the server does not run."""

    pid: int | None
    ports: dict[str, int]
    mailboxes: int
    folder: Path


class EmbeddedHost:
    """The mail host of one home folder; see the module.

    ``find`` finds Dovecot's programs, at the first start.
    """

    def __init__(self, home: Path, find: Callable[[], Binaries] = find_binaries) -> None:
        self.home = home
        self._find = find
        self._ground: Ground | None = None

    @property
    def ground(self) -> Ground:
        if self._ground is None:
            self._ground = ground_of(self.home)
        return self._ground

    @property
    def log(self) -> Path:
        """Dovecot's log."""
        return self.ground.base / "log/dovecot.log"

    def provision(
        self, accounts: Iterable[Account], progress: Callable[[int], None] | None = None
    ) -> int:
        """Make or change these mailboxes; how many. The server may be running.

        An account that is there gets the new password, limit and fullness; mail in it stays.
        A limit changes for sessions that begin after this. ``progress`` is told the count so far.
        """
        made = 0
        rest = iter(accounts)
        with self._locked(), closing(self._open_users()) as users:
            while page := list(islice(rest, 1_000)):
                self._add(users, page)
                made += len(page)
                if progress is not None:
                    progress(made)
        return made

    def provision_sample(
        self,
        boxes: Iterable[tuple[str, int, int]],
        progress: Callable[[int], None] | None = None,
    ) -> int:
        """``provision`` of (address, limit, use) whose readers share ``reader_password``."""
        password = self.reader_password()
        accounts = (Account(address, password, limit, used) for address, limit, used in boxes)
        return self.provision(accounts, progress)

    def _add(self, users: sqlite3.Connection, accounts: list[Account]) -> None:
        rows = [self._row(account) for account in accounts]
        # Mailboxes are filled first: a mailbox that can be logged into is as full as it was asked.
        for account, row in zip(accounts, rows, strict=True):
            home = Path(row[2])
            self.ground.own_folder(home.parent)
            if account.used_bytes > 0 or home.is_dir():
                fill(home, account.address, account.used_bytes, self.ground)
        with users:
            users.executemany(
                "INSERT INTO users (userid, password, home, quota_bytes, active) "
                "VALUES (?, ?, ?, ?, 1) ON CONFLICT (userid) DO UPDATE SET "
                "password = excluded.password, quota_bytes = excluded.quota_bytes, active = 1",
                rows,
            )

    def _row(self, account: Account) -> tuple[str, str, str, int]:
        address = account.address.lower()
        if not _ADDRESS.fullmatch(address):
            raise bad_input(
                "address",
                f"the embedded mail host cannot hold a mailbox named {account.address!r}",
                "it takes letters, digits and . _ - + ' & = before the @, a domain after it",
                "leave the mailbox out, or use a mail host of your own",
            )
        # 256 folders: a folder of some ten thousand mailboxes is slow to list and to back up
        part = hashlib.sha256(address.encode()).hexdigest()[:2]
        home = self.ground.base / "mail" / part / address
        return address, hashed(account.password), str(home), account.quota_bytes

    def clear(self) -> None:
        """Stop the server and remove every mailbox with its mail."""
        self.stop()
        with self._locked():
            for name in ("mail", "userdb"):
                shutil.rmtree(self.ground.base / name, ignore_errors=True)

    def start(self) -> HostStatus:
        """Start the server unless it runs, and return when IMAP and LMTP answer.

        Raises ``Missing`` where there is no Dovecot or it does not start, with the log's last line.
        """
        with self._locked():
            if self._pid() is None:
                binaries = self._find()
                self._open_users().close()
                ports = self._state().get("ports") or free_ports()
                for attempt in range(_START_TRIES):
                    wrong = self._launch(binaries, ports)
                    if wrong is None or "Address already in use" not in wrong:
                        break
                    if attempt < _START_TRIES - 1:
                        ports = free_ports()
                if wrong is not None:
                    raise self._not_started(wrong)
            try:
                self._wait_ready()
            except Missing:
                self._end()
                raise
        return self.status()

    def stop(self) -> None:
        """Stop the server, if it runs, and return when its master process has ended."""
        with self._locked():
            self._end()

    def status(self) -> HostStatus:
        """Whether it runs, where it listens, how many mailboxes it has."""
        count = 0
        if self.users_file.exists():
            with closing(sqlite3.connect(self.users_file)) as users:
                (count,) = users.execute("SELECT count(*) FROM users WHERE active = 1").fetchone()
        return HostStatus(self._pid(), self._state().get("ports", {}), count, self.ground.base)

    def dovecot(self) -> Dovecot:
        """The adapter for this host. Raises ``Missing`` where it has never been started."""
        return Dovecot(self.settings())

    def settings(self) -> DovecotSettings:
        """How to reach this host. Raises ``Missing`` where it has never been started."""
        ports = self._state().get("ports")
        if not ports:
            raise Missing(
                Problem(
                    "host-not-started",
                    f"the embedded mail host of {self.home} has never been started",
                    "it gets its ports at its first start",
                    "run `ristoro host start`",
                )
            )
        return DovecotSettings(
            imap=ImapServer(HOST, ports["imap"], MASTER, self._secret("master-password")),
            lmtp=Endpoint(HOST, ports["lmtp"]),
            users=SqliteUsers(self.users_file),
        )

    def reader_password(self) -> str:
        """The password of this host's sample mailboxes: random, kept in its ground."""
        return self._secret("reader-password")

    @property
    def users_file(self) -> Path:
        """The SQLite file of the user table."""
        return self.ground.base / "userdb/users.sqlite"

    # Files

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.ground.base / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _open_users(self) -> sqlite3.Connection:
        """The user table, made if it is not there, in WAL mode: Dovecot reads while we write."""
        ground = self.ground
        ground.own_folder(ground.base / "mail")
        ground.own_folder(self.users_file.parent)
        users = sqlite3.connect(self.users_file, timeout=30)
        users.execute("PRAGMA journal_mode = WAL")
        users.execute(_SCHEMA)
        self.users_file.chmod(0o600)
        # SQLite gives the files beside the database the database's owner when root opens it.
        ground.own(self.users_file)
        for suffix in ("-wal", "-shm"):
            beside = self.users_file.with_name(self.users_file.name + suffix)
            if beside.exists():
                ground.own(beside)
        return users

    def _state(self) -> dict[str, dict[str, int]]:
        try:
            state: dict[str, dict[str, int]] = json.loads(
                (self.ground.base / "state.json").read_text()
            )
        except FileNotFoundError:
            return {}
        return state

    def _secret(self, name: str) -> str:
        path = self.ground.base / name
        if not path.exists():
            write_private(path, token_urlsafe(24))
        return path.read_text()

    def _configure(self, binaries: Binaries, ports: dict[str, int]) -> Path:
        ground = self.ground
        for folder in ("run", "state", "log"):
            (ground.base / folder).mkdir(mode=0o755, exist_ok=True)
        values = {
            "BASE": str(ground.base),
            "RUN": str(ground.base / "run"),
            "USER": ground.user,
            "GROUP": ground.group,
            "INSTANCE": f"ristoro-{ground.base.name}",
            "PROGRAMS": binaries.settings(),
            "API_KEY": self._secret("doveadm-key"),
            **{name.upper(): str(port) for name, port in ports.items()},
        }
        modules = ground.base / "run/modules"
        modules.unlink(missing_ok=True)
        if binaries.root is not None:
            modules.symlink_to(binaries.root / "usr/lib/dovecot/modules")
        for name in ("dovecot.conf", "dovecot-sql.conf"):
            text = resources.files(__package__).joinpath(f"{name}.in").read_text("utf-8")
            for key, value in values.items():
                text = text.replace(f"@{key}@", value)
            write_private(ground.base / name, text)
        master_users = ground.base / "master-users"
        write_private(master_users, f"{MASTER}:{hashed(self._secret('master-password'))}\n")
        # both are read by the server's own user, not by its master process
        ground.own(master_users)
        ground.own(ground.base / "dovecot-sql.conf")
        return ground.base / "dovecot.conf"

    # The process

    def _launch(self, binaries: Binaries, ports: dict[str, int]) -> str | None:
        """Start the server in the background; what it said if it refused."""
        configuration = self._configure(binaries, ports)
        write_private(self.ground.base / "state.json", json.dumps({"ports": ports}))
        # Left behind by a kill or a reboot; Dovecot would believe any process of that number.
        (self.ground.base / "run/master.pid").unlink(missing_ok=True)
        # Its output goes to a file: a pipe would be held open by the server that stays behind.
        said = self.ground.base / "log/start.txt"
        with said.open("wb") as output:
            done = subprocess.run(
                binaries.start_command(configuration),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=binaries.environment(),
                cwd=self.ground.base,
                start_new_session=True,
                timeout=_START_SECONDS,
            )
        if done.returncode == 0:
            return None
        return said.read_text(errors="replace").strip() or f"exit code {done.returncode}"

    def _end(self) -> None:
        """Stop the server, if it runs, and wait until its master process has ended."""
        pid = self._pid()
        if pid is None:
            return
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        try:
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            if not select.select([handle], [], [], _STOP_SECONDS)[0]:
                # A process caught while it starts waits 5 s for another that has ended already.
                os.killpg(pid, signal.SIGKILL)
                select.select([handle], [], [], _STOP_SECONDS)
        except ProcessLookupError:
            pass
        finally:
            os.close(handle)

    def _pid(self) -> int | None:
        """The master process, if it runs and is ours: a number in a file can be reused."""
        try:
            pid = int((self.ground.base / "run/master.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, ValueError):
            return None
        return pid if os.fsencode(self.ground.base / "dovecot.conf") in command else None

    def _wait_ready(self) -> None:
        for service, greeting in _GREETINGS.items():
            port = self._state()["ports"][service]
            try:
                with socket.create_connection((HOST, port), timeout=_START_SECONDS) as link:
                    got = link.makefile("rb").readline()
            except OSError as error:
                raise self._not_started(f"{service} on port {port}: {error}") from error
            if not got.startswith(greeting):
                raise self._not_started(f"{service} on port {port} greets with {got!r}")

    def _not_started(self, why: str) -> Missing:
        last = ""
        if self.log.exists():
            lines = self.log.read_text(errors="replace").splitlines()
            last = f"; its log ends: {lines[-1]}" if lines else ""
        return Missing(
            Problem(
                "host-not-started",
                "the embedded mail host does not start",
                f"{why}{last}",
                f"read {self.log}; settings of your own belong in {self.ground.base}/local.conf",
            )
        )


def hashed(password: str) -> str:
    """The password as Dovecot's SSHA512: SHA-512 of password and a fresh salt, then the salt.

    A slow hash would make providing ten thousand sample mailboxes take an hour.
    """
    salt = token_bytes(16)
    digest = hashlib.sha512(password.encode() + salt).digest()
    return "{SSHA512}" + b64encode(digest + salt).decode()


def free_ports() -> dict[str, int]:
    """A free loopback port for each service; all are held until all are found."""
    with ExitStack() as stack:
        links = {name: stack.enter_context(socket.socket()) for name in _SERVICES}
        for link in links.values():
            link.bind((HOST, 0))
        return {name: link.getsockname()[1] for name, link in links.items()}


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read; a reader sees the old text or the new one."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    half.replace(path)
