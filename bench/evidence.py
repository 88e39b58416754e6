"""Nine million mailboxes held against an import of many million rows, and one of them asked for.

Run with ``python -m bench.evidence [HISTORIES [SIGN_INS [ESTATE [MAILBOXES]]]]``; where no estate
is named one is made. The rows of the import are drawn (``evidence_rows``), not read from a log.
Measured, each in a process of its own: the tables put in the order of mailboxes, once an import;
``exposure``, by which ``ristoro evidence compare`` and the console work; and questions of one
mailbox each, as a claim asks them when it is filed. The mailboxes of the estate, and the faults
that were drawn, must be those that are found, or nothing is recorded.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.parquet as pq

from bench import evidence_rows, record
from ristoro.claims.evidence import comparing
from ristoro.claims.evidence.comparing import read_comparison
from ristoro.claims.evidence.questions import of_mailbox
from ristoro.claims.evidence.sorting import by_mailbox
from ristoro.edges.mail_logs.folder import Folder, all_folders
from ristoro.estate.sample import sample
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.clock import micros
from ristoro.kernel.spans import Span
from ristoro.outages.declare import read_outage

OUTAGE = Path(__file__).parent.parent / "outages" / "libero-virgilio-2023-01.yaml"
MAILBOXES, HISTORIES, SIGN_INS, SEED = 9_000_000, 30_000_000, 20_000_000, 7
UNTIL = micros(datetime(2023, 3, 1, tzinfo=UTC))
WINDOW = Span(evidence_rows.SHUT, evidence_rows.LAST)
QUESTIONS = 60
_DRAWN = """
SELECT
    (SELECT count(*) FROM read_parquet($histories) WHERE deferrals > 0)
    + (SELECT count(*) FROM read_parquet($sign_ins) WHERE ended = 'ours' AND mailbox <> '')
"""


def compare(estate: Path, folder: Folder, out: Path) -> None:
    """What ``ristoro evidence compare`` does."""
    comparing.exposure([folder], open_snapshot(estate), read_outage(OUTAGE), out, UNTIL)


def questions(estate: Path, folder: Folder) -> dict[str, float]:
    """Mailboxes from one end of the estate to the other, each asked for once; milliseconds."""
    with pq.ParquetFile(estate) as file:
        groups = range(0, file.num_row_groups, max(1, file.num_row_groups // QUESTIONS))
        asked = [
            file.read_row_group(group, columns=["address"]).column(0)[group % 1000].as_py()
            for group in groups
        ]
    walls, cpus = [], []
    for address in asked:
        began, cpu = time.perf_counter(), record.own_cpu()
        of_mailbox([folder], address, WINDOW)
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append((record.own_cpu() - cpu) * 1000)
    return {
        "asked": len(asked),
        "cpu_ms_median": round(median(cpus), 1),
        "cpu_ms_most": round(max(cpus), 1),
        "wall_ms_median": round(median(walls), 1),
        "wall_ms_most": round(max(walls), 1),
    }


def drawn(folder: Folder) -> int:
    """Faults that the rows of the import have, whoever's they are."""
    tables = {name: str(folder.table(name)) for name in ("histories", "sign_ins")}
    found = duckdb.execute(_DRAWN, tables).fetchall()
    return int(found[0][0])


def main(histories: int, sign_ins: int, ready: Path | None, mailboxes: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        estate = ready or home / "estate.parquet"
        if ready is None:
            record.in_child(lambda: sample(mailboxes, SEED, estate))
        record.in_child(lambda: evidence_rows.make(home, estate, histories, sign_ins, SEED))
        folder = all_folders(home)[0]
        sorting = record.in_child(lambda: by_mailbox(folder))
        out = home / "compared"
        comparison = record.in_child(lambda: compare(estate, folder, out))
        found, faults = read_comparison(out), drawn(folder)
        # a mailbox that was opened or closed meanwhile has none of what came before or after
        if found.estate != open_snapshot(estate).rows or not 0.98 < found.faults / faults <= 1:
            raise SystemExit(
                f"{faults} faults were drawn, {found.faults} found: nothing is recorded"
            )
        asking = questions(estate, folder)
    figures = {
        "mailboxes": found.estate,
        "histories": histories,
        "sign_ins": sign_ins,
        "memory_limit_mib": comparing.LIMITS.memory_mib,
        "threads": comparing.LIMITS.threads,
        "named": found.named,
        "faults": found.faults,
        "sorting": rounded(sorting),
        "comparison": rounded(comparison),
        "rows_a_cpu_second": round((histories + sign_ins) / comparison.cpu_s),
        "question": asking,
    }
    record.write("evidence", figures)
    print(figures)


def rounded(cost: record.Cost) -> dict[str, float]:
    """Seconds to a tenth."""
    return {name: round(value, 1) for name, value in asdict(cost).items()}


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else HISTORIES,
        int(sys.argv[2]) if len(sys.argv) > 2 else SIGN_INS,
        Path(sys.argv[3]) if len(sys.argv) > 3 else None,
        int(sys.argv[4]) if len(sys.argv) > 4 else MAILBOXES,
    )
