"""The tables of an import in the order of mailboxes, so that one mailbox is found at once.

They lie beside the imports, made from tables that are as they were written, and may be deleted at
any time: what is evidence is the import, which nothing here changes.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb

from ristoro.edges.mail_logs.folder import Folder
from ristoro.kernel import frames
from ristoro.kernel.errors import Place, bad_input

SHELF = ".by-mailbox"
MADE = 1
"""Raised when what is made changes, so that what was made before is made again."""
ROWS_A_GROUP = 10_240
"""Rows that are read for a mailbox that has one."""

_STEPS = {
    "histories": "01_histories.sql",
    "deposits": "02_deposits.sql",
    "sign_ins": "03_sign_ins.sql",
    "doors": "04_doors.sql",
    "edges": "05_edges.sql",
}
_PULSE = "06_pulse.sql"


@dataclass(frozen=True, slots=True)
class Sorted:
    """An import whose tables lie in the order of mailboxes."""

    folder: Folder
    path: Path

    def table(self, name: str) -> Path:
        """Its ``histories``, ``deposits``, ``sign_ins``, ``doors``, ``edges`` or ``pulse``."""
        return self.path / f"{name}.parquet"


def by_mailbox(folder: Folder, told: Callable[[str], None] = lambda _: None) -> Sorted:
    """The sorted tables of an import, made now where they are not there yet.

    ``told`` is called with each table's name before it is made. ``BadInput`` where a table of the
    import is no longer what was written.
    """
    path = folder.path.parent / SHELF / f"{folder.digest}.{MADE}"
    if not path.is_dir():
        _refuse_changed(folder)
        _make(folder, path, told)
    return Sorted(folder, path)


def step(name: str) -> str:
    """The SQL of a step."""
    return files("ristoro.claims.evidence").joinpath("sql", name).read_text(encoding="utf-8")


def _refuse_changed(folder: Folder) -> None:
    changed = folder.changed()
    if changed:
        raise bad_input(
            "evidence-changed",
            f"the tables {', '.join(changed)} are not as they were written",
            "their octets do not give the digests of the record beside them",
            "import the logs again into a new folder, and keep this one as it is",
            Place(str(folder.path)),
        )


def _make(folder: Folder, path: Path, told: Callable[[str], None]) -> None:
    """All or nothing: another process that does the same at once makes the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(dir=path.parent, prefix=".making-"))
    try:
        with frames.connect(reads=[folder.path], writes=[making], scratch=making) as con:
            for name, file in _STEPS.items():
                told(name)
                rows = con.sql(step(file), params={"table": str(folder.table(name))})
                write(rows, making / f"{name}.parquet")
            told("pulse")
            tables = {name: str(folder.table(name)) for name in _STEPS}
            write(con.sql(step(_PULSE), params=tables), making / "pulse.parquet")
        try:
            os.rename(making, path)
        except OSError:
            if not path.is_dir():
                raise
    finally:
        shutil.rmtree(making, ignore_errors=True)


def write(rows: duckdb.DuckDBPyRelation, path: Path) -> None:
    """Write rows in their order, in row groups of which a question reads few."""
    rows.write_parquet(str(path), compression="zstd", row_group_size=ROWS_A_GROUP)
