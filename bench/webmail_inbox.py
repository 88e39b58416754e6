"""The time from the sign-in form to the inbox, with 500 and with 100,000 messages.

Once on a Dovecot that keeps mail in sdbox, and once on one that keeps it as Maildir: there Dovecot
itself reads its list of all files at the first look of most connections, whoever asks.

Real HTTP to the web process that ``ristoro serve`` starts, in front of a real Dovecot; Roundcube,
where its Debian packages are installed, in front of the same Dovecot, interleaved in the same
rounds. A time begins with the POST of address and password and ends with the last byte of the 50
rows: for Ristoro a redirect and a page, for Roundcube a redirect, a page and the list that its
script fetches next. Styles and scripts are not in it. Where there is a Chromium, the requests and
octets of the whole way are counted too, with an empty cache and when the list is opened again.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Protocol

from imapclient import SEEN, IMAPClient
from tests import databases
from tests.databases import Database, free_port

import ristoro.start
from bench import record, roundcube, weight
from bench.visitor import Visitor, hidden
from ristoro import env
from ristoro.cli.behind import web_of
from ristoro.cli.init import make_secrets
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost

SIZES = {"few": 500, "many": 100_000}
BOXES = {name: f"{name}@libero.it" for name in SIZES}
STORES = ("sdbox", "maildir")
ROUNDS = 30
WARM = 2
LONGEST = 75.0
"""Seconds for all rounds, warm ones included."""
PAGE = 50
INDEXING = 120.0
AT_ONCE = 500
PASSWORD = "a password for benches"
ROW = re.compile(r'<li class="row')

assert ristoro.start  # sets Django up before the tables are imported


class Reader(Protocol):
    """A holder before the sign-in form."""

    def inbox(self) -> int: ...

    def leave(self) -> None: ...


class OwnReader:
    """A holder who signs in to Ristoro's webmail."""

    def __init__(self, port: int, address: str, password: str) -> None:
        self._visitor = Visitor(port)
        fields = hidden(self._visitor.get("/entra/").text)
        self._form = {**fields, "address": address, "password": password}

    def inbox(self) -> int:
        """Sign in and fetch the list; how many rows."""
        answer = self._visitor.post("/entra/", self._form)
        assert answer.status == 303, answer.text[:2000]
        self._page = self._visitor.get(answer.location).text
        return len(ROW.findall(self._page))

    def leave(self) -> None:
        """Sign out, so that no round has more kept connections than another."""
        self._visitor.post("/esci/", hidden(self._page))
        self._visitor.close()


def letter(number: int) -> bytes:
    """A message of about 1 KB; one in three is a page, one in five has a file."""
    head = (
        f"From: Persona {number % 97} <persona.{number % 97}@example.org>\r\n"
        f"To: titolare@libero.it\r\nSubject: Messaggio {number} =?utf-8?q?perch=C3=A9?=\r\n"
        f"Date: Mon, 16 Jan 2023 10:{number % 60:02}:00 +0100\r\n"
        f"Message-ID: <{number}@example.org>\r\nMIME-Version: 1.0\r\n"
    )
    text = "Buongiorno, questo testo fa da corpo del messaggio.\r\n" * 8
    if number % 3 == 0:
        head += "Content-Type: text/html; charset=utf-8\r\n"
        text = f"<html><body><p>{text}</p></body></html>\r\n"
    elif number % 5 == 0:
        head += 'Content-Type: multipart/mixed; boundary="b"\r\n'
        text = (
            f"--b\r\nContent-Type: text/plain\r\n\r\n{text}--b\r\nContent-Type: application/pdf\r\n"
            'Content-Disposition: attachment; filename="a.pdf"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n"
        )
    return f"{head}\r\n{text}".encode()


def fill(port: int, address: str, count: int) -> None:
    """Give a mailbox ``count`` messages, one in ten unread."""
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=INDEXING) as client:
        client.login(address, PASSWORD)
        for first in range(1, count + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, count + 1))
            client.multiappend(
                "INBOX",
                [{"msg": letter(each), "flags": (SEEN,) if each % 10 else ()} for each in numbers],
            )


@contextmanager
def kept_in(store: str, home: Path) -> Iterator[EmbeddedHost]:
    """A Dovecot that keeps its mail so, with both mailboxes filled."""
    host = EmbeddedHost(home / "mailhost")
    host.start()
    own = home / "mailhost" / "dovecot" / "local.conf"
    try:
        host.stop()
        own.write_text(f"mail_location = {store}:~/{store}\nmail_fsync = never\n")
        host.start()
        host.provision([Account(address, PASSWORD, 10 << 30) for address in BOXES.values()])
        for name, address in BOXES.items():
            fill(host.settings().imap.port, address, SIZES[name])
        host.stop()
        own.write_text(f"mail_location = {store}:~/{store}\n")
        host.start()
        yield host
    finally:
        host.stop()


