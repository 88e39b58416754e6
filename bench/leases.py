"""Chunk leases of a thousand rows, with one, two and four workers, beside one set-wise UPDATE.

A worker's turn on a chunk is what production does for one move: the lease, then the fence, the
moves, the tallies, the journal's entry and the chunk's end in one transaction. The limit is one
UPDATE of all rows, the same state and result, in the same database and round. Workers are
processes, connected before the clock starts. CPU seconds are of workers and server together.
"""

from __future__ import annotations

import multiprocessing
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from django.db import connection, transaction
from tests import databases
from tests.databases import Database, Server

import ristoro.start
from bench import record
from bench.load import cpu_so_far, decided, postgres
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.remedies import runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.leases import finish, lease
from ristoro.workers.load import load
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.tallies import record as record_moves

BUCKETS = 32
MAILBOXES = 250_000
ROUNDS = 3
WORKERS = (1, 2, 4)
LEASE_SECONDS = 600
AT = datetime(2023, 3, 1, tzinfo=UTC)

assert ristoro.start  # sets Django up before the tables are imported


def prepare(folder: Path) -> Run:
    """A run of storage grants in few buckets, so that chunks are full; acting."""
    operator = people.add("anna", "correct horse battery", [Role.OPERATOR], actor="bench", at=AT)
    run = runs.enter(folder, operator, AT)
    load(run, operator, AT)
    Run.objects.filter(pk=run.pk).update(state=RunState.ACTING, approved_by="bruno")
    return run


def reset(run: Run) -> None:
    """Every grant planned again, every chunk open."""
    Grant.objects.update(state=GrantState.PLANNED)
    Chunk.objects.update(state=ChunkState.OPEN, owner="", lease_until=None)
    Chunk.objects.exclude(act=Act.GRANTS).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE workers_tally SET "rows" = 0, amount = 0 WHERE act = %s', [int(Act.GRANTS)]
        )
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE fulfilment_grant")
            cursor.execute("VACUUM ANALYZE workers_chunk")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def worker(database: Database, run_id: int, ready: Event, go: Event) -> None:
    """Lease and record until nothing is left."""
    connection.close()
    with databases.pointed_at(database):
        owner = str(uuid.uuid4())
        connection.ensure_connection()
        ready.set()
        go.wait()
        while held := lease(run_id, owner, LEASE_SECONDS, Act.GRANTS):
            with transaction.atomic():
                moves = {(GrantState.PLANNED, GrantState.SENDING, "sending"): "all"}
                record_moves(held, moves, AT)  # type: ignore[arg-type]
                finish(held)


def timed(database: Database, run: Run, workers: int) -> float:
    """Seconds that so many workers need for all chunks."""
    context = multiprocessing.get_context("fork")
    go = context.Event()
    ready = [context.Event() for _ in range(workers)]
    connection.close()
    crew = [context.Process(target=worker, args=(database, run.pk, each, go)) for each in ready]
    for member in crew:
        member.start()
    for each in ready:
        each.wait()
    began = time.perf_counter()
    go.set()
    for member in crew:
        member.join()
    took = time.perf_counter() - began
    if any(member.exitcode for member in crew):
        raise RuntimeError("a worker failed")
    if Grant.objects.exclude(state=GrantState.SENDING).exists():
        raise RuntimeError("rows were left")
    return took


def limit() -> float:
    """Seconds of one UPDATE of all rows."""
    began = time.perf_counter()
    Grant.objects.filter(state=GrantState.PLANNED).update(
        state=GrantState.SENDING, result="sending"
    )
    return time.perf_counter() - began


def measured(
    database: Database, folder: Path, rounds: int, server: Server | None = None
) -> dict[str, Any]:
    """Rounds of the limit and of each number of workers, every second round the other way."""
    with databases.pointed_at(database):
        run = prepare(folder)
        rows = Grant.objects.count()
        chunks = Chunk.objects.filter(act=Act.GRANTS).count()
        works: list[tuple[str, Callable[[], float]]] = [("limit", limit)]
        works += [(f"workers_{n}", partial(timed, database, run, n)) for n in WORKERS]
        lines = []
        for number in range(rounds):
            took, spent = {}, {}
            for name, work in works if number % 2 == 0 else works[::-1]:
                reset(run)
                before = cpu_so_far(server)
                took[name] = work()
                spent[name] = cpu_so_far(server) - before
            line: dict[str, Any] = {f"{n}_rows_per_s": round(rows / s) for n, s in took.items()}
            line |= {f"{name}_cpu_s": round(seconds, 2) for name, seconds in spent.items()}
            line |= {
                f"ratio_{name}": round(took["limit"] / seconds, 3)
                for name, seconds in took.items()
                if name != "limit"
            }
            lines.append(line)
            print(line, flush=True)
        return {
            "rows": rows,
            "chunks": chunks,
            "tallies": Tally.objects.count(),
            "rounds": lines,
            **{f"ratio_{n}": median(line[f"ratio_workers_{n}"] for line in lines) for n in WORKERS},
        }


@contextmanager
def fresh(server: Server) -> Iterator[Database]:
    server.execute("CREATE DATABASE bench TEMPLATE template")
    yield Database("postgres", server.url("bench"))


def main(mailboxes: int = MAILBOXES, rounds: int = ROUNDS) -> None:
    """Measure and write ``results/leases.json``."""
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        decided(folder, mailboxes, BUCKETS)
        with postgres(folder) as server:
            with fresh(server) as database:
                on_postgres = measured(database, folder, rounds, server)
            with psycopg.connect(server.url("postgres")) as con:
                version = con.execute("SHOW server_version").fetchone()
        template = databases.make_sqlite_template(folder)
        on_sqlite = measured(databases.copy_sqlite(template, folder), folder, rounds)
    record.write(
        "leases",
        {
            "versions": {
                "postgresql": version[0] if version else "",
                "sqlite": sqlite3.sqlite_version,
            },
            "limit": "one UPDATE of all rows",
            "postgresql": on_postgres,
            "sqlite": on_sqlite,
        },
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
