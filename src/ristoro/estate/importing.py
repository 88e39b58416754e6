"""Importing: a directory becomes a snapshot in the store, whole or not at all.

1. Every row is read and checked; rows that are right are set aside, faults are listed.
2. Rows that claim the same mailbox are found.
3. Where more rows are wrong than the operator allows, all is refused, and the list stays.
4. The rows are sorted and written; the snapshot is synced, then named for its digest.
5. A record says which bytes it came from, so that the same bytes again change nothing.

Everything before step 4's last word happens in a folder of its own, which the next import removes
if this one was killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ristoro.edges.directories.contract import Directory, Fault
from ristoro.estate.bad_rows import BadRows
from ristoro.estate.duplicates import Keys, hashes, same_hash, same_text
from ristoro.estate.freeze import LINE, Spill, sync_folder, write_in_place
from ristoro.estate.mapping import Mapping, by_name
from ristoro.estate.reading import Reader
from ristoro.estate.snapshot import Snapshot, as_of_text, open_snapshot
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed, Place, Problem, bad_input
from ristoro.kernel.keys import canonical_json, digest_of

Progress = Callable[[str, int], None]
"""Told ``("read", n)`` in the unit of ``Directory.size``, and ``("write", n)`` rows."""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Imported:
    """The snapshot that an import has made, or, where ``already``, had made before.

    ``bad_rows`` rows were left out, as the operator allowed; ``bad_file`` lists them.
    """

    path: Path
    digest: str
    as_of: datetime
    rows: int
    bad_rows: int
    bad_file: Path | None
    already: bool


@dataclass(frozen=True, slots=True)
class _Record:
    """What the store keeps of an import."""

    as_of: str
    snapshot: str
    rows: int
    bad_rows: int


def import_estate(
    directory: Directory,
    store: Path,
    *,
    now: datetime,
    as_of: datetime | None = None,
    mapping: Mapping | None = None,
    allowed_bad: int = 0,
    progress: Progress = lambda step, count: None,
) -> Imported:
    """Freeze a directory as the estate of the instant ``as_of``.

    Where ``as_of`` is not given it is what the directory says of itself, or that of the import of
    the same bytes before, or ``now``. ``BadInput`` where more than ``allowed_bad`` rows are wrong
    (the first are named, all are listed), or the file as a whole is; ``NotAllowed`` while another
    import into the store runs.
    """
    mapping = mapping or by_name(directory.columns, directory.name)
    mapping.check(directory.columns, directory.name)
    store.mkdir(parents=True, exist_ok=True)
    with _alone(store):
        source = directory.source_digest()
        records = _Records(store, source, mapping)
        asked = as_of or directory.as_of
        known = records.find(asked)
        bad_file = store / f"{Path(directory.name).name}.bad.csv"
        if known is not None and known.bad_rows <= allowed_bad:
            return _already(store, known, bad_file)
        work = _Work(store, directory, mapping, asked or now, progress)
        try:
            work.read()
            work.find_duplicates()
            work.decide(allowed_bad, bad_file)
            imported = work.publish(source, bad_file)
        finally:
            work.remove()
        records.keep(imported)
        return imported


class _Work:
    """One import under way, in a folder of its own."""

    def __init__(
        self, store: Path, directory: Directory, mapping: Mapping, as_of: datetime,
        progress: Progress,
    ) -> None:  # fmt: skip
        self._store, self._directory, self._mapping = store, directory, mapping
        self._as_of, self._progress = as_of, progress
        self._folder = Path(tempfile.mkdtemp(prefix=_WORK, dir=store))
        rows = self._folder / "rows"
        rows.mkdir()
        self._spill = Spill(rows)
        self._ids = Keys(self._folder / "ids")
        self._derived = "mailbox_id" not in mapping.rules
        self._addresses = None if self._derived else Keys(self._folder / "addresses")
        self._bad = BadRows(self._folder / "bad.csv")
        self._left_out: Numbers = np.array([], dtype=np.int64)

    def remove(self) -> None:
        with self._bad:
            shutil.rmtree(self._folder)

    def read(self) -> None:
        reader = Reader(self._mapping, self._as_of)
        done = 0
        for block in self._directory.blocks(self._mapping.sources):
            checked = reader.read(block)
            self._bad.add(checked.faults)
            rows = checked.rows
            self._spill.add(rows)
            if rows.num_rows:
                self._remember(rows)
            self._progress("read", block.done - done)
            done = block.done

    def _remember(self, rows: pa.RecordBatch) -> None:
        """Keep what tells two rows of the same mailbox."""
        lines = rows.column(LINE).to_numpy()
        self._ids.add(rows.column("mailbox_id").to_numpy(), lines)
        if self._addresses is not None:
            self._addresses.add(hashes(rows.column("address")), lines)

    def find_duplicates(self) -> None:
        left_out: list[Numbers] = []
        for faults in self._duplicates():
            lines = np.array([fault.line for fault in faults], dtype=np.int64)
            fresh = ~np.isin(lines, np.concatenate([self._left_out, *left_out]))
            self._bad.add(fault for fault, new in zip(faults, fresh, strict=True) if new)
            left_out.append(lines[fresh])
        self._left_out = np.concatenate([self._left_out, *left_out])

    def _duplicates(self) -> Iterator[list[Fault]]:
        """Faults in lots; a row may be in two of them."""
        if self._addresses is not None:
            for lines in self._addresses.repeated():
                yield list(same_text(lines, self._spill.batches(), "address"))
            for lines in self._ids.repeated():
                yield list(same_text(lines, self._spill.batches(), "mailbox_id"))
            return
        for lines in self._ids.repeated():
            yield list(same_text(lines, self._spill.batches(), "address"))
            yield list(same_hash(lines, self._spill.batches()))

    def decide(self, allowed_bad: int, bad_file: Path) -> None:
        """Go on, or refuse all with the list of what is wrong left in ``bad_file``."""
        bad, good = self._bad.rows, self._spill.rows - len(self._left_out)
        with self._bad:
            pass
        if bad:
            (self._folder / "bad.csv").replace(bad_file)
        else:
            bad_file.unlink(missing_ok=True)
        place = Place(self._directory.name)
        if bad > allowed_bad:
            raise BadInput(
                Problem(
                    "bad-rows",
                    f"{bad} of {bad + good} rows are wrong, and {allowed_bad} are allowed",
                    "an estate is taken whole, so that nobody in it is forgotten",
                    f"mend the rows listed in {bad_file}, or allow them with --allow-bad {bad}",
                    place,
                ),
                *self._bad.problems(self._directory.name),
            )
        if not good:
            raise bad_input(
                "empty",
                "there is no row to take" if bad else "there are no rows",
                "an outage of nobody needs no remedy",
                "check that the export has ended, and that this is the file you meant",
                place,
            )

    def publish(self, source: str | None, bad_file: Path) -> Imported:
        """Write the snapshot, and give it its name."""
        beside = self._folder / "snapshot.parquet"
        made = write_in_place(
            self._sorted(),
            beside,
            as_of=self._as_of,
            source_digest=source,
            progress=lambda rows: self._progress("write", rows),
        )
        path = self._store / f"{made.digest}.parquet"
        already = path.exists()
        if not already:
            beside.replace(path)
            sync_folder(self._store)
        bad = self._bad.rows
        return Imported(
            path, made.digest, made.as_of, made.rows, bad, bad_file if bad else None, already
        )

    def _sorted(self) -> Iterator[pa.Table]:
        for table in self._spill.parts():
            if len(self._left_out):
                kept = ~np.isin(table.column(LINE).to_numpy(), self._left_out)
                yield table.filter(pa.array(kept))
            else:
                yield table


_WORK = ".import-"


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    """Hold the store against other imports, and remove what killed ones have left."""
    with (store / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAllowed(
                Problem(
                    "import-running",
                    "another import into this store is running",
                    "two at once would take twice the memory and disk",
                    "wait until it has ended",
                    Place(str(store)),
                )
            ) from error
        for left in store.glob(f"{_WORK}*"):
            shutil.rmtree(left)
        yield


class _Records:
    """What the store knows of imports of some bytes by some mapping."""

    def __init__(self, store: Path, source: str | None, mapping: Mapping) -> None:
        self._store = store
        self._folder = store / "imports"
        self._key = source and digest_of({"mapping": mapping.digest(), "source": source})

    def find(self, as_of: datetime | None) -> _Record | None:
        """The record of that instant, or of the latest; ``None`` where its snapshot is gone."""
        if self._key is None:
            return None
        wanted = "*" if as_of is None else str(clock.micros(as_of))
        for path in sorted(self._folder.glob(f"{self._key}.{wanted}.json"), reverse=True):
            record = _Record(**json.loads(path.read_bytes()))
            if (self._store / f"{record.snapshot}.parquet").exists():
                return record
        return None

    def keep(self, imported: Imported) -> None:
        if self._key is None:
            return
        self._folder.mkdir(exist_ok=True)
        record = _Record(
            as_of_text(imported.as_of), imported.digest, imported.rows, imported.bad_rows
        )
        path = self._folder / f"{self._key}.{clock.micros(imported.as_of)}.json"
        beside = path.with_suffix(".tmp")
        with beside.open("wb") as file:
            file.write(canonical_json(asdict(record)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(self._folder)


def _already(store: Path, record: _Record, bad_file: Path) -> Imported:
    snapshot: Snapshot = open_snapshot(store / f"{record.snapshot}.parquet")
    return Imported(
        path=snapshot.path,
        digest=snapshot.digest,
        as_of=snapshot.as_of,
        rows=snapshot.rows,
        bad_rows=record.bad_rows,
        bad_file=bad_file if record.bad_rows and bad_file.exists() else None,
        already=True,
    )
