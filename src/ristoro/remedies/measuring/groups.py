"""Those whom a mailbox is weighed together with, where a measure is taken over a population.

The mailboxes of one holder are read from the snapshot. The uptime of a store, a brand or everybody
is the same for millions: worked out once for a run as deciding does it, and kept beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ristoro.kernel import frames
from ristoro.kernel.keys import digest_of
from ristoro.outages.measure import ExposureClass
from ristoro.remedies.deciding.small_tables import lay_out
from ristoro.remedies.deciding.statement import column
from ristoro.remedies.folder.one import class_of
from ristoro.remedies.folder.run_folder import RunFolder
from ristoro.remedies.language.policy import Measure
from ristoro.remedies.measuring import exposure

POOLS = "pools.json"

Members = Sequence[tuple[ExposureClass, int]]


def pooled(run: RunFolder, row: Mapping[str, Any]) -> dict[str, Fraction | None]:
    """The uptime of each population measure that the policy reads, for the mailbox's own group."""
    found = exposure.populations(run.checked.policy, run.names)
    shared = {name: m for name, m in found.items() if m.population != "holder"}
    pools = _pools(run, shared) if shared else {}
    shares: dict[str, Fraction | None] = {}
    for name, measure in found.items():
        if name in shared:
            cells = pools[name].get(_key(str(measure.population), row))
            shares[name] = Fraction(*cells) if cells and cells[1] else None
            continue
        members = [(class_of(one, run.bound), 1) for one in of_holder(run, row)]
        shares[name] = exposure.over_population(measure, run.bound.sight, members)
    return shares


def of_holder(run: RunFolder, row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The mailboxes of a mailbox's holder, itself as ``row`` has it, in order of mailbox_id."""
    holder = row["holder_id"]
    found = run.rows.where("holder_id", holder) if holder else []
    others = [one for one in found if one["mailbox_id"] != row["mailbox_id"]]
    return sorted([row, *others], key=lambda one: int(one["mailbox_id"]))


def _key(population: str, row: Mapping[str, Any]) -> str:
    """The group as ``statement.population_key`` spells it."""
    if population == "everyone":
        return "everyone"
    brand = str(row["brand"])
    return brand if population == "brand" else f"{brand} {row['store']}"


def _pools(run: RunFolder, shared: Mapping[str, Measure]) -> dict[str, dict[str, list[int]]]:
    """For each measure the uptime of every group: from the file, or worked out and kept in it."""
    of = digest_of(
        {
            "snapshot": run.snapshot.digest,
            "outage": run.bound.sight.outage.digest,
            "policy": run.checked.policy.digest,
            "until": run.bound.sight.until,
            "measures": sorted(shared),
        }
    )
    path = run.folder / POOLS
    kept = _read(path)
    if kept.get("of") != of or kept.get("digest") != digest_of(kept.get("pools")):
        pools = _worked_out(run, shared)
        kept = {"of": of, "digest": digest_of(pools), "pools": pools}
        _keep(path, kept)
    found: dict[str, dict[str, list[int]]] = kept["pools"]
    return found


def _worked_out(
    run: RunFolder, shared: Mapping[str, Measure]
) -> dict[str, dict[str, list[int | None]]]:
    found: dict[str, dict[str, list[int | None]]] = {}
    names = [name for name in run.names if name.partition(".")[0] in shared]
    with frames.connect(reads=[run.snapshot.path, run.folder], scratch=None) as con:
        con.read_parquet(str(run.snapshot.path.resolve())).create_view("snapshot")
        lay_out(con, run.bound, names, run.facts)
        for name in shared:
            top = column(f"{name}.uptime")
            query = f"SELECT key, {top}, {top}_of FROM pool_{name}"  # noqa: S608 - a checked name
            found[name] = {key: [up, of] for key, up, of in con.execute(query).fetchall()}
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(path: Path, value: dict[str, Any]) -> None:
    """Keep the shares; a folder that takes no file costs only working them out again."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(json.dumps(value), encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
