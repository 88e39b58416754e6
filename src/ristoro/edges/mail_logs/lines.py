"""One line read with care: its stamp, its host, its program and what that program tells.

A file that Dovecot writes itself names no host and no program, but a level: ``Nov 22 01:05:46
imap-login: Info: ..``. Its host is the one that is stated.
What is not understood is counted by program and reason, and the first of each kept as a sample.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NamedTuple

from ristoro.edges.mail_logs import dovecot, postfix
from ristoro.edges.mail_logs.events import Told, readable
from ristoro.edges.mail_logs.stamps import (
    DATED,
    TRADITIONAL,
    Traditional,
    is_dated,
    is_traditional,
    rfc3339,
)
from ristoro.kernel.errors import Place, bad_input

LONGEST = 1 << 16
"""Octets: rsyslog cuts at 8 KiB and Postfix at 2; what is longer is no line of theirs."""
NO_STAMP, NO_PROGRAM, SHAPE, TOO_LONG = "no stamp", "program", "shape", "too long"
_SAMPLE = 400
_DIGITS, _BRACE = range(48, 58), 123
_OWN = re.compile(rb"([^ ]+: )(?:Info: |(?=(?:Warning|Error|Fatal|Panic|Debug): ))(.*)", re.DOTALL)
"""What Dovecot's own file says behind the stamp; in syslog it has all levels but ``Info``."""


class Line(NamedTuple):
    """A line that has a stamp."""

    at: int
    host: bytes
    program: bytes
    text: bytes


@dataclass(slots=True)
class Unknown:
    """Lines of a program that were not understood for one reason, and the first of them."""

    lines: int
    sample: str
    line: int
    file: int


class Reader:
    """Reads the lines of one log in their order."""

    def __init__(self, traditional: Traditional | None, host: str | None = None) -> None:
        self.path, self.file, self.number = "", 0, 0
        """The file that is read, its number among all, and the line in it."""
        self.traditional = traditional
        self._host = None if host is None else host.encode()
        self.unknown: dict[tuple[str, str], Unknown] = {}
        self._readers: dict[bytes, postfix.Reader | None] = {}

    def split(self, line: bytes, at: int | None = None) -> Line | None:
        """The parts of a line; ``None`` where it has no stamp. ``at`` is its stamp, if known."""
        first = line[0]
        if first in _DIGITS:
            stamp, _, rest = line.partition(b" ")
            at = rfc3339(stamp) if at is None else at
            if at is None:
                return self._dated(line)
        elif first == _BRACE:
            return _of_journald(line)
        else:
            at = self._traditional(line) if at is None else at
            rest = line[TRADITIONAL + 1 :]
        if at is None:
            return None
        if own := _OWN.fullmatch(rest):
            return self._of_dovecot(at, own)
        host, _, rest = rest.partition(b" ")
        program, _, text = rest.partition(b": ")
        if program.endswith(b"]"):
            program = program[: program.find(b"[")]
        return Line(at, host, program, text)

    def _traditional(self, line: bytes) -> int | None:
        stamp = line[:TRADITIONAL]
        if line[TRADITIONAL : TRADITIONAL + 1] != b" ":
            return None
        if self.traditional is not None and self.traditional.year is not None:
            return self.traditional.micros(stamp)
        if is_traditional(stamp):
            raise bad_input(
                "no-year",
                "its stamps have no year and no zone",
                f"{stamp.decode()} may be any year's, and anywhere's",
                "state them: --year 2023 --zone Europe/Rome",
                self.place(),
            )
        return None

    def _dated(self, line: bytes) -> Line | None:
        """A line of Dovecot's own that has a date and no zone."""
        stamp, own = line[:DATED], _OWN.fullmatch(line[DATED + 1 :])
        if own is None or not is_dated(stamp) or line[DATED : DATED + 1] != b" ":
            return None
        if self.traditional is None:
            raise bad_input(
                "no-zone",
                "its stamps have no zone",
                f"{stamp.decode()} may be anywhere's",
                "state it: --zone Europe/Rome",
                self.place(),
            )
        at = self.traditional.micros(stamp)
        return None if at is None else self._of_dovecot(at, own)

    def _of_dovecot(self, at: int, own: re.Match[bytes]) -> Line:
        if self._host is None:
            raise bad_input(
                "no-host",
                "its lines name no host",
                "Dovecot wrote this file itself, and does not say where",
                "state it: --host mx1.example.net, as the host's other logs name it",
                self.place(),
            )
        return Line(at, self._host, b"dovecot", own[1] + own[2])

    def tell(self, line: Line) -> Told | bool | None:
        """What a line tells; ``True`` is nothing of ours, ``False`` not known, ``None`` a program
        that is not."""
        if line.program == b"dovecot":
            return dovecot.read(line.text)
        reader = self._readers.get(line.program, ...)
        if reader is ...:
            reader = postfix.reader_of(line.program)
            if len(self._readers) < 1000:
                self._readers[line.program] = reader
        return None if reader is None else reader(line.text)

    def read(self, line: bytes, at: int | None = None) -> tuple[Line, Told | bool] | None:
        """A line and what it tells, ``False`` where that is not known; ``None`` without stamp."""
        if len(line) >= LONGEST:
            self.not_known(b"", TOO_LONG, line)
            return None
        found = self.split(line, at)
        if found is None:
            self.not_known(b"", NO_STAMP, line)
            return None
        told = self.tell(found)
        if told is None:
            self.not_known(found.program, NO_PROGRAM, line)
        elif told is False:
            self.not_known(found.program, why_not(found.text), line)
        return found, told or False

    def place(self) -> Place:
        """Where the line being read stands."""
        return Place(self.path, self.number)

    def not_known(self, program: bytes, why: str, line: bytes) -> None:
        """Count a line that was not understood."""
        key = (readable(program[:64]), why)
        if key not in self.unknown and len(self.unknown) >= 1000:
            key = ("", why)  # programs' names may be invented without end
        known = self.unknown.get(key)
        if known is None:
            self.unknown[key] = Unknown(1, readable(line[:_SAMPLE]), self.number, self.file)
        else:
            known.lines += 1


def why_not(text: bytes) -> str:
    """The reason for which a known program's line is not understood."""
    for word in (b"warning", b"fatal", b"error", b"panic"):
        if text.startswith(word + b": "):
            return word.decode()
    return SHAPE


def _of_journald(line: bytes) -> Line | None:
    """A line of ``journalctl --output json``."""
    try:
        told = json.loads(line)
        at = int(told["__REALTIME_TIMESTAMP"])
        message = told["MESSAGE"]
        program = told.get("SYSLOG_IDENTIFIER", "")
        host = told.get("_HOSTNAME", "")
        # Whatever is not UTF-8 is told as a list of octets.
        text = bytes(message) if isinstance(message, list) else message.encode()
        if not (0 <= at < 1 << 56 and isinstance(program, str) and isinstance(host, str)):
            return None
        return Line(at, host.encode(), program.encode(), text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
