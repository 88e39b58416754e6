"""Logs, all their rotations in order, read into the tables of an import.

Each log is read a block of lines at a time. Where there are several, their lines are taken in the
order of their stamps, for one host may have written into more than one of them; within a log, its
own order counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from ristoro.edges.mail_logs import reading
from ristoro.edges.mail_logs.events import NEVER, QUEUE, Numbers
from ristoro.edges.mail_logs.folder import Source
from ristoro.edges.mail_logs.lines import Reader, Unknown
from ristoro.edges.mail_logs.lives import Lives
from ristoro.edges.mail_logs.pools import Pool, Sheet, pooled
from ristoro.edges.mail_logs.reading import LogFile
from ristoro.edges.mail_logs.scanned import Scanned, Stated
from ristoro.edges.mail_logs.stamps import Traditional
from ristoro.edges.mail_logs.swift.reading import Swift, read
from ristoro.edges.mail_logs.tables import Tables
from ristoro.kernel.clock import instant

OCTETS_AN_EVENT = 64
"""What is read at once grows with what waits, so that waiting costs each line the same."""
END = 1 << 62


def scan(
    logs: Sequence[Sequence[LogFile]],
    names: dict[Path, str],
    folder: Path,
    stated: Stated | None,
    progress: Callable[[int], None],
) -> Scanned:
    """Read logs into the tables of a folder; ``progress`` is told the octets of files read."""
    tables = Tables(folder, list(names.values()))
    try:
        return _Scan(logs, names, tables, stated, progress).run()
    except BaseException:
        tables.abandon()
        raise


class _Scan:
    def __init__(
        self,
        logs: Sequence[Sequence[LogFile]],
        names: dict[Path, str],
        tables: Tables,
        stated: Stated | None,
        progress: Callable[[int], None],
    ) -> None:
        self._tables, self._lives = tables, Lives()
        self._logs = [
            _Log(number, files, names, tables.hosts, stated, progress, self._size)
            for number, files in enumerate(logs)
        ]
        self._pending: list[Pool] = []

    def _size(self) -> int:
        return max(reading.BLOCK, OCTETS_AN_EVENT * self._lives.waiting)

    def run(self) -> Scanned:
        reached = dict.fromkeys(self._logs, NEVER)
        while reached:
            log = min(reached, key=lambda one: (reached[one], one.number))
            pool = log.read()
            if pool is None:
                del reached[log]
            else:
                reached[log] = log.clock
                self._tables.add(pool)
                self._pending.append(pool.of(QUEUE))
            self._release(min(reached.values(), default=END))
        clock = max((log.clock for log in self._logs), default=NEVER)
        self._tables.add_histories(self._lives.close(clock))
        return self._scanned()

    def _release(self, until: int) -> None:
        """Hand on what no log can tell anything earlier than."""
        if not self._pending:
            return
        pool = pooled(self._pending)
        if len(self._logs) == 1:
            self._pending = []
            self._tables.add_histories(self._lives.add(pool))
            return
        ripe = {kind: lot.numbers["clock"] <= until for kind, lot in pool.lots.items()}
        chosen = {kind: np.flatnonzero(flags) for kind, flags in ripe.items()}
        left = {kind: np.flatnonzero(~flags) for kind, flags in ripe.items()}
        self._pending = [pool.take(left)] if any(map(len, left.values())) else []
        if any(map(len, chosen.values())):
            ready = Pool(pool.buffer, {k: pool.lots[k].take(some) for k, some in chosen.items()})
            _rank(ready)
            self._tables.add_histories(self._lives.add(ready))

    def _scanned(self) -> Scanned:
        unknown: dict[tuple[str, str], Unknown] = {}
        for log in self._logs:
            for key, found in log.reader.unknown.items():
                if key in unknown:
                    unknown[key].lines += found.lines
                else:
                    unknown[key] = found
        sources = tuple(source for log in self._logs for source in log.sources)
        return Scanned(
            sources,
            self._tables.close(),
            unknown,
            lines=sum(source.lines for source in sources),
            understood=sum(log.understood for log in self._logs),
            repeated_stamps=sum(log.repeated for log in self._logs),
            left_before=self._lives.before,
        )


def _rank(pool: Pool) -> None:
    """Number the events of several logs by instant, log and line."""
    lots = [lot for lot in pool.lots.values() if len(lot)]
    keys = [np.concatenate([lot.numbers[name] for lot in lots]) for name in ("row", "log", "clock")]
    rank = np.empty(len(keys[0]), np.int64)
    rank[np.lexsort(keys)] = np.arange(len(rank))
    at = 0
    for lot in lots:
        lot.numbers["row"] = rank[at : at + len(lot)]
        at += len(lot)


class _Log:
    """One log: its files one after another."""

    def __init__(
        self,
        number: int,
        files: Sequence[LogFile],
        names: dict[Path, str],
        hosts: dict[bytes, int],
        stated: Stated | None,
        progress: Callable[[int], None],
        size: Callable[[], int],
    ) -> None:
        self.number = number
        self.clock = NEVER
        self.sources: list[Source] = []
        self.understood = 0
        self._hosts, self._progress, self._size = hosts, progress, size
        stated = stated or Stated()
        traditional = Traditional(stated.year, stated.zone) if stated.zone else None
        self.reader = Reader(traditional, stated.host)
        self._rows = 0
        self._pools = self._read(files, names)

    @property
    def repeated(self) -> int:
        return self.reader.traditional.repeated if self.reader.traditional else 0

    def read(self) -> Pool | None:
        """The events of the next block; ``None`` at the end."""
        return next(self._pools, None)

    def _read(self, files: Sequence[LogFile], names: dict[Path, str]) -> Iterator[Pool]:
        numbers = {path: number for number, path in enumerate(names)}
        for file in files:
            digest, length = hashlib.sha256(), 0

            def told(part: bytes | memoryview) -> None:
                nonlocal length
                digest.update(part)  # noqa: B023 - told within this round
                length += len(part)
                self._progress(len(part))

            lines = 0
            first, last = END, NEVER
            for octets, size in reading.blocks(file.path, told, self._size):
                found = read(octets, size, self._hosts, self.reader.traditional)
                pool, at = self._block(found, file.path, numbers[file.path], lines)
                known = at[at != NEVER]
                if len(known):
                    first = min(first, int(known.min()))
                    last = max(last, int(known.max()))
                lines += len(at)
                yield pool
            self.sources.append(
                Source(
                    names[file.path], length, digest.hexdigest(), lines,
                    _instant(first), _instant(last),
                )
            )  # fmt: skip

    def _block(self, found: Swift, path: Path, file: int, before: int) -> tuple[Pool, Numbers]:
        """What a block tells, with what is left of it read line by line; each line's instant."""
        at, octets = found.at, found.pool.buffer
        self.understood += int(found.read.sum())
        sheet = Sheet()
        left = np.flatnonzero(~found.read & (found.ends > found.starts))
        reader, hosts = self.reader, self._hosts
        reader.path, reader.file = str(path), file
        bounds = zip(
            left.tolist(), found.starts[left].tolist(), found.ends[left].tolist(),
            at[left].tolist(), strict=True,
        )  # fmt: skip
        for row, start, end, known in bounds:
            reader.number = before + row + 1
            line = reader.read(octets[start:end].tobytes(), None if known == NEVER else known)
            if line is None:
                continue
            parts, told = line
            at[row] = parts.at
            self.understood += told is not False
            if not isinstance(told, bool):
                sheet.add(row, hosts.setdefault(parts.host, len(hosts)), told)
        pool = pooled([found.pool, sheet.pool()])
        clock = np.maximum.accumulate(np.maximum(at, self.clock))
        if len(clock):
            self.clock = int(clock[-1])
        for lot in pool.lots.values():
            rows = lot.numbers["row"]
            lot.numbers["log"] = np.full(len(rows), self.number)
            lot.numbers["line"] = before + rows + 1
            lot.numbers["file"] = np.full(len(rows), file)
            lot.numbers["at"] = at[rows]
            lot.numbers["clock"] = clock[rows]
            lot.numbers["row"] = rows + self._rows
            if "first_at" in lot.numbers:
                deferred = lot.numbers["deferrals"] > 0
                lot.numbers["first_at"] = np.where(deferred, at[rows], NEVER)
        self._rows += len(at)
        return pool, at


def _instant(microseconds: int) -> datetime | None:
    return instant(microseconds) if NEVER < microseconds < END else None
