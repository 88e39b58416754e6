"""Rows that claim the same mailbox: found among any number of rows in bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ristoro.edges.directories.contract import Fault
from ristoro.estate.freeze import LINE

Numbers = npt.NDArray[np.int64]

FILES = 64
ROWS_AT_ONCE = 100_000
"""About how many suspects are compared in one pass over the rows."""

_MULTIPLIERS = np.random.default_rng(2023).integers(1, 1 << 64, size=256, dtype=np.uint64)


class Keys:
    """Pairs of a key and a line, set aside on disk by the key's last bits."""

    def __init__(self, folder: Path) -> None:
        """``folder`` does not exist yet; the caller removes it."""
        folder.mkdir()
        self._paths = [folder / f"{number:02}" for number in range(FILES)]

    def add(self, keys: Numbers, lines: Numbers) -> None:
        """Take pairs; a key is not negative."""
        pairs = np.stack((keys, lines), axis=1)
        parts = keys % FILES
        order = np.argsort(parts, kind="stable")
        ends = np.searchsorted(parts[order], np.arange(FILES), side="right").tolist()
        pairs = pairs[order]
        start = 0
        for path, end in zip(self._paths, ends, strict=True):
            if end > start:
                with path.open("ab") as file:
                    file.write(pairs[start:end].tobytes())
            start = end

    def repeated(self) -> Iterator[Numbers]:
        """The lines whose key is another line's too, in lots of about ``ROWS_AT_ONCE``.

        Lines with the same key are in the same lot.
        """
        lot: list[Numbers] = []
        for path in self._paths:
            if not path.exists():
                continue
            pairs = np.fromfile(path, dtype=np.int64).reshape(-1, 2)
            pairs = pairs[np.argsort(pairs[:, 0], kind="stable")]
            same = pairs[1:, 0] == pairs[:-1, 0]
            repeated = np.append(same, False) | np.append(False, same)
            if repeated.any():
                lot.append(pairs[repeated, 1])
            if sum(map(len, lot)) >= ROWS_AT_ONCE:
                yield np.concatenate(lot)
                lot = []
        if lot:
            yield np.concatenate(lot)


def hashes(texts: pa.Array) -> Numbers:
    """A multilinear hash of 63 bits of each text, none of which is empty or null.

    The sum of its bytes, each times a random number that belongs to its place; it is kept nowhere,
    and only says which texts to compare.
    """
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    codes = np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]]
    starts = (ends - ends[0])[:-1]
    places = np.arange(len(codes)) - np.repeat(starts, np.diff(ends))
    sums = np.add.reduceat(codes * _MULTIPLIERS[places], starts)
    return np.asarray(sums >> np.uint64(1), dtype=np.int64)


def same_text(lines: Numbers, rows: Iterable[pa.RecordBatch], column: str) -> Iterator[Fault]:
    """A fault for each of those lines whose text in ``column`` is another one's too.

    A hash may say that two texts are the same; this says whether they are.
    """
    found: dict[str, list[int]] = defaultdict(list)
    for batch in rows:
        mask = np.isin(batch.column(LINE).to_numpy(), lines)
        if mask.any():
            few = batch.filter(pa.array(mask))
            texts = few.column(column).cast(pa.string()).to_pylist()
            for line, text in zip(few.column(LINE).to_pylist(), texts, strict=True):
                found[text].append(line)
    for text, where in found.items():
        if len(where) > 1:
            yield from _faults(column, text, sorted(where))


def same_hash(lines: Numbers, rows: Iterable[pa.RecordBatch]) -> Iterator[Fault]:
    """A fault for each of those lines whose mailbox_id belongs to two different addresses."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for batch in rows:
        mask = np.isin(batch.column(LINE).to_numpy(), lines)
        if mask.any():
            few = batch.filter(pa.array(mask))
            for row in few.select([LINE, "mailbox_id", "address"]).to_pylist():
                found[row["mailbox_id"]].setdefault(row["address"], row[LINE])
    for addresses in found.values():
        if len(addresses) > 1:
            for address, line in addresses.items():
                yield Fault(
                    line,
                    "address",
                    address,
                    "id-collision",
                    f"the ids made from {' and '.join(addresses)} are the same",
                    "give these mailboxes a mailbox_id of their own",
                )


def _faults(column: str, text: str, where: list[int]) -> Iterator[Fault]:
    for line in where:
        others = [str(other) for other in where if other != line]
        shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if others[5:] else "")
        yield Fault(
            line,
            column,
            text,
            f"{column.replace('_', '-')}-twice",
            f"line {shown} has the same {column}",
            "keep the row that is right, and remove the others",
        )
