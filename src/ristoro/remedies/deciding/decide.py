"""Decides a policy over an estate: one pass of SQL a remedy, and files that anyone can recompute.

A run's folder has ``outcomes.parquet``, ``totals.json``, ``digest``, ``run.json`` and copies of
the policy and the outage (and of the facts). It appears whole or not at all; deciding again with
the same inputs writes the same folder.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ristoro.estate.snapshot import Snapshot, open_snapshot
from ristoro.kernel import frames
from ristoro.kernel.clock import micros
from ristoro.kernel.errors import Place, bad_input
from ristoro.kernel.keys import BUCKETS
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.remedies.deciding.engines import choose
from ristoro.remedies.deciding.engines.choose import EngineName
from ristoro.remedies.deciding.engines.contract import Engine, Sum
from ristoro.remedies.deciding.engines.duckdb import rows_of, sums_of
from ristoro.remedies.deciding.setting import Setting, setting
from ristoro.remedies.deciding.statement import Statement
from ristoro.remedies.deciding.totals import Line, Tally, totals
from ristoro.remedies.deciding.verdicts import verdicts
from ristoro.remedies.deciding.write import Decided, write_outcomes
from ristoro.remedies.language.calendars import working_days
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.terms import reads

ROWS_AT_ONCE = 500_000
OUTCOMES, TOTALS, DIGEST, RUN = "outcomes.parquet", "totals.json", "digest", "run.json"
POLICY, OUTAGE, FACTS = "policy.yaml", "outage.yaml", "facts.parquet"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decided run: where it is, its digest, and its totals as ``totals.json`` has them."""

    folder: Path
    digest: str
    totals: dict[str, Any]

    @property
    def approval_total(self) -> str:
        return str(self.totals["approval_total"])


def decide(
    snapshot_path: Path,
    outage_path: Path,
    policy_path: Path,
    out_dir: Path,
    *,
    limits: frames.Limits = frames.Limits(),
    facts: Path | None = None,
    until: datetime | None = None,
    engine: EngineName = EngineName.DUCKDB,
    progress: Callable[[int], None] = lambda mailboxes: None,
) -> Decision:
    """Decide every remedy of a policy for every mailbox of a snapshot.

    ``facts`` states the policy's inputs for single mailboxes; ``until`` ends an outage that is
    still going. Every ``engine`` writes the same folder. ``progress`` is told the mailboxes done
    since it was last, for each remedy anew. ``BadInput`` for a faulty policy, outage, snapshot or
    facts, ``Missing`` for an engine that is not installed; then nothing is written.
    """
    snapshot = open_snapshot(snapshot_path)
    checked, outage = load_policy(policy_path), read_outage(outage_path)
    bound = bind(checked, outage, snapshot, until)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out_dir.name}.", dir=out_dir.parent))
    try:
        tally = Tally([verdicts(r, checked.policy.currency) for r in checked.remedies])
        with choose.opened(engine, snapshot, limits, unfinished) as opened:
            ranges = bucket_ranges(snapshot.rows)
            parts = _parts(opened, checked, bound, facts, tally, ranges, progress)
            with closing(_ahead(parts)) as ahead:
                digest = write_outcomes(ahead, tally.verdicts, unfinished / OUTCOMES)
        summed = totals(checked, tally, snapshot.rows)
        _write_json(unfinished / TOTALS, summed)
        (unfinished / DIGEST).write_text(f"{digest}\n", encoding="utf-8")
        shutil.copyfile(policy_path, unfinished / POLICY)
        shutil.copyfile(outage_path, unfinished / OUTAGE)
        if facts:
            shutil.copyfile(facts, unfinished / FACTS)
        _write_json(unfinished / RUN, _record(snapshot, bound, checked, unfinished, digest))
        _put(unfinished, out_dir)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Decision(out_dir, digest, summed)


def bind(checked: Checked, outage: Outage, snapshot: Snapshot, until: datetime | None) -> Setting:
    """The policy bound to the outage and to the day of the snapshot."""
    if outage.end is None and until is None:
        raise bad_input(
            "still-going",
            f"the outage {outage.name} has no end yet",
            "what is owed would depend on when it is asked",
            "wait for its end, or say until when to count",
            checked.policy.place,
        )
    today: date = snapshot.as_of.astimezone(checked.policy.zone).date()
    return setting(checked.policy, outage, today, None if until is None else micros(until))


