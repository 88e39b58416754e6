"""Deposits into a private Dovecot over LMTP, beside Postfix's ``smtp-source -L``, in turns.

Both send messages of the same size over equally many connections, with equally many recipients in
a transaction, into the same mailboxes in the same order. Each client opens its connections within
its turn and leaves them at its end: kept ones would hold processes of Dovecot of their own, idle
and cold while the other client's are used again. A first deposit by each into each mailbox, which
makes its folders and Dovecot's processes, is not measured.

Turns are short and many, for the machine's other work changes from one to the next; the clients
go first by turns, and the figures are medians. On a machine whose every core is busy with
Dovecot, the client's processor time is taken from Dovecot's; so ``processor_ratio``, of both
together, is told beside ``rate_ratio``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench import record
from ristoro.edges.mailhosts.contract import Letter
from ristoro.edges.mailhosts.embedded import Account, EmbeddedHost
from ristoro.edges.mailhosts.lmtp import Endpoint, LmtpDepositor

MAILBOXES = 240
SECONDS = 50.0
LEAST_ROUNDS = 4
CONNECTIONS = 4
STORES = ("maildir", "sdbox")
RECIPIENTS = (1, 20)
DOMAIN = "bench.example"
TICK = os.sysconf("SC_CLK_TCK")

_HEAD = """\
From: Ristoro <notices@bench.example>
To: undisclosed-recipients:;
Date: Sun, 05 Feb 2023 09:00:00 +0000
Subject: What the outage of January means for your mailbox
Message-ID: <ristoro.bench.{number:09d}@bench.example>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

"""
_LINE = "Your mailbox could not be reached. You need do nothing: the remedy is yours already.\n"


@dataclass(frozen=True, slots=True)
class Turn:
    """One client's turn: notices a second, and milliseconds of processor time a notice."""

    rate: float
    client_ms: float
    server_ms: float

    @property
    def cpu_ms(self) -> float:
        """Of client and server together."""
        return self.client_ms + self.server_ms


def message(number: int) -> str:
    """A notice of about 2.8 KB."""
    return _HEAD.format(number=number) + _LINE * 28


def letters(recipients: int) -> list[Letter]:
    """A letter for each group of mailboxes, named as smtp-source names its recipients."""
    return [
        Letter(
            message(first).replace("\n", "\r\n").encode(),
            tuple(f"{n}box@{DOMAIN}" for n in range(first, first + recipients)),
        )
        for first in range(1, MAILBOXES + 1, recipients)
    ]


