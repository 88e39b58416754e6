"""Nine million mailboxes decided by the January policy, beside a bare scan and SQL by hand.

Run with ``python -m bench.decide [MAILBOXES [SAMPLE]]``; without a sample one is made. Each is
measured in a process of its own: a scan of the columns that the policy reads, the same question
written by hand for DuckDB and copied to Parquet with the same columns, and Ristoro's own ``decide``
with its totals and its digest. They take turns, and ratios are of one round. The two results must
be equal in every value, or nothing is recorded.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median

import pyarrow as pa

from bench import record
from ristoro.estate.sample import sample
from ristoro.kernel import frames
from ristoro.kernel.clock import instant
from ristoro.outages.declare import read_outage
from ristoro.remedies.columns import OUTCOMES
from ristoro.remedies.deciding.decide import decide

HERE = Path(__file__).parent
OUTAGE = HERE.parent / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = HERE.parent / "policies" / "libero-virgilio-2023-01.yaml"
SEED = 7
LIMITS = frames.Limits(threads=2, memory_mib=300)
LEAST_ROUNDS, MOST_ROUNDS = 3, 7
SECONDS = 100
"""More rounds than the least begin only within this time."""
_KEYS = ("remedy_no", "bucket", "mailbox_id")
COLUMNS = (
    "bucket", "mailbox_id", "brand", "store", "ways", "standing", "created_at", "closed_at", "plan",
    "plan_since", "paid_until", "storage_bytes", "before_plan", "before_paid_until",
    "before_storage_bytes",
)  # fmt: skip


def scan(estate: Path) -> None:
    """Read every value of the columns that the policy reads, and nothing else."""
    with frames.connect(LIMITS, reads=[estate]) as con:
        sums = ", ".join(f"COUNT({name}), MAX({name})" for name in COLUMNS)
        con.execute(f"SELECT {sums} FROM read_parquet('{estate}')").fetchall()


def by_hand(estate: Path, out: Path) -> None:
    """The question written by hand, copied to Parquet by DuckDB itself."""
    outage = read_outage(OUTAGE)
    cells: dict[tuple[str, str], list[int]] = {}
    for window in outage.windows:
        if window.end is not None:
            cells.setdefault((window.brand, window.store), []).extend((window.start, window.end))
    rows = [(*cell, instant(min(ends)), instant(max(ends))) for cell, ends in cells.items()]
    kinds = (pa.string(), pa.string(), pa.timestamp("us"), pa.timestamp("us"))
    columns = [
        pa.array([v if isinstance(v, str) else v.replace(tzinfo=None) for v in column], kind)
        for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)
    ]
    query = (HERE / "sql" / "january_by_hand.sql").read_text(encoding="utf-8")
    with frames.connect(LIMITS, reads=[estate], writes=[out], scratch=out.parent) as con:
        con.register("hit", pa.table(columns, names=["brand", "store", "hit_from", "hit_to"]))
        con.read_parquet(str(estate)).create_view("estate")
        con.execute(f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")


def ours(estate: Path, out: Path) -> None:
    """The policy, compiled; with totals, trail and digest."""
    decide(estate, OUTAGE, POLICY, out, limits=LIMITS)


def alternated(works: dict[str, Callable[[], object]]) -> list[dict[str, record.Cost]]:
    """Rounds of all the works in turn, so that whatever else runs here meets each of them."""
    rounds: list[dict[str, record.Cost]] = []
    ends = time.monotonic() + SECONDS
    while len(rounds) < LEAST_ROUNDS or (len(rounds) < MOST_ROUNDS and time.monotonic() < ends):
        rounds.append({name: record.in_child(work) for name, work in works.items()})
    return rounds


def middle(rounds: list[dict[str, record.Cost]], name: str) -> record.Cost:
    """The median of one work, of each figure for itself."""
    costs = [one[name] for one in rounds]
    return record.Cost(
        round(median(cost.wall_s for cost in costs), 2),
        round(median(cost.cpu_s for cost in costs), 2),
        max(cost.peak_mib for cost in costs),
    )


def ratio(rounds: list[dict[str, record.Cost]], figure: str, to: str) -> float:
    """The median, over rounds, of what Ristoro took to what another took in the same round."""
    return round(
        median(getattr(one["ristoro"], figure) / getattr(one[to], figure) for one in rounds), 2
    )


def same(hand: Path, run: Path, out: Path) -> bool:
    """Whether both results have the same rows; DuckDB's own copy need not keep their order."""
    differ = " OR ".join(
        f"h.{name} IS DISTINCT FROM o.{name}" for name in OUTCOMES.names if name not in _KEYS
    )
    with frames.connect(LIMITS, reads=[hand, run], scratch=out) as con:
        found = con.execute(
            f"SELECT (SELECT COUNT(*) FROM '{hand}'), COUNT(*), COUNT(*) FILTER (WHERE {differ})"
            f" FROM '{hand}' AS h INNER JOIN '{run}' AS o USING ({', '.join(_KEYS)})"
        ).fetchone()
    return found is not None and found[0] == found[1] and found[2] == 0


def main(mailboxes: int, ready: Path | None) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        estate = ready or folder / "estate.parquet"
        if ready is None:
            record.in_child(lambda: sample(mailboxes, SEED, estate))
        hand, run = folder / "hand.parquet", folder / "run"
        rounds = alternated(
            {
                "bare scan": lambda: scan(estate),
                "by hand": lambda: by_hand(estate, hand),
                "ristoro": lambda: ours(estate, run),
            }
        )
        if not same(hand, run / "outcomes.parquet", folder):
            raise SystemExit("by hand and by policy differ: nothing is recorded")
    figures = {
        "mailboxes": mailboxes,
        "rounds": len(rounds),
        "costs": {name: asdict(middle(rounds, name)) for name in rounds[0]},
        "cpu_ratio_to_by_hand": ratio(rounds, "cpu_s", "by hand"),
        "cpu_ratio_to_scan": ratio(rounds, "cpu_s", "bare scan"),
        "wall_ratio_to_by_hand": ratio(rounds, "wall_s", "by hand"),
        "peak_mib": middle(rounds, "ristoro").peak_mib,
    }
    record.write("decide", figures)
    print(figures)


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 9_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