@contextmanager
def webmail(home: Path, database: Database) -> Iterator[int]:
    """``ristoro serve`` of a home folder; its port."""
    port = free_port()
    command = [sys.executable, "-m", "ristoro", "serve", "--background", "--port", str(port)]
    environment = {**os.environ, **database.environment(), "RISTORO_HOME": str(home)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=60)
    try:
        yield port
    finally:
        web_of(home).stop()


def timed(reader: Reader) -> float:
    """Milliseconds from the form to the list."""
    began = time.perf_counter()
    rows = reader.inbox()
    took = time.perf_counter() - began
    reader.leave()
    if rows != PAGE:
        raise RuntimeError(f"{rows} rows came, and {PAGE} were to come")
    return took * 1000


def measured(makers: dict[str, Callable[[], Reader]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every round, each round with all of them, in turn from another first.

    It ends early, after a whole round, where the machine is too slow for all of them.
    """
    names = list(makers)
    found: dict[str, list[float]] = {name: [] for name in names}
    began = time.monotonic()
    for number in range(WARM + rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            took = timed(makers[name]())
            if number >= WARM:
                found[name].append(took)
        if number > WARM and time.monotonic() - began > LONGEST:
            break
    return found


def said(times: list[float]) -> dict[str, float]:
    return {
        "median_ms": round(median(times), 1),
        "p90_ms": round(quantiles(times, n=10)[-1], 1),
        "least_ms": round(min(times), 1),
    }


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of the rounds' own ratios: what else the machine did was the same for both."""
    return round(median(a / b for a, b in zip(ours, theirs, strict=True)), 2)


def run(base: Path, store: str, rounds: int) -> dict[str, Any]:
    """Fill, serve and measure; the figures."""
    home = base / "home"
    home.mkdir(mode=0o755, parents=True)
    os.environ["RISTORO_HOME"] = str(home)
    make_secrets(env.current())
    database = Database("sqlite", f"sqlite://{base}/ristoro.sqlite")
    databases.migrate(database)
    with (
        kept_in(store, home) as host,
        webmail(home, database) as port,
        _beside(base, host.settings().imap.port) as other,
    ):
        makers: dict[str, Callable[[], Reader]] = {}
        for name, address in BOXES.items():
            makers[f"ristoro {name}"] = _maker(OwnReader, port, address)
            if other is not None:
                makers[f"roundcube {name}"] = _maker(roundcube.Reader, other, address)
        before = os.getloadavg()[0]
        found = measured(makers, rounds)
        load = {"before": round(before, 1), "after": round(os.getloadavg()[0], 1)}
        weights = weight.of_all(port, other, BOXES["many"], PASSWORD)
    done = len(next(iter(found.values())))
    return {"rounds": done, "load_average": load, **figures(found), "chromium": weights}


def figures(found: dict[str, list[float]]) -> dict[str, Any]:
    ours = {name: found[f"ristoro {name}"] for name in SIZES}
    told: dict[str, Any] = {name: said(times) for name, times in found.items()}
    told["ratio_many_to_few"] = ratio(ours["many"], ours["few"])
    for name in SIZES:
        theirs = found.get(f"roundcube {name}")
        told[f"ratio_to_roundcube_{name}"] = ratio(ours[name], theirs) if theirs else None
    return told


@contextmanager
def _beside(base: Path, imap: int) -> Iterator[int | None]:
    """Roundcube's port; ``None`` where it is not installed."""
    if roundcube.programs() is None:
        print("Roundcube is not installed (roundcube-core roundcube-sqlite3 php-fpm nginx-light)")
        yield None
        return
    with roundcube.serving(base / "roundcube", imap) as port:
        yield port


def _maker(
    kind: Callable[[int, str, str], Reader], port: int, address: str
) -> Callable[[], Reader]:
    return lambda: kind(port, address, PASSWORD)


def main(rounds: int = ROUNDS) -> None:
    told: dict[str, Any] = {"messages": SIZES}
    with suppress(FileNotFoundError, subprocess.CalledProcessError):
        told["roundcube_version"] = roundcube.version()
    for store in STORES:
        with tempfile.TemporaryDirectory(prefix="ristoro-bench-", dir="/var/tmp") as folder:
            base = Path(folder)
            base.chmod(0o755)
            told[store] = run(base, store, rounds)
    record.write("webmail_inbox", told)
    print(told)


if __name__ == "__main__":
    main()
