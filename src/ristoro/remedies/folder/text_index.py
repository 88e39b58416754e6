"""A small file beside a snapshot that says in which bucket a text stands, without reading it all.

Four bytes a mailbox: 38 bits of a hash of the text and the 10 bits of its bucket, sorted; the
first 16 bits are the place in a directory. Different texts may share 38 bits, so whoever looks
reads the rows of the bucket and compares the text itself: the index can send them to a bucket too
many, never to a wrong mailbox. It holds no address and no name.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ristoro.kernel.frames import ROWS_A_BATCH
from ristoro.kernel.keys import BUCKETS

BUCKET_BITS = BUCKETS.bit_length() - 1
_KEPT, _TOP = 22, 16
_HEAD = struct.Struct("<16s64sQI4x")
_MAGIC = b"ristoro-index-1\n"

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class TextIndex:
    """An index in memory, proven to be that of one column of one snapshot."""

    directory: npt.NDArray[np.uint32]
    entries: npt.NDArray[np.uint32]

    def buckets(self, text: str) -> list[int]:
        """Every bucket in which a row may have this text; none where surely no row has it."""
        if not text:
            return []
        key = int(hashes(pa.array([text]))[0])
        top, kept = key >> (64 - _TOP), key >> (64 - _TOP - _KEPT) & ((1 << _KEPT) - 1)
        part = self.entries[self.directory[top] : self.directory[top + 1]]
        found = part[part >> BUCKET_BITS == kept] & np.uint32(BUCKETS - 1)
        return sorted({int(bucket) for bucket in found})


def path_of(folder: Path, snapshot_digest: str, column: str) -> Path:
    """Where the index of a column of a snapshot is kept in a folder."""
    return folder / f"{snapshot_digest[:32]}.{column}.index"


def build(snapshot: Path, column: str) -> TextIndex:
    """Read one column of a snapshot; about three seconds for nine million mailboxes."""
    with pq.ParquetFile(snapshot) as file:
        batches = file.iter_batches(ROWS_A_BATCH, columns=[column, "bucket"], use_threads=True)
        keys = np.concatenate([np.empty(0, np.uint64), *_keys(batches)])
    keys.sort()
    tops = np.arange((1 << _TOP) + 1, dtype=np.uint64) << np.uint64(_KEPT + BUCKET_BITS)
    directory = np.searchsorted(keys, tops).astype(np.uint32)
    return TextIndex(directory, keys.astype(np.uint32))


def _keys(batches: Iterable[pa.RecordBatch]) -> Iterable[Hashes]:
    for batch in batches:
        rows = batch.filter(batch.column(0).is_valid()) if batch.column(0).null_count else batch
        kept = hashes(rows.column(0)) >> np.uint64(64 - _TOP - _KEPT) << np.uint64(BUCKET_BITS)
        yield kept | rows.column(1).to_numpy(zero_copy_only=False).astype(np.uint64)


def hashes(texts: pa.Array) -> Hashes:
    """A multilinear hash of each text, by the same multipliers on every machine for ever."""
    counts = np.diff(_offsets(texts))
    hashed = np.zeros(len(counts), np.uint64)
    full = counts > 0
    if not full.any():
        return hashed
    ends = _offsets(texts)
    codes = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]]
    starts = ends[:-1] - ends[0]
    places = np.arange(len(codes)) - np.repeat(starts, counts)
    terms = (codes.astype(np.uint64) + np.uint64(1)) * _multipliers(int(counts.max()))[places]
    # texts of no bytes are left out: ``reduceat`` would give them a byte of the next one
    hashed[full] = np.add.reduceat(terms, starts[full])
    return hashed


def _offsets(texts: pa.Array) -> npt.NDArray[np.int64]:
    kind = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    raw = np.frombuffer(texts.buffers()[1], dtype=kind)
    return raw[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)


def _multipliers(count: int) -> Hashes:
    """Odd numbers of 64 bits, one for each place in a text (splitmix64 of the place)."""
    x = (np.arange(1, count + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (x ^ (x >> np.uint64(31))) | np.uint64(1)


def save(index: TextIndex, path: Path, snapshot_digest: str) -> None:
    """Write the file whole or not at all; ``OSError`` where the folder takes none."""
    body = index.directory.tobytes() + index.entries.tobytes()
    head = _HEAD.pack(_MAGIC, snapshot_digest.encode(), len(index.entries), zlib.crc32(body))
    handle, name = tempfile.mkstemp(prefix=".index.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head)
            file.write(body)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path, snapshot_digest: str) -> TextIndex | None:
    """The index in a file; ``None`` where there is none, or it is torn or of something else.

    The file is mapped, so that all who ask of one snapshot share its memory.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < _HEAD.size:
                return None
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:
        return None
    first = (1 << _TOP) + 1
    magic, digest, count, checksum = _HEAD.unpack_from(raw)
    body = memoryview(raw)[_HEAD.size :]
    right = magic == _MAGIC and digest == snapshot_digest.encode()
    if not right or len(body) != 4 * (first + count) or zlib.crc32(body) != checksum:
        return None
    directory = np.frombuffer(body, np.uint32, first)
    return TextIndex(directory, np.frombuffer(body, np.uint32, count, 4 * first))
