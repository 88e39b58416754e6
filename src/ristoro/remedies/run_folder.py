"""A decided run read back from its folder: its inputs, checked by digest, and single outcomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput, Place, bad_input
from ristoro.kernel.keys import bucket_of
from ristoro.outages.declare import read_outage
from ristoro.remedies import decide, exposure
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.judge import Judged
from ristoro.remedies.language.terms import reads
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.one import known_of
from ristoro.remedies.setting import Setting, setting
from ristoro.remedies.small_tables import lay_out, read_facts
from ristoro.remedies.statement import column, population_key


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run's inputs, each proven to be the one that was decided on."""

    folder: Path
    snapshot: Path
    checked: Checked
    bound: Setting
    facts: Path | None


@dataclass(frozen=True, slots=True)
class OneOf:
    """One mailbox of a run: its snapshot row, all that it was judged by, and what was decided."""

    run: RunFolder
    row: Mapping[str, Any]
    known: Mapping[str, Scalar]
    stored: Mapping[str, Judged]


def open_run(folder: Path) -> RunFolder:
    """The run in a folder; ``BadInput`` where a file is missing or is not what was decided on."""
    record = _record(folder)
    checked = load_policy(folder / decide.POLICY)
    outage = read_outage(folder / decide.OUTAGE)
    snapshot = open_snapshot(Path(record["snapshot"]))
    facts = folder / decide.FACTS if record.get("facts") else None
    found = {
        "policy": (checked.policy.digest, record["policy_digest"]),
        "outage": (outage.digest, record["outage_digest"]),
        "snapshot": (snapshot.digest, record["snapshot_digest"]),
    }
    if facts:
        found["facts"] = (frames.digest_of_file(facts), record["facts_digest"])
    for name, (now, then) in found.items():
        if now != then:
            raise bad_input(
                "run-changed",
                f"the {name} of this run is not the one that was decided on",
                f"its digest is {now}, and was {then}",
                "bring the old file back, or decide again",
                Place(str(folder)),
            )
    bound = setting(checked.policy, outage, date.fromisoformat(record["today"]), record["until_us"])
    return RunFolder(folder, snapshot.path, checked, bound, facts)


def find_mailbox(run: RunFolder, mailbox: str | int) -> OneOf:
    """One mailbox by address or id; ``BadInput`` where the snapshot has none."""
    with frames.connect(reads=[run.snapshot, run.folder]) as con:
        con.read_parquet(str(run.snapshot.resolve())).create_view("snapshot")
        row = _row(con, mailbox)
        names = list(dict.fromkeys(reads(*run.checked.terms())))
        inputs = _inputs(run, row["mailbox_id"])
        pooled = _pooled(con, run, names, row)
        known = known_of(row, run.bound, names, inputs, pooled)
        outcomes = con.execute(
            "SELECT * FROM read_parquet($1) WHERE bucket = $2 AND mailbox_id = $3",
            [str((run.folder / decide.OUTCOMES).resolve()), row["bucket"], row["mailbox_id"]],
        )
        columns = [one[0] for one in outcomes.description]
        stored = {}
        for values in outcomes.fetchall():
            told = dict(zip(columns, values, strict=True))
            stored[told["remedy"]] = Judged(**{n: told[n] for n in Judged.__slots__})
    if set(stored) != {remedy.name for remedy in run.checked.remedies}:
        raise bad_input(
            "outcome-missing",
            f"the run has no outcome for {row['address']}",
            "every mailbox of the snapshot has one, zero included",
            "decide again",
            Place(str(run.folder / decide.OUTCOMES)),
        )
    return OneOf(run, row, known, stored)


def _row(con: duckdb.DuckDBPyConnection, mailbox: str | int) -> dict[str, Any]:
    if isinstance(mailbox, int):
        query = "bucket = $1 AND mailbox_id = $2"
        values: list[Any] = [bucket_of(mailbox), mailbox]
    else:
        query, values = "address = $1", [mailbox]
    columns = ", ".join(SNAPSHOT.names)
    text = f"SELECT {columns} FROM snapshot WHERE {query}"  # noqa: S608 - our own names
    found = con.execute(text, values).fetchall()
    if not found:
        raise bad_input(
            "no-mailbox",
            f"there is no mailbox {mailbox} in the snapshot of this run",
            "it is searched as it is written",
            "check the spelling, or name its mailbox_id",
        )
    return dict(zip(SNAPSHOT.names, found[0], strict=True))


def _inputs(run: RunFolder, mailbox_id: int) -> dict[str, Scalar]:
    if run.facts is None:
        return {}
    table = read_facts(run.facts, run.checked.policy)
    rows = table.filter(pc.field("mailbox_id") == pa.scalar(mailbox_id, pa.int64())).to_pylist()
    return {
        f"input {name}": Fraction(value)
        if isinstance(value, int) and not isinstance(value, bool)
        else value
        for row in rows
        for name, value in row.items()
        if name != "mailbox_id" and value is not None
    }


def _pooled(
    con: duckdb.DuckDBPyConnection, run: RunFolder, names: list[str], row: Mapping[str, Any]
) -> dict[str, Fraction | None]:
    """The uptime of populations, which only the whole estate can tell."""
    found = exposure.populations(run.checked.policy, names)
    if not found:
        return {}
    lay_out(con, run.bound, names, run.facts)
    pooled: dict[str, Fraction | None] = {}
    for name, measure in found.items():
        key = population_key(str(measure.population), "s")
        top = column(f"{name}.uptime")
        text = (
            f"SELECT p.{top}, p.{top}_of FROM snapshot AS s"  # noqa: S608 - checked names
            f" INNER JOIN pool_{name} AS p ON p.key = {key}"
            " WHERE s.bucket = $1 AND s.mailbox_id = $2"
        )
        cells = con.execute(text, [row["bucket"], row["mailbox_id"]]).fetchone()
        pooled[name] = Fraction(*cells) if cells and cells[1] else None
    return pooled


def _record(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / decide.RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _no_run(folder, str(error)) from error
    needed = ("snapshot", "snapshot_digest", "outage_digest", "policy_digest", "today", "until_us")
    if not isinstance(found, dict) or any(name not in found for name in needed):
        _refuse(folder)
    return found


def _refuse(folder: Path) -> NoReturn:
    raise _no_run(folder, f"{decide.RUN} lacks a field")


def _no_run(folder: Path, why: str) -> BadInput:
    return bad_input(
        "not-a-run", f"{folder} holds no decided run", why, "name the folder given to `--out`",
        Place(str(folder / decide.RUN)),
    )  # fmt: skip
