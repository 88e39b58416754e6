"""Explaining one mailbox of nine million, beside a bare lookup of its row.

Run with ``python -m bench.explain [MAILBOXES [SAMPLE [RUN]]]``; without a sample one is made, and
without a run the January policy is decided over it. Measured are, in one process: the first
question of all, which makes the index of addresses; the first of a process that finds it; and
questions about mailboxes drawn from all over the estate, told in full, in turn with a bare
``SELECT`` of the same row by its bucket and mailbox_id from an open DuckDB, and with a search for
the address, which is a scan. Every explanation must agree with its outcome, or nothing is recorded.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

import pyarrow.parquet as pq

from bench import record
from bench.decide import OUTAGE, POLICY, SEED
from ristoro.estate.sample import sample
from ristoro.kernel import frames
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.explaining.explain import explain

QUESTIONS = 200
SCANS = 3
Drawn = list[tuple[int, int, str]]


def drawn(estate: Path, count: int) -> Drawn:
    """Bucket, mailbox_id and address of mailboxes from row groups all over the estate."""
    chance = Random(SEED)
    found: Drawn = []
    with pq.ParquetFile(estate) as file:
        groups = chance.choices(range(file.num_row_groups), k=min(count, 20))
        for group in groups:
            rows = file.read_row_group(group, columns=["bucket", "mailbox_id", "address"])
            for at in chance.choices(range(rows.num_rows), k=count // len(groups)):
                one = rows.slice(at, 1).to_pylist()[0]
                found.append((one["bucket"], one["mailbox_id"], one["address"]))
    chance.shuffle(found)
    return found


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds by the wall and of CPU."""

    wall: float
    cpu: float


def timed(work: Callable[[], Any]) -> tuple[Took, Any]:
    """What the work took, and what it gave."""
    began, used = time.perf_counter(), time.process_time()
    found = work()
    took = Took((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000)
    return took, found


def told_in_full(run: Path, mailbox: str | int, lang: str) -> bool:
    """Explain one mailbox to its last word, and say whether that is what was decided."""
    told = explain(run, mailbox, lang)
    return told.agrees and bool(told.text())


def questions(estate: Path, run: Path, asked: Drawn) -> dict[str, list[Took]]:
    """What each question took, each bare lookup, and a few scans, in turn."""
    told: dict[str, list[Took]] = {"by address": [], "by mailbox_id": [], "bare lookup": []}
    with frames.connect(reads=[estate], remember_footers=True) as con:

        def look(bucket: int, mailbox_id: int) -> list[Any]:
            query = "SELECT * FROM read_parquet($1) WHERE bucket = $2 AND mailbox_id = $3"
            return con.execute(query, [str(estate), bucket, mailbox_id]).fetchall()

        def scan(address: str) -> list[Any]:
            query = "SELECT * FROM read_parquet($1) WHERE address = $2"
            return con.execute(query, [str(estate), address]).fetchall()

        for at, (bucket, mailbox_id, address) in enumerate(asked):
            lang = "it" if at % 2 else "en"
            for name, mailbox in (("by address", address), ("by mailbox_id", mailbox_id)):
                took, agrees = timed(partial(told_in_full, run, mailbox, lang))
                if not agrees:
                    raise SystemExit(f"{address} does not agree: nothing is recorded")
                told[name].append(took)
            took, row = timed(partial(look, bucket, mailbox_id))
            if len(row) != 1:
                raise SystemExit(f"{address} is not there once: nothing is recorded")
            told["bare lookup"].append(took)
        told["scan"] = [timed(partial(scan, one[2]))[0] for one in asked[:SCANS]]
    return told


def fresh(run: Path, address: str) -> float:
    """Milliseconds of the first question in a process of its own that has everything imported."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            took, _ = timed(lambda: explain(run, address, "en").text())
            os.write(writing, json.dumps(took.wall).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        os.close(writing)
        return float(json.loads(pipe.read()))


def figures(told: list[Took]) -> dict[str, float]:
    """The middle by the wall and of CPU, the 95th of a hundred, and the worst."""
    walls = [one.wall for one in told]
    middle = {
        "median_ms": round(median(walls), 1),
        "median_cpu_ms": round(median(one.cpu for one in told), 1),
    }
    if len(told) <= SCANS:
        return middle
    return {
        **middle,
        "p95_ms": round(quantiles(walls, n=20)[-1], 1),
        "most_ms": round(max(walls), 1),
    }


def main(mailboxes: int, ready: Path | None, decided: Path | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        estate, run = ready or folder / "estate.parquet", decided or folder / "run"
        if ready is None:
            record.in_child(lambda: sample(mailboxes, SEED, estate))
        if decided is None:
            record.in_child(lambda: decide(estate, OUTAGE, POLICY, run))
        asked = drawn(estate, QUESTIONS)
        for old in (*estate.parent.glob("*.address.index"), *run.glob("*.address.index")):
            old.unlink()
        index_ms = fresh(run, asked[0][2])
        size = sum(one.stat().st_size for one in estate.parent.glob("*.address.index"))
        first = [fresh(run, one[2]) for one in asked[:5]]
        told = questions(estate, run, asked)
    found = {name: figures(one) for name, one in told.items()}
    result = {
        "mailboxes": mailboxes,
        "questions": len(asked),
        "first_of_all_ms": round(index_ms),
        "index_bytes": size,
        "first_of_a_process_ms": round(median(first)),
        **{name.replace(" ", "_"): one for name, one in found.items()},
        "ratio_to_bare_lookup": round(
            median(
                ours.wall / bare.wall
                for ours, bare in zip(told["by address"], told["bare lookup"], strict=True)
            ),
            2,
        ),
    }
    record.write("explain", result)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 9_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
        Path(sys.argv[3]) if len(sys.argv) > 3 else None,
    )
