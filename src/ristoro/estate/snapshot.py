"""A snapshot: the estate as it was at one instant, frozen in one content-addressed Parquet file."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.estate.columns import SNAPSHOT
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Place, bad_input, nearest
from ristoro.kernel.frames import digest_of_parquet
from ristoro.kernel.keys import digest_of

AS_OF = "ristoro.as_of"
SOURCE_DIGEST = "ristoro.source_digest"
DIGEST = "ristoro.digest"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot file whose columns and labels have been checked.

    ``source_digest`` is of the bytes that it was imported from.
    """

    path: Path
    as_of: datetime
    digest: str
    source_digest: str
    rows: int

    def check(self) -> None:
        """Read every value again; ``BadInput`` where they are not those of the digest."""
        found = digest_of_rows(digest_of_parquet(self.path, SNAPSHOT.names), self.as_of)
        if found != self.digest:
            raise bad_input(
                "snapshot-changed",
                f"the rows have the digest {found}, and the file says {self.digest}",
                "a snapshot is never edited: whoever did has made another estate of it",
                "import the estate again",
                Place(str(self.path)),
            )


def digest_of_rows(table_digest: str, as_of: datetime) -> str:
    """A snapshot's digest: of all its columns (``frames.digest_of_table``) and its instant."""
    return digest_of({"as_of": as_of_text(as_of), "columns": table_digest})


def as_of_text(as_of: datetime) -> str:
    """The one spelling of a snapshot's instant: ISO 8601 in UTC."""
    return clock.instant(clock.micros(as_of)).isoformat()


def open_snapshot(path: Path) -> Snapshot:
    """Open a snapshot file after checking its columns, labels and name; ``BadInput`` says which.

    Reads the footer alone. ``Snapshot.check`` reads the rest.
    """
    try:
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            written = file.metadata.metadata or {}
    except OSError as error:
        raise bad_input(
            "unreadable",
            "the snapshot cannot be opened",
            error.strerror or str(error),
            "check the path, and that it is yours to read",
            Place(str(path)),
        ) from error
    except pa.ArrowInvalid as error:
        raise bad_input(
            "not-parquet",
            "this is not a Parquet file",
            str(error),
            "import the file first with `ristoro estate import`, then name the snapshot",
            Place(str(path)),
        ) from error
    _check_columns(schema, path)
    labels = {key.decode(): value.decode() for key, value in written.items()}
    digest = _label(labels, DIGEST, path)
    _check_name(digest, path)
    text = _label(labels, AS_OF, path)
    try:
        as_of = clock.parse_instant(text)
    except ValueError as error:
        raise bad_input(
            "not-a-snapshot",
            f"its label {AS_OF} is {text!r}",
            str(error),
            "import the estate again",
            Place(str(path)),
        ) from error
    return Snapshot(path, as_of, digest, _label(labels, SOURCE_DIGEST, path), rows)


def _check_columns(schema: pa.Schema, path: Path) -> None:
    for wanted in SNAPSHOT:
        position = schema.get_field_index(wanted.name)
        if position < 0:
            close = nearest(wanted.name, schema.names)
            raise _not_a_snapshot(
                path,
                wanted.name,
                f"the column {wanted.name!r} is missing",
                f"the nearest here is {close!r}" if close else "nothing here is like it",
            )
        found = schema.field(position)
        if found.type != wanted.type or found.nullable != wanted.nullable:
            raise _not_a_snapshot(
                path,
                wanted.name,
                f"the column {wanted.name!r} is {_kind(found)}",
                f"a snapshot has {_kind(wanted)}",
            )
    for name in schema.names:
        if name not in SNAPSHOT.names:
            raise _not_a_snapshot(
                path, name, f"there is a column {name!r}", "a snapshot has no such column"
            )
    if schema.names != SNAPSHOT.names:
        raise _not_a_snapshot(
            path, None, "the columns are in another order", f"wants {', '.join(SNAPSHOT.names)}"
        )


def _kind(field: pa.Field) -> str:
    return f"{field.type}{'' if field.nullable else ' not null'}"


def _not_a_snapshot(path: Path, field: str | None, what: str, why: str) -> BadInput:
    todo = "import the file with `ristoro estate import`, which writes a snapshot of it"
    return bad_input("not-a-snapshot", what, why, todo, Place(str(path), field=field))


def _label(labels: dict[str, str], name: str, path: Path) -> str:
    if name not in labels:
        raise _not_a_snapshot(
            path,
            None,
            f"the label {name} is missing",
            "the columns are those of a snapshot, but nothing says of when and of what it is",
        )
    return labels[name]


def _check_name(digest: str, path: Path) -> None:
    stem = path.stem
    if len(stem) == 64 and set(stem) <= set(string.hexdigits) and stem != digest:
        raise bad_input(
            "snapshot-renamed",
            f"the file is named for another digest than its own, {digest}",
            "a snapshot is named for its digest",
            f"name it {digest}.parquet, or import the estate again",
            Place(str(path)),
        )