def server_cpu(master: int) -> float:
    """CPU seconds of Dovecot so far: its master, every process below, and those that ended."""
    used: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        used[int(entry.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    ours, size = {master}, 0
    while size != len(ours):
        size = len(ours)
        ours |= {pid for pid, (parent, _) in used.items() if parent in ours}
    return sum(used[pid][1] for pid in ours) / TICK


def turn(master: int, work: Callable[[], float]) -> Turn:
    """Measure one client; ``work`` deposits one notice in every mailbox, and says its CPU."""
    server, began = server_cpu(master), time.perf_counter()
    client = work()
    wall = time.perf_counter() - began
    return Turn(
        rate=MAILBOXES / wall,
        client_ms=1000 * client / MAILBOXES,
        server_ms=1000 * (server_cpu(master) - server) / MAILBOXES,
    )


def by_ristoro(endpoint: Endpoint, batch: Sequence[Letter]) -> float:
    """Deposit with our client; its CPU seconds."""
    began = record.own_cpu()
    with LmtpDepositor(endpoint, connections=CONNECTIONS) as depositor:
        results = depositor.deposit(batch)
    used = record.own_cpu() - began
    failed = [result for mine in results for result in mine if not result.done]
    if failed:
        raise RuntimeError(f"{len(failed)} deposits failed, the first as {failed[0]}")
    return used


def by_smtp_source(endpoint: Endpoint, recipients: int, text: Path) -> float:
    """Deposit with smtp-source; its CPU seconds."""
    command = ["smtp-source", "-L", "-d", "-N", "-s", str(CONNECTIONS), "-f", ""]
    command += ["-m", str(MAILBOXES // recipients), "-r", str(recipients), "-M", "localhost"]
    command += ["-t", f"box@{DOMAIN}", "-F", str(text), f"inet:{endpoint.host}:{endpoint.port}"]
    with subprocess.Popen(command) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"smtp-source ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime


def duel(endpoint: Endpoint, master: int, recipients: int, text: Path) -> dict[str, object]:
    """Both clients in turns: medians of each, and of the rounds' ratios."""
    batch = letters(recipients)
    ours: list[Turn] = []
    theirs: list[Turn] = []
    turns: list[tuple[list[Turn], Callable[[], float]]] = [
        (ours, lambda: by_ristoro(endpoint, batch)),
        (theirs, lambda: by_smtp_source(endpoint, recipients, text)),
    ]
    for _, work in turns:
        work()
    began = time.perf_counter()
    # Whole pairs of rounds, so that each client goes first equally often.
    while len(ours) < LEAST_ROUNDS or len(ours) % 2 or time.perf_counter() - began < SECONDS:
        for turns_of, work in turns if len(ours) % 2 else reversed(turns):
            turns_of.append(turn(master, work))
    rates = [mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True)]
    costs = [other.cpu_ms / mine.cpu_ms for mine, other in zip(ours, theirs, strict=True)]
    return {
        "recipients_per_transaction": recipients,
        "rounds": len(ours),
        "ristoro": asdict(_middle(ours)),
        "smtp_source": asdict(_middle(theirs)),
        "rate_ratio": round(median(rates), 2),
        "processor_ratio": round(median(costs), 2),
        "rate_ratios": [round(ratio, 2) for ratio in rates],
    }


def _middle(turns: Sequence[Turn]) -> Turn:
    return Turn(
        round(median(turn.rate for turn in turns), 1),
        round(median(turn.client_ms for turn in turns), 3),
        round(median(turn.server_ms for turn in turns), 2),
    )


def measure(store: str, folder: Path) -> list[dict[str, object]]:
    """Start a Dovecot with this kind of store, and measure every number of recipients."""
    host = EmbeddedHost(folder)
    (host.ground.base / "local.conf").write_text(f"mail_location = {store}:~/{store}\n")
    text = folder / "notice.txt"
    text.write_text(message(0))
    host.provision(Account(f"{n}box@{DOMAIN}", "-", 1 << 30) for n in range(1, MAILBOXES + 1))
    try:
        master = host.start().pid
        if master is None:
            raise RuntimeError("Dovecot did not start")
        endpoint = host.settings().lmtp
        return [
            {"store": store, **duel(endpoint, master, recipients, text)}
            for recipients in RECIPIENTS
        ]
    finally:
        host.stop()
        shutil.rmtree(host.ground.base, ignore_errors=True)


def main() -> None:
    """Measure every store and write ``results/deposit.json``."""
    if not shutil.which("smtp-source"):
        sys.exit("smtp-source is not here: install the package postfix")
    figures: list[dict[str, object]] = []
    for store in STORES:
        with tempfile.TemporaryDirectory(prefix="ristoro-bench-") as name:
            figures += measure(store, Path(name))
    record.write(
        "deposit",
        {
            "mailboxes": MAILBOXES,
            "connections": CONNECTIONS,
            "message_octets": len(letters(1)[0].message),
            "client_ms": "milliseconds of processor time a notice; the target is at most 0.4",
            "rate_ratio": "median of ristoro / smtp-source, by round; the target is at least 0.9",
            "processor_ratio": "median of smtp-source / ristoro in both ends' processor time",
            "turns": figures,
        },
    )
    for line in figures:
        print(line)


if __name__ == "__main__":
    main()
