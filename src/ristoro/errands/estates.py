"""An estate is imported from a file that was uploaded."""

from __future__ import annotations

from typing import Any

from ristoro.edges.directories.opening import open_directory
from ristoro.errands.places import below, estates, uploads
from ristoro.estate.importing import import_estate
from ristoro.estate.mapping import read_mapping
from ristoro.kernel import clock
from ristoro.workers.errands import Teller

KIND = "import-estate"


def do(teller: Teller) -> dict[str, Any]:
    """``params``: ``upload``, and if wanted ``mapping``, ``as_of`` and ``allowed_bad``."""
    params = teller.params
    source = below(uploads(), str(params["upload"]))
    mapping = params.get("mapping")
    as_of = params.get("as_of")
    directory = open_directory(str(source), None)
    teller.begin("read", directory.size)
    going = {"step": "read"}

    def progress(step: str, count: int) -> None:
        if step != going["step"]:
            going["step"] = step
            teller.begin(step, None)
        teller.advance(count)

    imported = import_estate(
        directory,
        estates(),
        now=teller.clock(),
        as_of=clock.parse_instant(as_of) if as_of else None,
        mapping=read_mapping(mapping) if mapping else None,
        allowed_bad=int(params.get("allowed_bad", 0)),
        progress=progress,
    )
    return {
        "snapshot": imported.path.name,
        "digest": imported.digest,
        "as_of": imported.as_of.isoformat(),
        "rows": imported.rows,
        "bad_rows": imported.bad_rows,
        "bad_file": imported.bad_file.name if imported.bad_file else None,
        "already": imported.already,
    }
