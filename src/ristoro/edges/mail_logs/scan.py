"""One log, all its rotations in order, read into tables of facts.

A log is read by one process, for what a line means depends on those before it; several logs are
read side by side.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.edges.mail_logs import dovecot, postfix
from ristoro.edges.mail_logs.columns import DEPOSITS, DOORS, EDGES, HISTORIES, SIGN_INS, Edge
from ristoro.edges.mail_logs.dovecot import Deposit, SignedIn
from ristoro.edges.mail_logs.lives import Queue
from ristoro.edges.mail_logs.reading import LONGEST_LINE, LogFile, of_journald, parts
from ristoro.edges.mail_logs.stamps import TRADITIONAL, Traditional, is_rfc3339
from ristoro.edges.mail_logs.tables import Table

_PROGRAM = re.compile(rb"([^\s\[:]{1,64})(?:\[\d+\])?: (.*)", re.DOTALL)
_DIGITS, _BRACE, _SPACE = range(48, 58), 123, 32
_NO_STAMP = "no stamp"
_SAMPLE = 400


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read: its octets, their digest and its lines."""

    path: str
    octets: int
    sha256: str
    lines: int


@dataclass
class Unknown:
    """Lines that were not understood for one reason."""

    lines: int
    sample: bytes
    line: int
    file: str


@dataclass
class Told:
    """What a log gave."""

    files: list[Read] = field(default_factory=list)
    unknown: dict[tuple[str, str], Unknown] = field(default_factory=dict)
    understood: int = 0
    repeated_stamps: int = 0


class Scan:
    """Reads the lines of one log into the tables of a folder."""

    def __init__(self, folder: Path, year: int, zone: ZoneInfo) -> None:
        self._histories = Table(folder / "histories.parquet", HISTORIES)
        self._deposits = Table(folder / "deposits.parquet", DEPOSITS)
        self._sign_ins = Table(folder / "sign_ins.parquet", SIGN_INS)
        self._doors = Table(folder / "doors.parquet", DOORS)
        self._edges = Table(folder / "edges.parquet", EDGES)
        self._traditional = Traditional(year, zone)
        self._queues: dict[bytes, Queue] = {}
        self._programs: dict[bytes, postfix.Read | None] = {}
        self._file = ""
        self._line = 0
        self.told = Told()

    def files(self, log: Sequence[LogFile], read: Callable[[int], None]) -> Told:
        """Read every file of a log, oldest first."""
        for file in log:
            self._read(file, read)
        for queue in self._queues.values():
            queue.close()
        for table in (
            self._histories, self._deposits, self._sign_ins, self._doors, self._edges
        ):  # fmt: skip
            table.close()
        self.told.repeated_stamps = self._traditional.repeated
        return self.told

    def _read(self, file: LogFile, read: Callable[[int], None]) -> None:
        self._file, self._line = file.path.name, 0
        digest = hashlib.sha256()
        octets = 0

        def count(size: int) -> None:
            nonlocal octets
            octets += size
            read(size)

        for lines in parts(file, digest, count):
            self._lines(lines)
        self.told.files.append(Read(str(file.path), octets, digest.hexdigest(), self._line))

    def _lines(self, lines: Sequence[bytes]) -> None:
        """Each line by the shape of its stamp. The one loop that every line goes through."""
        programs, queues = self._programs, self._queues
        minutes: set[bytes] = set()
        number = self._line
        understood = 0
        for line in lines:
            number += 1
            if not line:
                continue
            first = line[0]
            if first in _DIGITS:
                stamp, _, rest = line.partition(b" ")
                # A minute's first stamp is judged, and the others by their likeness to it.
                if (stamp[:17], stamp[26:]) not in minutes:
                    if not is_rfc3339(stamp):
                        self._not(b"", _NO_STAMP, line, number)
                        continue
                    if len(stamp) == 32:
                        minutes.add((stamp[:17], stamp[26:]))
                host, _, rest = rest.partition(b" ")
            elif first == _BRACE:
                journal = of_journald(line)
                if journal is None:
                    self._not(b"", _NO_STAMP, line, number)
                    continue
                stamp, host, rest = journal
            else:
                found = self._traditional.iso(line[:TRADITIONAL])
                if found is None:
                    self._not(b"", _NO_STAMP, line, number)
                    continue
                stamp = found
                host, _, rest = line[TRADITIONAL + 1 :].partition(b" ")
                if host.endswith(b":"):  # Dovecot's own log has no host and no program
                    host, rest = b"", b"dovecot: " + host + b" " + rest
            program, _, text = rest.partition(b": ")
            if program == b"dovecot":
                if self._dovecot(stamp, host, text, number):
                    understood += 1
                else:
                    self._not(program, "shape", line, number)
                continue
            name = program[: program.find(b"[")] if program.endswith(b"]") else program
            reader = programs.get(name, 0)
            if reader == 0:
                reader = programs[name] = _reader_of(name)
            if reader is None or len(line) >= LONGEST_LINE:
                self._not(name, "too long" if reader else "program", line, number)
                continue
            queue = queues.get(host)
            if queue is None:
                queue = queues[host] = Queue(
                    host.decode("utf-8", "backslashreplace"), self._file, self._histories.add
                )
            if text.startswith(b"NOQUEUE: "):
                if self._door(stamp, host, text, number):
                    understood += 1
                    continue
            elif reader(queue, stamp, text, number):
                understood += 1
                continue
            if text.startswith((b"warning: ", b"fatal: ", b"error: ", b"panic: ")):
                self._not(name, text[: text.find(b":")].decode(), line, number)
            else:
                self._not(name, "shape", line, number)
        self._line = number
        self.told.understood += understood

    def _dovecot(self, at: bytes, host: bytes, text: bytes, line: int) -> bool:
        event = dovecot.read(text)
        if isinstance(event, bool):
            return event
        here = (line, self._file)
        name = host.decode("utf-8", "backslashreplace")
        if isinstance(event, Deposit):
            self._deposits.add(
                (name, at, event.mailbox, event.session, event.message_id, event.folder,
                 event.saved, event.reason, *here)
            )  # fmt: skip
        elif isinstance(event, SignedIn):
            self._sign_ins.add(
                (name, at, event.way, event.mailbox, event.ended.value, event.reason,
                 event.remote, event.session, *here)
            )  # fmt: skip
        else:
            self._edges.add((name, at, "dovecot", Edge(event).value, *here))
        return True

    def _door(self, at: bytes, host: bytes, text: bytes, line: int) -> bool:
        found = postfix.door(text)
        if found is None:
            return False
        client, code, dsn, reason, sender, recipient = found
        name = host.decode("utf-8", "backslashreplace")
        self._doors.add(
            (name, at, client, int(code), dsn, sender, recipient, reason, line, self._file)
        )
        return True

    def _not(self, program: bytes, why: str, line: bytes, number: int) -> None:
        key = (program.decode("utf-8", "backslashreplace"), why)
        known = self.told.unknown.get(key)
        if known is None:
            self.told.unknown[key] = Unknown(1, line[:_SAMPLE], number, self._file)
        else:
            known.lines += 1


def _reader_of(program: bytes) -> postfix.Read | None:
    """Who reads a program's lines: ``postfix/lmtp``, ``postfix-out/submission/smtpd`` and so on."""
    first, slash, _ = program.partition(b"/")
    if not slash or not first.startswith(b"postfix"):
        return None
    return postfix.READS.get(program.rpartition(b"/")[2])
