"""Lines of Postfix's programs, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import count

import numpy as np

from ristoro.edges.mail_logs.events import Kind, Lot, Mark, Numbers, Text
from ristoro.edges.mail_logs.swift.attempts import read_attempts
from ristoro.edges.mail_logs.swift.octets import (
    Block,
    Flags,
    Matrix,
    Words,
    low,
    no_alnum,
    no_ip,
    word_of,
)
from ristoro.edges.mail_logs.swift.rows import Rows


class _Program(IntEnum):
    OTHER = 0
    MANAGER = 1
    CLEANUP = 2
    SERVER = 3
    SUBMISSION = 4
    ATTEMPT = 5
    SILENT = 6


_PROGRAMS = {
    _Program.MANAGER: (b"qmgr[", b"oqmgr["),
    _Program.CLEANUP: (b"cleanup[",),
    _Program.SERVER: (b"smtpd[",),
    _Program.SUBMISSION: (b"submission/smtpd[", b"smtps/smtpd["),
    _Program.ATTEMPT: (
        b"lmtp[", b"smtp[", b"error[", b"local[", b"virtual[", b"pipe[", b"discard[", b"retry[",
    ),
    _Program.SILENT: (
        b"bounce[", b"scache[", b"anvil[", b"master[", b"tlsmgr[", b"verify[", b"proxymap[",
    ),
}  # fmt: skip
_KEY = low(5)
"""No two of the names have the same five octets first."""
_SLOTS = 64


class _Names:
    """Programs by the first word of their names, each at a place of its own."""

    def __init__(self) -> None:
        names = [(name, program) for program, some in _PROGRAMS.items() for name in some]
        keys = np.array([word_of(name[:8]) & _KEY for name, _ in names], np.uint64)
        self._shift = np.uint64(64 - _SLOTS.bit_length() + 1)
        for factor in count(0x9E3779B97F4A7C15, 2):
            self._factor = np.uint64(factor % (1 << 64))
            slots = self._slots(keys)
            if len(set(slots.tolist())) == len(names):
                break
        self._mask, self._word = np.zeros(_SLOTS, np.uint64), np.ones(_SLOTS, np.uint64)
        self._program = np.zeros(_SLOTS, np.uint8)
        for slot, (name, program) in zip(slots, names, strict=True):
            self._mask[slot] = low(min(len(name), 8))
            self._word[slot] = word_of(name[:8])
            self._program[slot] = program

    def _slots(self, words: Words) -> Words:
        slots: Words = ((words & _KEY) * self._factor) >> self._shift
        return slots

    def programs(self, words: Words) -> Matrix:
        """Whose each name is that begins with a word; of long names only that is looked at."""
        slots = self._slots(words)
        known = (words & self._mask[slots]) == self._word[slots]
        return np.where(known, self._program[slots], np.uint8(_Program.OTHER))


_NAMES = _Names()
_CONNECT, _DISCONNECT = word_of(b"connect "), word_of(b"disconne")
_FROM, _LOST = word_of(b"ct from "), word_of(b"lost con")
_REMOVED = word_of(b"removed\n")
_SENDER = word_of(b"from=<")


@dataclass
class Postfix:
    """Lines of Postfix's programs."""

    here: Block
    done: Flags

    def read(self, rows: Rows, name: Numbers) -> None:
        """Read the lines of programs whose names, with the process behind, begin at ``name``."""
        program = _NAMES.programs(self.here.words[name])
        long = np.flatnonzero(program == _Program.SUBMISSION)
        if len(long):
            is_server = np.zeros(len(long), np.bool_)
            for text in _PROGRAMS[_Program.SUBMISSION]:
                is_server |= self.here.begins(name[long], text)
            program[long] = np.where(is_server, _Program.SERVER, _Program.OTHER)
        in_order = np.argsort(program, kind="stable")
        bounds = np.searchsorted(program[in_order], np.arange(len(_Program) + 1)).tolist()
        for one, reader in (
            (_Program.MANAGER, self._manager),
            (_Program.CLEANUP, self._cleanup),
            (_Program.SERVER, self._server),
            (_Program.ATTEMPT, self._attempts),
            (_Program.SILENT, self._silent),
        ):
            chosen = in_order[bounds[one] : bounds[one + 1]]
            if len(chosen):
                reader(rows.take(chosen))

    def _tell(
        self, kind: Kind, rows: Rows, numbers: dict[str, Numbers], texts: dict[str, Text]
    ) -> None:
        if len(rows):
            self.done[rows.row] = True
            self.here.lots.setdefault(kind, []).append(
                Lot({"row": rows.row, "host": self.here.hosts[rows.row], **numbers}, texts)
            )

    def _of_messages(self, rows: Rows) -> tuple[Rows, Text]:
        """The lines that begin with a queue id and ``: ``, behind it, and the queue ids."""
        space = self.here.places[rows.sign]
        length = space - 1 - rows.text
        fine = (length >= 5) & (length <= 20)
        fine &= (self.here.words[space - 1] & low(2)) == word_of(b": ")
        chosen = np.flatnonzero(fine)
        text, length = rows.text[chosen], length[chosen]
        right = self.here.only(text, length, no_alnum, 24)
        if not right.all():
            chosen, text, length = chosen[right], text[right], length[right]
        behind = rows.take(chosen)
        behind.text = space[chosen] + 1
        behind.sign += 1
        return behind, Text(text, length)

    def _silent(self, rows: Rows) -> None:
        """Lines that say nothing of a message, but for warnings."""
        wrong = np.zeros(len(rows), np.bool_)
        word = self.here.words[rows.text]
        for other in (b"warning:", b"fatal: ", b"error: ", b"panic: "):
            wrong |= (word & low(len(other))) == word_of(other)
        self.done[rows.row[~wrong]] = True

    def _manager(self, rows: Rows) -> None:
        rows, name = self._of_messages(rows)
        word = self.here.words[rows.text]
        gone = np.flatnonzero(word == _REMOVED)
        self._tell(
            Kind.MARKED, rows.take(gone), {"mark": np.full(len(gone), int(Mark.REMOVED))},
            {"queue_id": name.take(gone)},
        )  # fmt: skip
        queued = np.flatnonzero((word & low(6)) == _SENDER)
        if len(queued):
            self._queued(rows.take(queued), name.take(queued))

    def _queued(self, rows: Rows, name: Text) -> None:
        """``from=<ADDRESS>, size=N, nrcpt=N (queue active)``: signs ``<``, ``>``, ``,`` and so
        on."""
        here = self.here
        stop, after, last = (here.places[rows.sign + ahead] for ahead in (1, 4, 6))
        fine = here.begins(stop, b">, size=") & here.begins(after, b", nrcpt=")
        fine &= here.begins(last, b" (queue active)\n")
        size, is_size = here.number(after, after - stop - 8)
        _, is_count = here.number(last, last - after - 8)
        some = np.flatnonzero(fine & is_size & is_count)
        sender = rows.text[some] + 6
        self._tell(
            Kind.QUEUED, rows.take(some), {"size": size[some]},
            {"queue_id": name.take(some), "sender": Text(sender, stop[some] - sender)},
        )  # fmt: skip

    def _cleanup(self, rows: Rows) -> None:
        rows, name = self._of_messages(rows)
        some = np.flatnonzero(self.here.begins(rows.text, b"message-id="))
        rows = rows.take(some)
        named = rows.text + 11
        message_id = Text(named, self.here.ends[rows.row] - named)
        self._tell(
            Kind.NAMED, rows, {},
            {"queue_id": name.take(some), "message_id": message_id},
        )  # fmt: skip

    def _server(self, rows: Rows) -> None:
        """What comes and goes at the door, and a message that begins to come in."""
        words = self.here.words
        word = words[rows.text]
        shut = word == _DISCONNECT
        talk = shut | (word == _CONNECT)
        likely = np.flatnonzero(talk)
        talk[likely] = words[rows.text[likely] + np.where(shut[likely], 8, 5)] == _FROM
        lost = np.flatnonzero(word == _LOST)
        talk[lost] = self.here.begins(rows.text[lost], b"lost connection after ")
        self.done[rows.row[talk]] = True
        rows, name = self._of_messages(rows.take(np.flatnonzero(~talk)))
        if len(rows):
            self._arrived(rows, name)

    def _arrived(self, rows: Rows, name: Text) -> None:
        """``client=NAME[ADDRESS]``, and more of it behind a comma."""
        here = self.here
        client, stop = rows.text + 7, here.places[rows.sign]
        more = (here.words[stop] & low(2)) == word_of(b", ")
        fine = here.begins(rows.text, b"client=") & ((stop == here.ends[rows.row]) | more)
        fine &= (here.octets[stop - 1] == 93) & (stop > 48)
        # The last bracket before it, for in the address there is none.
        octets = no_ip(here.window(stop - 49, 48))[:, ::-1]
        bracket = stop - 2 - octets.argmax(axis=1)
        fine &= (here.octets[bracket] == 91) & (bracket > client) & (bracket < stop - 2)
        some = np.flatnonzero(fine)
        self._tell(
            Kind.ARRIVED, rows.take(some), {},
            {"queue_id": name.take(some), "client": Text(client[some], (stop - client)[some])},
        )  # fmt: skip

    def _attempts(self, rows: Rows) -> None:
        talk = self.here.begins(rows.text, b"connect to ")
        self.done[rows.row[talk]] = True
        rows, name = self._of_messages(rows.take(np.flatnonzero(~talk)))
        if len(rows):
            rows, numbers, texts = read_attempts(self.here, rows, name)
            self._tell(Kind.TRIED, rows, numbers, texts)
