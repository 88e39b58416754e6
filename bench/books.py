"""What the books cost: chunks of grants recorded with the books open, and with them closed.

The recording is the one that production does when grants were given: the fence, the moves, the
tallies, the journal's entry and, with the books open, what was given in kind as entries of double
entry. Both are timed in one run, in turn, in CPU seconds of this process and of the one of the
server's that answers it; the median is of rounds.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from django.db import connection, transaction
from tests import databases
from tests.databases import Database

import ristoro.start
from bench import record
from bench.leases import fresh, prepare
from bench.load import decided, postgres
from ristoro.fulfilment.books.accounts import Nature
from ristoro.fulfilment.books.models import BookEntry, Term
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.remedies.models import Run
from ristoro.workers.leases import finish, lease
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.tallies import Moves
from ristoro.workers.tallies import record as record_moves

BUCKETS = 16
MAILBOXES = 60_000
ROUNDS = 7
LEASE_SECONDS = 600
AT = datetime(2023, 3, 1, tzinfo=UTC)
MOVES: Moves = {(GrantState.SENDING, GrantState.APPLIED, "done"): "all"}

assert ristoro.start  # sets Django up before the tables are imported


def reset(run: Run) -> None:
    """Every grant is being given again, every chunk is open."""
    Grant.objects.update(state=GrantState.SENDING)
    Chunk.objects.update(state=ChunkState.OPEN, owner="", lease_until=None)
    Chunk.objects.exclude(act=Act.GRANTS).delete()
    Tally.objects.filter(run=run).update(rows=0, amount=0)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("fulfilment_grant", "workers_chunk", "workers_tally"):
                cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def open_books(run: Run, is_open: bool) -> None:
    """Put the run's remedies into the books, or take them out: nothing is posted of it then."""
    Term.objects.filter(run_id=run.pk).delete()
    if is_open:
        remedies = sorted(Grant.objects.values_list("remedy", flat=True).distinct())
        Term.objects.bulk_create(
            Term(run_id=run.pk, remedy=one, name="", nature=Nature.GOODWILL, money=False)
            for one in remedies
        )


def cpu_so_far() -> float:
    """CPU seconds of this process and of the one that answers it, without the server's others."""
    spent = time.process_time()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        spent += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def recorded(run: Run) -> float:
    """CPU seconds that recording every chunk takes."""
    before = cpu_so_far()
    while held := lease(run.pk, "bench", LEASE_SECONDS, Act.GRANTS):
        with transaction.atomic():
            record_moves(held, MOVES, AT)
            finish(held)
    return cpu_so_far() - before


def measured(database: Database, folder: Path, rounds: int) -> dict[str, Any]:
    """Rounds of both, every second round the other way about."""
    with databases.pointed_at(database):
        run = prepare(folder)
        lines = []
        for number in range(rounds):
            spent: dict[bool, float] = {}
            for is_open in (True, False) if number % 2 else (False, True):
                reset(run)
                open_books(run, is_open)
                spent[is_open] = recorded(run)
            line = {
                "open_cpu_s": round(spent[True], 3),
                "closed_cpu_s": round(spent[False], 3),
                "cost_percent": round(100 * (spent[True] / spent[False] - 1), 1),
            }
            lines.append(line)
            print(line, flush=True)
        return {
            "rows": Grant.objects.count(),
            "chunks": Chunk.objects.filter(act=Act.GRANTS).count(),
            "entries": BookEntry.objects.count(),
            "rounds": lines,
            "cost_percent": median(one["cost_percent"] for one in lines),
        }


def main(mailboxes: int = MAILBOXES, rounds: int = ROUNDS) -> None:
    """Measure and write ``results/books.json``."""
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        decided(folder, mailboxes, BUCKETS)
        with postgres(folder) as server:
            with fresh(server) as database:
                on_postgres = measured(database, folder, rounds)
            with psycopg.connect(server.url("postgres")) as con:
                version = con.execute("SHOW server_version").fetchone()
        template = databases.make_sqlite_template(folder)
        on_sqlite = measured(databases.copy_sqlite(template, folder), folder, rounds)
    record.write(
        "books",
        {
            "versions": {
                "postgresql": version[0] if version else "",
                "sqlite": sqlite3.sqlite_version,
            },
            "postgresql": on_postgres,
            "sqlite": on_sqlite,
        },
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
