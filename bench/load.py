"""The bulk load, beside PostgreSQL's server-side binary COPY and SQLite's INSERT … SELECT.

The limit puts the very rows that our load made (grants, notices, chunks, tallies) into the same
empty tables with the same indexes, from a file that the server reads itself, on one connection and
in one transaction. Ours begins with the outcomes and the snapshot as Parquet and includes reading,
joining and numbering them, on as many connections as ``load`` opens; ``whole`` also includes the
digest of the outcomes before, and the counts and sums compared after. Rounds take turns in who goes
first. CPU seconds are of client and server together, of ours those of the whole.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import psycopg
from django.db import connection
from tests import databases
from tests.databases import Database, Server

import ristoro.start
from bench import record
from ristoro.kernel import frames
from ristoro.kernel.keys import BUCKETS, bucket_sql
from ristoro.remedies import runs
from ristoro.remedies.columns import OUTCOMES
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers.load import LANES, load

MAILBOXES = 500_000
ROUNDS = 3
TABLES = (
    "fulfilment_grant",
    "notices_notice",
    "workers_chunk",
    "workers_tally",
    "workers_loadedbucket",
)
AT = datetime(2023, 3, 1, tzinfo=UTC)

assert ristoro.start  # sets Django up before the tables are imported


@dataclass(frozen=True, slots=True)
class Turn:
    """Seconds of one load: of its rows alone, and with the checks around it."""

    rows_s: float
    whole_s: float
    rows: int


def decided(folder: Path, mailboxes: int, buckets: int = BUCKETS) -> Path:
    """More storage for four mailboxes in five; six months, on a yes, for one in three.

    With fewer ``buckets`` the same mailboxes are put into those.
    """
    con = duckdb.connect()
    options = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {frames.ROWS_A_BATCH})"
    con.execute(
        f"""
        CREATE TABLE box AS SELECT i AS mailbox_id,
          ({bucket_sql("i")} % {buckets})::SMALLINT AS bucket,
          'holder.' || i || '@libero.it' AS address, 'libero' AS brand,
          CASE WHEN i % 10 = 0 THEN 'en' ELSE 'it' END AS locale
        FROM range(1, {mailboxes + 1}) AS t(i) ORDER BY bucket, mailbox_id
        """
    )
    con.execute(f"COPY box TO '{folder}/snapshot.parquet' {options}")
    remedies = (
        ("more-space", "storage", "bytes", "automatic", "% 5 <> 0", 1 << 29),
        ("six-months", "extension", "months", "confirm", "% 3 = 0", 6),
    )
    parts = []
    for number, (name, kind, unit, consent, owed, amount) in enumerate(remedies):
        is_owed = f"mailbox_id {owed}"
        base = (1 << 30) if kind == "storage" else None
        parts.append(
            f"""
            SELECT {number}::SMALLINT AS remedy_no, bucket, mailbox_id, '{name}' AS remedy,
              CASE WHEN {is_owed} THEN 'all' ELSE '' END AS rule,
              CASE WHEN {is_owed} THEN '' ELSE 'not-exposed' END AS reason,
              'indemnity' AS lane, '{kind}' AS kind,
              CASE WHEN {is_owed} THEN {amount} ELSE 0 END::BIGINT AS amount,
              '{unit}' AS unit, '' AS currency,
              CASE WHEN {is_owed} THEN {base or "NULL"} END::BIGINT AS base,
              CASE WHEN {is_owed} THEN {base + amount if base else "NULL"} END::BIGINT AS target,
              {"NULL" if base else "DATE '2023-08-31'"}::DATE AS base_until,
              {"NULL" if base else "DATE '2024-02-29'"}::DATE AS until,
              '{consent}' AS consent,
              {"NULL" if base else "DATE '2023-06-30'"}::DATE AS deadline,
              'all' AS trail
            FROM box
            """
        )
    query = " UNION ALL ".join(parts)
    con.execute(
        f"COPY (SELECT * FROM ({query}) ORDER BY remedy_no, bucket, mailbox_id)"
        f" TO '{folder}/outcomes.parquet' {options}"
    )
    con.close()
    write_run(folder)
    return folder


def write_run(folder: Path) -> None:
    """The small files of a decided run."""
    path = folder / "outcomes.parquet"
    (folder / "digest").write_text(frames.digest_of_parquet(path, OUTCOMES.names))
    sums = duckdb.execute(
        "SELECT remedy_no, count(*), sum(amount)::BIGINT FROM read_parquet(?) WHERE reason = ''"
        " GROUP BY ALL ORDER BY ALL",
        [str(path)],
    ).fetchall()
    remedies = [{"owed": [{"count": count, "amount": amount}]} for _, count, amount in sums]
    totals = {"remedies": remedies, "approval_total": "bench"}
    (folder / "totals.json").write_text(json.dumps(totals))
    inputs = {f"{name}_digest": "a" * 64 for name in ("snapshot", "outage", "policy")}
    run = {"snapshot": f"{folder}/snapshot.parquet", **inputs}
    (folder / "run.json").write_text(json.dumps(run))


def ours(folder: Path) -> Turn:
    """Our load into the database that Django points at."""
    operator = people.add("anna", "correct horse battery", [Role.OPERATOR], actor="bench", at=AT)
    run = runs.enter(folder, operator, AT)
    steps: list[float] = []
    began = time.perf_counter()
    loaded = load(run, operator, AT, lambda rows: steps.append(time.perf_counter()))
    ended = time.perf_counter()
    return Turn(steps[-1] - steps[0], ended - began, loaded.grants + loaded.notices)


# PostgreSQL


@contextmanager
def postgres(folder: Path) -> Any:
    """A private server with a migrated template."""
    binaries = databases.postgres_binaries()
    if binaries is None:
        sys.exit("no PostgreSQL server is installed (Debian: postgresql)")
    place = Path(tempfile.mkdtemp(prefix="ristoro-bench-", dir=folder))
    server = Server(binaries, place, databases.free_port(), fsync=True)
    server.start()
    try:
        server.execute("CREATE DATABASE template")
        databases.migrate(Database("postgres", server.url("template")))
        yield server
    finally:
        server.stop()


def cpu_so_far(server: Server | None) -> float:
    """CPU seconds of this process, its ended children, and every process of the server."""
    spent = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        spent += usage.ru_utime + usage.ru_stime
    if server is None or server.process is None:
        return spent
    head, ticks = str(server.process.pid), 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:  # it ended meanwhile
            continue
        # proc(5): parent, user and system ticks, and those of children that ended.
        if path.parent.name == head:
            ticks += sum(int(each) for each in fields[11:15])
        elif fields[1] == head:
            ticks += int(fields[11]) + int(fields[12])
    return spent + ticks / os.sysconf("SC_CLK_TCK")


def fresh(server: Server) -> Database:
    server.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
    server.execute("CREATE DATABASE bench TEMPLATE template")
    server.execute("CHECKPOINT")
    return Database("postgres", server.url("bench"))


def postgres_ours(server: Server, folder: Path, keep: bool) -> Turn:
    with databases.pointed_at(fresh(server)):
        turn = ours(folder)
        connection.close()
    if keep:
        for table in TABLES:
            server.execute(
                f"COPY (SELECT * FROM {table} ORDER BY id) TO '{server.folder}/{table}.bin' "
                "WITH (FORMAT binary)",
                "bench",
            )
    return turn


def postgres_limit(server: Server) -> float:
    database = fresh(server)
    copy = "; ".join(
        f"COPY {table} FROM '{server.folder}/{table}.bin' WITH (FORMAT binary)" for table in TABLES
    )
    command = ["psql", database.url, "-q", "-v", "ON_ERROR_STOP=1", "-c", _run_row(), "-c", copy]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - began


def _run_row() -> str:
    """The run that the rows refer to."""
    return (
        "INSERT INTO remedies_run (id, name, directory, snapshot_digest, outage_digest,"
        " policy_digest, outcomes_digest, totals, approval_total, state, paused, entered_by,"
        " entered_at, approved_by) VALUES (1, 'r', '', '', '', '', '', '{}', '', 1, false, 'a',"
        " '2023-03-01 00:00:00', '')"
    )


# SQLite


def sqlite_ours(template: Path, folder: Path, keep: Path) -> Turn:
    keep.unlink(missing_ok=True)
    database = Database("sqlite", f"sqlite://{keep}")
    keep.write_bytes(template.read_bytes())
    with databases.pointed_at(database):
        return ours(folder)


def sqlite_limit(template: Path, source: Path) -> float:
    target = source.with_name("limit.sqlite")
    target.unlink(missing_ok=True)
    target.write_bytes(template.read_bytes())
    con = sqlite3.connect(target, isolation_level=None)
    con.execute("PRAGMA journal_mode=WAL")
    con.execute("ATTACH ? AS source", [str(source)])
    con.execute(_run_row())
    began = time.perf_counter()
    con.execute("BEGIN IMMEDIATE")
    for table in TABLES:
        con.execute(f"INSERT INTO main.{table} SELECT * FROM source.{table} ORDER BY id")
    con.execute("COMMIT")
    took = time.perf_counter() - began
    con.close()
    return took


# Both


def compared(
    mine: Callable[[], Turn],
    limit: Callable[[], float],
    rounds: int,
    server: Server | None = None,
) -> dict[str, Any]:
    """Rounds of both, in turns; rows a second, and ours as a part of the limit."""
    lines = []
    for number in range(rounds):
        before = cpu_so_far(server)
        if number % 2:
            theirs = limit()
            between = cpu_so_far(server)
            turn = mine()
        else:
            turn = mine()
            between = cpu_so_far(server)
            theirs = limit()
        cpu = [between - before, cpu_so_far(server) - between]
        limit_cpu, ours_cpu = cpu if number % 2 else reversed(cpu)
        lines.append(
            {
                "rows": turn.rows,
                "ours_rows_per_s": round(turn.rows / turn.rows_s),
                "ours_whole_rows_per_s": round(turn.rows / turn.whole_s),
                "limit_rows_per_s": round(turn.rows / theirs),
                "ours_whole_cpu_s": round(ours_cpu, 2),
                "limit_cpu_s": round(limit_cpu, 2),
                "ratio": round(theirs / turn.rows_s, 3),
                "ratio_whole": round(theirs / turn.whole_s, 3),
            }
        )
        print(lines[-1], flush=True)
    return {
        "rounds": lines,
        "ratio": median(line["ratio"] for line in lines),
        "ratio_whole": median(line["ratio_whole"] for line in lines),
    }


def main(mailboxes: int = MAILBOXES, rounds: int = ROUNDS) -> None:
    """Measure and write ``results/load.json``."""
    with tempfile.TemporaryDirectory(prefix="ristoro-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        decided(folder, mailboxes)
        with postgres(folder) as server:
            postgres_ours(server, folder, keep=True)  # warms up, and makes the limit's rows
            on_postgres = compared(
                lambda: postgres_ours(server, folder, keep=False),
                lambda: postgres_limit(server),
                rounds,
                server,
            )
            with psycopg.connect(server.url("postgres")) as con:
                version = con.execute("SHOW server_version").fetchone()
        template = databases.make_sqlite_template(folder)
        kept = folder / "ours.sqlite"
        on_sqlite = compared(
            lambda: sqlite_ours(template, folder, kept),
            lambda: sqlite_limit(template, kept),
            rounds,
        )
    record.write(
        "load",
        {
            "mailboxes": mailboxes,
            "versions": {
                "postgresql": version[0] if version else "",
                "sqlite": sqlite3.sqlite_version,
                "duckdb": duckdb.__version__,
                "adbc": version_of("adbc-driver-manager"),
            },
            "postgresql": {
                "limit": "psql, COPY FROM file (FORMAT binary)",
                "connections": LANES["postgresql"],
                **on_postgres,
            },
            "sqlite": {"limit": "INSERT SELECT from an attached file", **on_sqlite},
        },
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ristoro.settings")
    main(*(int(argument) for argument in sys.argv[1:]))