def _parts(
    engine: Engine,
    checked: Checked,
    bound: Setting,
    facts: Path | None,
    tally: Tally,
    ranges: Sequence[tuple[int, int]],
    progress: Callable[[int], None],
) -> Iterator[Decided]:
    """Every remedy over every range of buckets, in canonical order; the tally grows beside."""
    engine.lay_out(bound, list(dict.fromkeys(reads(*checked.terms()))), facts)
    statements = [Statement(checked, remedy, bound) for remedy in checked.remedies]
    for statement in statements:
        for name, query in statement.beforehand():
            engine.keep(name, query)
    for number, statement in enumerate(statements):
        text = statement.text()
        for first, after in ranges:
            rows = engine.rows(text, first, after)
            _add(tally, number, engine.sums(rows))
            yield Decided(number, rows.drop_columns(["brand", "plan"]))
            progress(rows.num_rows)


def _ahead(parts: Iterator[Decided]) -> Generator[Decided, None, None]:
    """The same parts, each decided while the one before it is being written."""
    with ThreadPoolExecutor(1, thread_name_prefix="decide") as thread:
        coming = thread.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = thread.submit(next, parts, None)
            yield part


def decided_rows(
    con: duckdb.DuckDBPyConnection, text: str, remedy_no: int, tally: Tally
) -> pa.Table:
    """Run one statement over ``snapshot``; its rows, and their sums in the tally."""
    rows = rows_of(con, text)
    _add(tally, remedy_no, sums_of(con, rows))
    return rows.drop_columns(["brand", "plan"])


def _add(tally: Tally, remedy_no: int, sums: Sequence[Sum]) -> None:
    for one in sums:
        tally.add(Line(remedy_no, one.verdict, one.brand, one.plan, one.count, one.amount))


def bucket_ranges(mailboxes: int) -> list[tuple[int, int]]:
    """Ranges of buckets of about ``ROWS_AT_ONCE`` mailboxes each."""
    at_once = max(1, min(BUCKETS, BUCKETS * ROWS_AT_ONCE // max(1, mailboxes)))
    return [(first, min(BUCKETS, first + at_once)) for first in range(0, BUCKETS, at_once)]


def _record(
    snapshot: Snapshot, bound: Setting, checked: Checked, folder: Path, digest: str
) -> dict[str, Any]:
    """What ``run.json`` says: the inputs by digest and where they are."""
    record: dict[str, Any] = {
        "format": "ristoro-run-1",
        "snapshot": str(snapshot.path.resolve()),
        "snapshot_digest": snapshot.digest,
        "outage": OUTAGE,
        "outage_name": bound.sight.outage.name,
        "outage_digest": bound.sight.outage.digest,
        "policy": POLICY,
        "policy_name": checked.policy.name,
        "policy_version": checked.policy.version,
        "policy_digest": checked.policy.digest,
        "facts_digest": None,
        "today": bound.today.isoformat(),
        "until_us": bound.sight.until,
        "outcomes_digest": digest,
    }
    if checked.policy.calendar is not None:
        record["calendar_digest"] = working_days(checked.policy.calendar).digest()
    if (folder / FACTS).exists():
        record["facts"] = FACTS
        record["facts_digest"] = frames.digest_of_file(folder / FACTS)
    return record


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _put(unfinished: Path, out_dir: Path) -> None:
    """Move the finished folder to its place; one that holds no run is never replaced."""
    if out_dir.exists():
        if any(out_dir.iterdir()) and not (out_dir / RUN).exists():
            raise bad_input(
                "not-a-run",
                f"{out_dir} holds something else than a run",
                "it would be lost",
                "name a new folder",
                Place(str(out_dir)),
            )
        os.chmod(unfinished, out_dir.stat().st_mode)
        old = unfinished.with_name(f"{unfinished.name}.old")
        os.rename(out_dir, old)
        os.rename(unfinished, out_dir)
        shutil.rmtree(old)
        return
    os.chmod(unfinished, 0o755)  # noqa: S103 - as mkdir would, before the umask
    os.rename(unfinished, out_dir)
