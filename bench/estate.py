"""Importing an estate from CSV, beside DuckDB copying the same file to Parquet unread.

The limit is ``COPY (SELECT * FROM read_csv(...)) TO ... (FORMAT parquet)``: it parses the file and
writes its columns, and checks, sorts, hashes and syncs nothing. Both run in a fresh process, turn
about, on the same file; the figures are of whole processes, starting them included.

    python -m bench.estate [MAILBOXES] [ROUNDS]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb

from bench import record
from bench.record import Cost
from ristoro.edges.directories.opening import open_directory
from ristoro.estate.importing import import_estate
from ristoro.estate.sample import AS_OF, sample

MAILBOXES = 1_000_000
ROUNDS = 3
SEED = 2023


def make_sample(out: Path, mailboxes: int) -> None:
    sample(mailboxes, SEED, out)


def import_(source: Path, store: Path) -> None:
    import_estate(open_directory(str(source)), store, now=datetime.now(UTC), as_of=AS_OF)


def copy(source: Path, out: Path) -> None:
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{source}')) TO '{out}' "
            "(FORMAT parquet, COMPRESSION zstd)"
        )


def in_process(what: str, *arguments: object) -> Cost:
    """The cost of one piece of work in a process of its own."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "bench.estate", what, *map(str, arguments)])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{what} failed with status {child.returncode}")
    wall, cpu = time.perf_counter() - began, usage.ru_utime + usage.ru_stime
    return Cost(wall, cpu, usage.ru_maxrss // 1024)


def figures(mailboxes: int, costs: list[Cost]) -> dict[str, float | int]:
    wall, cpu = (median(getattr(cost, name) for cost in costs) for name in ("wall_s", "cpu_s"))
    return {
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "mailboxes_a_second": round(mailboxes / wall),
        "mailboxes_a_cpu_second": round(mailboxes / cpu),
        "peak_mib": max(cost.peak_mib for cost in costs),
    }


def measure(mailboxes: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "estate.csv"
        made = in_process("sample", source, mailboxes)
        ours: list[Cost] = []
        bare: list[Cost] = []
        for turn in range(rounds):
            ours.append(in_process("import", source, folder / f"store{turn}"))
            bare.append(in_process("copy", source, folder / f"copy{turn}.parquet"))
        result = {
            "mailboxes": mailboxes,
            "csv_mib": source.stat().st_size >> 20,
            "rounds": rounds,
            "import": figures(mailboxes, ours),
            "duckdb_copy": figures(mailboxes, bare),
            "cpu_ratio": round(
                median(a.cpu_s / b.cpu_s for a, b in zip(ours, bare, strict=True)), 2
            ),
            "wall_ratio": round(
                median(a.wall_s / b.wall_s for a, b in zip(ours, bare, strict=True)), 2
            ),
            "sample": figures(mailboxes, [made]),
        }
        record.write("estate", result)
        for key, value in result.items():
            print(f"{key}: {value}")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["sample"]:
        make_sample(Path(arguments[1]), int(arguments[2]))
    elif arguments[:1] == ["import"]:
        import_(Path(arguments[1]), Path(arguments[2]))
    elif arguments[:1] == ["copy"]:
        copy(Path(arguments[1]), Path(arguments[2]))
    else:
        numbers = [int(argument.replace("_", "")) for argument in arguments]
        measure(*numbers, *(MAILBOXES, ROUNDS)[len(numbers) :])


if __name__ == "__main__":
    main(sys.argv[1:])
