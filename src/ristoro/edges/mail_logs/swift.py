"""Lines of exact and frequent shapes read many at a time, by what stands at places in the octets.

It says of each line whether it was read here. Whatever is not exactly of a shape, as a quoted
address or a word that is not expected, is left to the patterns that read one line, and a test
holds both to the same answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.columns import SignIn
from ristoro.edges.mail_logs.dovecot import ENDED
from ristoro.edges.mail_logs.events import (
    NEVER,
    Kind,
    Lot,
    Mark,
    Numbers,
    Octets,
    Pool,
    Status,
    Text,
    octets_of,
)
from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.edges.mail_logs.stamps import SECOND, TRADITIONAL, Traditional, rfc3339

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
Matrix = npt.NDArray[np.uint8]

PAD = 1024
"""Octets after a block that looking ahead may see."""
_STAMP = 32
"""Octets of ``2026-11-22T01:05:46.123456+00:00``."""


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _low(octets: int) -> np.uint64:
    """A mask of a word's first octets."""
    return np.uint64((1 << 8 * octets) - 1)


Stops = Callable[[Matrix], Flags]
"""Which octets end a run; more than a pattern would end it may, for then one line is read."""


def _no_alnum(octets: Matrix) -> Flags:
    return ((octets | _CASE) - _A > 25) & (octets - _ZERO > 9)


def _no_digit(octets: Matrix) -> Flags:
    return octets - _ZERO > 9


def _no_delay(octets: Matrix) -> Flags:
    """Neither a digit nor a point nor a slash, which follow one another."""
    return octets - _POINT > 11


def _no_ip(octets: Matrix) -> Flags:
    return (octets - _ZERO > 10) & ((octets | _CASE) - _A > 5) & (octets != _POINT)


def _ends_address(octets: Matrix) -> Flags:
    return (octets == 62) | (octets == 34) | (octets <= 32)


def _ends_word(octets: Matrix) -> Flags:
    return (octets == 44) | (octets <= 32)


def _ends_user(octets: Matrix) -> Flags:
    return (octets == 40) | (octets == 41) | (octets <= 32)


def _ends_session(octets: Matrix) -> Flags:
    return (octets == 62) | (octets <= 32)


def _bracket(octets: Matrix) -> Flags:
    return octets == 91


_CASE, _A, _ZERO, _POINT = (np.uint8(one) for one in (0x20, 0x61, 0x30, 0x2E))
_NARROW = 32
_EACH = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_STAMP_SECONDS = _word(b":00.0000")
_STAMP_MICROS = _word(b"00\0\0\0\0\0\0")
_IS_SECONDS = np.uint64(0x767676767F76767F)
_IS_MICROS = np.uint64(0x7676)
_ZEROS, _NINES = _word(b"00000000"), np.uint64(0x7676767676767676)
_FIRST_16 = np.uint64(16)

_POSTFIX, _DOVECOT = _word(b"postfix/"), _word(b"dovecot:")
_CONNECT, _DISCONNECT = _word(b"connect "), _word(b"disconne")
_SILENT = (b"bounce[", b"scache[", b"anvil[")
_ATTEMPTS = (b"lmtp[", b"smtp[", b"error[", b"local[", b"virtual[", b"pipe[")


@dataclass(slots=True)
class Swift:
    """What was read of a block: by line whether, and its instant; and the events."""

    starts: Numbers
    ends: Numbers
    at: Numbers
    read: Flags
    pool: Pool


@dataclass
class _Block:
    """A block's octets, and the words and windows that begin at any of them."""

    octets: Octets
    words: Words
    lots: dict[Kind, list[Lot]] = field(default_factory=dict)

    def window(self, at: Numbers, width: int) -> Matrix:
        """The octets from each place on, a row each."""
        size = len(self.octets) - width + 1
        laid = np.ndarray(size, f"V{width}", self.octets, strides=(1,))
        return laid[at].view(np.uint8).reshape(-1, width)

    def begins(self, at: Numbers, text: bytes) -> Flags:
        """Whether a text stands at each place."""
        if len(text) < 8:
            return (self.words[at] & _low(len(text))) == _word(text)
        found: Flags = self.words[at] == _word(text[:8])
        for part in range(8, len(text), 8):
            place = min(part, len(text) - 8)
            found &= self.words[at + place] == _word(text[place : place + 8])
        return found

    def until(self, at: Numbers, stops: Stops, width: int) -> Numbers:
        """How far from each place the first octet that ends a run is; ``width`` if not within."""
        narrow = min(width, _NARROW)
        stop = stops(self.window(at, narrow))
        found = stop.argmax(axis=1)
        left = np.flatnonzero((found == 0) & ~stop[:, 0])
        if len(left):
            found[left] = width
            if width > narrow:
                stop = stops(self.window(at[left] + narrow, width - narrow))
                place = stop.argmax(axis=1)
                within = (place > 0) | stop[:, 0]
                found[left[within]] = narrow + place[within]
        return found


def read(block: bytes, hosts: dict[bytes, int], traditional: Traditional | None) -> Swift:
    """Read what can be read here of a block of whole lines; new hosts are numbered."""
    room = len(block) // 2
    octets = np.empty(len(block) + PAD + room, np.uint8)
    octets[: len(block)] = np.frombuffer(block, np.uint8)
    octets[len(block) : len(block) + PAD] = 0
    ends = np.flatnonzero(octets[: len(block)] == 10)
    starts = np.empty_like(ends)
    starts[:1] = 0
    starts[1:] = ends[:-1] + 1
    here = _Block(octets, np.ndarray(len(octets) - 7, "<u8", octets, strides=(1,)))
    at = np.full(len(ends), NEVER)
    body = np.zeros(len(ends), np.int64)
    fits = ends - starts < LONGEST
    _stamp(here, starts, ends, fits, at, body)
    if traditional is not None:
        _stamp_traditional(here, starts, ends, fits & (at == NEVER), traditional, at, body)
    done = np.zeros(len(ends), np.bool_)
    rows = np.flatnonzero(body)
    if len(rows):
        _programs(here, rows, body[rows], ends, hosts, done)
    lots = {kind: _joined(some) for kind, some in here.lots.items()}
    return Swift(starts, ends, at, done, Pool(octets, lots, room))


def _joined(lots: list[Lot]) -> Lot:
    first = lots[0]
    if len(lots) == 1:
        return first
    numbers = {name: np.concatenate([lot.numbers[name] for lot in lots]) for name in first.numbers}
    texts = {
        name: Text(
            np.concatenate([lot.texts[name].starts for lot in lots]),
            np.concatenate([lot.texts[name].lengths for lot in lots]),
        )
        for name in first.texts
    }
    return Lot(numbers, texts)


def _stamp(
    here: _Block, starts: Numbers, ends: Numbers, fits: Flags, at: Numbers, body: Numbers
) -> None:
    """Stamps of RFC 3339 with microseconds, as rsyslog writes them."""
    octets = here.octets
    stamps = here.window(starts, _STAMP).view("<u8")
    seconds = stamps[:, 2] ^ _STAMP_SECONDS
    last = stamps[:, 3].copy()
    micros = (last ^ _STAMP_MICROS) & _low(2)
    fine = (((seconds + _IS_SECONDS) | seconds) & _HIGH) == 0
    fine &= (((micros + _IS_MICROS) | micros) & _HIGH) == 0
    fine &= ((seconds >> np.uint64(8)) & np.uint64(255)) < 6
    fine &= fits & (ends - starts > _STAMP) & (octets[starts + _STAMP] == 32)
    rows = np.flatnonzero(fine)
    if not len(rows):
        return
    begin = starts[rows]
    date, minute, zone = stamps[rows, 0], stamps[rows, 1], last[rows] >> _FIRST_16
    new = np.ones(len(rows), np.bool_)
    new[1:] = (date[1:] != date[:-1]) | (minute[1:] != minute[:-1]) | (zone[1:] != zone[:-1])
    firsts = np.flatnonzero(new)
    known: dict[bytes, int] = {}
    bases = np.empty(len(firsts), np.int64)
    for number, first in enumerate(begin[firsts].tolist()):
        stamp = octets[first : first + _STAMP].tobytes()
        key = stamp[:16] + stamp[26:]
        if key not in known:
            found = rfc3339(stamp[:16] + b":00.000000" + stamp[26:])
            known[key] = NEVER if found is None else found
        bases[number] = known[key]
    base = bases[np.cumsum(new) - 1]
    digits = seconds[rows]
    value = np.zeros(len(rows), np.int64)
    for shift, worth in (
        (8, 10 * SECOND), (16, SECOND), (32, 100_000), (40, 10_000), (48, 1_000), (56, 100)
    ):  # fmt: skip
        value += ((digits >> np.uint64(shift)) & np.uint64(255)).astype(np.int64) * worth
    tail = micros[rows]
    value += (tail & np.uint64(255)).astype(np.int64) * 10 + (tail >> np.uint64(8)).astype(np.int64)
    good = base != NEVER
    rows = rows[good]
    at[rows] = (base + value)[good]
    body[rows] = starts[rows] + _STAMP + 1


def _stamp_traditional(
    here: _Block, starts: Numbers, ends: Numbers, left: Flags, traditional: Traditional,
    at: Numbers, body: Numbers,
) -> None:  # fmt: skip
    """Stamps without a year, in the order of the log: each that differs from the one before."""
    words, octets = here.words, here.octets
    letters = octets[starts]
    rows = np.flatnonzero(left & (letters >= 65) & (letters <= 90) & (ends - starts > TRADITIONAL)
                          & (octets[starts + TRADITIONAL] == 32))  # fmt: skip
    if not len(rows):
        return
    begin = starts[rows]
    first, second = words[begin], words[begin + 8]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    firsts = np.flatnonzero(new)
    lengths = np.diff(np.append(firsts, len(rows))).tolist()
    found = np.empty(len(firsts), np.int64)
    for number, (place, lines) in enumerate(zip(begin[firsts].tolist(), lengths, strict=True)):
        before = traditional.repeated
        instant = traditional.micros(octets[place : place + TRADITIONAL].tobytes())
        if traditional.repeated != before:
            traditional.repeated += lines - 1
        found[number] = NEVER if instant is None else instant
    value = found[np.cumsum(new) - 1]
    good = value != NEVER
    rows = rows[good]
    at[rows] = value[good]
    body[rows] = starts[rows] + TRADITIONAL + 1


def _programs(
    here: _Block, rows: Numbers, begin: Numbers, ends: Numbers, hosts: dict[bytes, int],
    done: Flags,
) -> None:  # fmt: skip
    """Host and program of each line, and its text to who reads the program's."""
    length = _host_length(here, begin)
    some = (length > 0) & (length < 64) & (begin + length + 16 < ends[rows])
    some &= here.octets[begin + length - 1] != 58
    rows, begin, length = rows[some], begin[some], length[some]
    program = begin + length + 1
    word = here.words[program]
    postfix, dovecot = word == _POSTFIX, (word == _DOVECOT) & (here.octets[program + 8] == 32)
    keep = postfix | dovecot
    rows, begin, length, program = rows[keep], begin[keep], length[keep], program[keep]
    postfix = postfix[keep]
    if not len(rows):
        return
    host = _hosts(here, begin, length, hosts)
    _dovecot(here, rows[~postfix], program[~postfix] + 9, ends, host[~postfix], done)
    rows, host, name = rows[postfix], host[postfix], program[postfix] + 8
    words = here.words[name]
    _Postfix(here, ends, done).read(rows, host, name, words)


def _host_length(here: _Block, begin: Numbers) -> Numbers:
    """How far the first space is from each place; -1 where not within 64 octets."""
    found = np.full(len(begin), -1)
    left = np.arange(len(begin))
    for part in range(0, 64, 8):
        word = here.words[begin[left] + part] ^ np.uint64(0x2020202020202020)
        zero = (word - _EACH) & ~word & _HIGH
        is_here = zero != 0
        low = zero[is_here]
        place = np.bitwise_count((low & (~low + np.uint64(1))) - np.uint64(1)) >> 3
        found[left[is_here]] = part + place
        left = left[~is_here]
        if not len(left):
            break
    return found


def _hosts(here: _Block, begin: Numbers, length: Numbers, hosts: dict[bytes, int]) -> Numbers:
    """Each line's host by its number; a host is looked up where it differs from the line before."""
    new = np.ones(len(begin), np.bool_)
    new[1:] = length[1:] != length[:-1]
    for part in range(0, int(length.max()), 8):
        kept = np.clip(length - part, 0, 8)
        mask = _MASKS[kept]
        word = here.words[begin + part] & mask
        new[1:] |= word[1:] != word[:-1]
    firsts = np.flatnonzero(new)
    names = octets_of(here.octets, Text(begin[firsts], length[firsts])).dictionary_encode()
    codes = np.array([hosts.setdefault(name, len(hosts)) for name in names.dictionary.to_pylist()])
    found: Numbers = codes[names.indices.to_numpy()][np.cumsum(new) - 1]
    return found


_MASKS = np.array([(1 << 8 * octets) - 1 for octets in range(9)], np.uint64)


@dataclass
class _Postfix:
    """Lines of Postfix's programs."""

    here: _Block
    ends: Numbers
    done: Flags

    def read(self, rows: Numbers, host: Numbers, name: Numbers, words: Words) -> None:
        for names, reader in (
            ((b"qmgr[",), self._manager),
            ((b"cleanup[",), self._cleanup),
            ((b"smtpd[",), self._server),
            (_ATTEMPTS, self._attempt),
            (_SILENT, self._silent),
        ):
            which = np.zeros(len(rows), np.bool_)
            length = np.zeros(len(rows), np.int64)
            for one in names:
                is_one = (words & _low(len(one))) == _word(one)
                which |= is_one
                length[is_one] = len(one)
            chosen = np.flatnonzero(which)
            if not len(chosen):
                continue
            # The process's number, and then ``]: ``.
            place = name[chosen] + length[chosen]
            place, fine = self._after_number(place)
            fine &= place < self.ends[rows[chosen]]
            chosen, place = chosen[fine], place[fine]
            if len(chosen):
                reader(rows[chosen], host[chosen], place)

    def _after_number(self, place: Numbers) -> tuple[Numbers, Flags]:
        """Behind ``N]: ``, the number of at most seven digits, and whether that stands there."""
        word = self.here.words[place]
        digits = word ^ _ZEROS
        other = ((digits + _NINES) | digits) & _HIGH
        size = np.bitwise_count((other & (~other + np.uint64(1))) - np.uint64(1)) >> 3
        size = size.astype(np.int64)
        return place + size + 3, (size > 0) & (size < 8) & self.here.begins(place + size, b"]: ")

    def _tell(self, kind: Kind, rows: Numbers, host: Numbers, numbers: dict[str, Numbers],
              texts: dict[str, Text]) -> None:  # fmt: skip
        if len(rows):
            self.done[rows] = True
            self.here.lots.setdefault(kind, []).append(
                Lot({"row": rows, "host": host, **numbers}, texts)
            )

    def _queue_ids(self, text: Numbers) -> tuple[Flags, Numbers]:
        """Which texts begin with a queue id and ``: ``, and its length."""
        length = self.here.until(text, _no_alnum, 24)
        fine = (length >= 5) & (length <= 20) & self.here.begins(text + length, b": ")
        return fine, length

    def _silent(self, rows: Numbers, host: Numbers, text: Numbers) -> None:
        """Lines that say nothing of a message, but for warnings."""
        del host
        wrong = np.zeros(len(rows), np.bool_)
        for word in (b"warning: ", b"fatal: ", b"error: ", b"panic: "):
            wrong |= self.here.begins(text, word)
        self.done[rows[~wrong]] = True

    def _manager(self, rows: Numbers, host: Numbers, text: Numbers) -> None:
        fine, length = self._queue_ids(text)
        rest, end = text + length + 2, self.ends[rows]
        gone = fine & (end - rest == 7) & self.here.begins(rest, b"removed")
        self._tell(
            Kind.MARKED, rows[gone], host[gone],
            {"mark": np.full(int(gone.sum()), int(Mark.REMOVED))},
            {"queue_id": Text(text[gone], length[gone])},
        )  # fmt: skip
        queued = np.flatnonzero(fine & ~gone & self.here.begins(rest, b"from=<"))
        if len(queued):
            self._queued(
                rows[queued], host[queued], Text(text[queued], length[queued]), rest[queued]
            )

    def _queued(self, rows: Numbers, host: Numbers, name: Text, rest: Numbers) -> None:
        """``from=<ADDRESS>, size=N, nrcpt=N (queue active)``."""
        here = self.here
        sender = rest + 6
        length = here.until(sender, _ends_address, 96)
        place = sender + length
        fine = here.begins(place, b">, size=")
        place += 8
        digits = here.window(place, 16)
        size = _no_digit(digits).argmax(axis=1)
        place += size
        fine &= (size > 0) & here.begins(place, b", nrcpt=")
        place += 8
        count = here.until(place, _no_digit, 12)
        place += count
        fine &= (count > 0) & (count < 12) & here.begins(place, b" (queue active)")
        fine &= place + 15 == self.ends[rows]
        self._tell(
            Kind.QUEUED, rows[fine], host[fine], {"size": _number(digits[fine], size[fine])},
            {
                "queue_id": Text(name.starts[fine], name.lengths[fine]),
                "sender": Text(sender[fine], length[fine]),
            },
        )  # fmt: skip

    def _cleanup(self, rows: Numbers, host: Numbers, text: Numbers) -> None:
        fine, length = self._queue_ids(text)
        rest = text + length + 2
        fine &= self.here.begins(rest, b"message-id=") & (rest + 11 <= self.ends[rows])
        named = rest[fine] + 11
        self._tell(
            Kind.NAMED, rows[fine], host[fine], {},
            {
                "queue_id": Text(text[fine], length[fine]),
                "message_id": Text(named, self.ends[rows[fine]] - named),
            },
        )  # fmt: skip

    def _server(self, rows: Numbers, host: Numbers, text: Numbers) -> None:
        here = self.here
        word = here.words[text]
        talk = (word == _CONNECT) | (word == _DISCONNECT)
        likely = np.flatnonzero(talk)
        place = text[likely] + np.where(word[likely] == _CONNECT, 0, 3)
        talk[likely] = here.begins(place, b"connect from ")
        talk &= text + 16 < self.ends[rows]
        self.done[rows[talk]] = True
        rows, host, text = rows[~talk], host[~talk], text[~talk]
        if not len(rows):
            return
        fine, length = self._queue_ids(text)
        rest = text + length + 2
        fine &= here.begins(rest, b"client=")
        client = rest + 7
        size = self.ends[rows] - client
        stop = here.until(client, _ends_word, 160)
        told = here.begins(client + stop, b", ") & (stop < size)
        size = np.where(told, stop, size)
        # NAME[ADDRESS], and in the name no bracket.
        bracket = here.until(client, _bracket, 128)
        fine &= (stop >= size) & (bracket > 0) & (bracket < 128) & (size <= 160)
        octets = bracket + 1 + here.until(client + bracket + 1, _no_ip, 48)
        fine &= (octets == size - 1) & (octets > bracket + 1)
        fine &= here.octets[np.where(fine, client + size - 1, 0)] == 93
        self._tell(
            Kind.ARRIVED, rows[fine], host[fine], {},
            {
                "queue_id": Text(text[fine], length[fine]),
                "client": Text(client[fine], size[fine]),
            },
        )  # fmt: skip

    def _attempt(self, rows: Numbers, host: Numbers, text: Numbers) -> None:
        here = self.here
        talk = here.begins(text, b"connect to ") & (text + 11 <= self.ends[rows])
        self.done[rows[talk]] = True
        rows, host, text = rows[~talk], host[~talk], text[~talk]
        if not len(rows):
            return
        fine, length = self._queue_ids(text)
        rest = text + length + 2
        fine &= here.begins(rest, b"to=<")
        recipient = rest + 4
        size = here.until(recipient, _ends_address, 128)
        place = recipient + size
        original, original_size, place = self._original(place)
        fine &= here.begins(place, b">, relay=")
        relay = place + 9
        relay_size = here.until(relay, _ends_word, 128)
        place = relay + relay_size
        again = np.flatnonzero(here.begins(place, b", conn_use="))
        if len(again):
            used = here.until(place[again] + 11, _no_digit, 8)
            fine[again] &= (used > 0) & (used < 8)
            place[again] += 11 + used
        fine &= (relay_size > 0) & here.begins(place, b", delay=")
        delay = here.window(place + 8, 24)
        delay_size = _no_delay(delay).argmax(axis=1)
        fine &= (delay_size > 0) & (delay_size <= 12)
        place += 8 + delay_size
        fine &= here.begins(place, b", delays=")
        parts = here.until(place + 9, _no_delay, 64)
        fine &= (parts > 0) & (parts < 64)
        place += 9 + parts
        fine &= here.begins(place, b", dsn=")
        dsn = place + 6
        dsn_size = self._dsn(dsn, fine)
        place = dsn + dsn_size
        fine &= here.begins(place, b", status=")
        status, place = self._status(place + 9, fine)
        end = self.ends[rows]
        fine &= place < end
        fine &= here.octets[end - 1] == 41
        millis = _millis(delay, delay_size, fine)
        status, deferred = status[fine], status[fine] == Status.DEFERRED
        reason = Text(place[fine], end[fine] - 1 - place[fine])
        self._tell(
            Kind.TRIED, rows[fine], host[fine],
            {
                "status": status, "delay_ms": millis[fine],
                "deferrals": deferred.astype(np.int64),
                "first_at": np.full(len(status), NEVER),
            },
            {
                "queue_id": Text(text[fine], length[fine]),
                "recipient": Text(recipient[fine], size[fine]),
                "original": Text(original[fine], original_size[fine]),
                "relay": Text(relay[fine], relay_size[fine]),
                "dsn": Text(dsn[fine], dsn_size[fine]),
                "reason": reason,
                "first_reason": Text(reason.starts, np.where(deferred, reason.lengths, -1)),
            },
        )  # fmt: skip

    def _original(self, place: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """``>, orig_to=<ADDRESS``, where it stands: its place and length, and the next place."""
        here = self.here
        original, size = np.zeros_like(place), np.full_like(place, -1)
        there = np.flatnonzero(here.begins(place, b">, orig_to=<"))
        if len(there):
            original[there] = place[there] + 12
            size[there] = here.until(original[there], _ends_address, 128)
            place = place.copy()
            place[there] = original[there] + size[there]
        return original, size, place

    def _dsn(self, dsn: Numbers, fine: Flags) -> Numbers:
        """The length of each ``2.0.0``; what is no such thing is not fine."""
        octets = self.here.window(dsn, 12)
        size = _no_delay(octets).argmax(axis=1)
        dots = (octets == 46) & (np.arange(12) < size[:, None])
        second = 11 - dots[:, ::-1].argmax(axis=1)
        fine &= ~((octets == 47) & (np.arange(12) < size[:, None])).any(axis=1)
        fine &= dots[:, 1] & (dots.sum(axis=1) == 2) & (second >= 3) & (second <= size - 2)
        return size

    def _status(self, place: Numbers, fine: Flags) -> tuple[Numbers, Numbers]:
        """The word of each, and where the reason in brackets begins."""
        status, begin = np.zeros_like(place), np.zeros_like(place)
        word = self.here.words[place]
        known = np.zeros(len(place), np.bool_)
        for one, text in (
            (Status.SENT, b"sent ("), (Status.DEFERRED, b"deferred ("),
            (Status.BOUNCED, b"bounced ("), (Status.EXPIRED, b"expired ("),
        ):  # fmt: skip
            start = min(8, len(text))
            likely = np.flatnonzero((word & _low(start)) == _word(text[:start]))
            likely = likely[self.here.begins(place[likely], text)]
            known[likely] = True
            status[likely] = int(one)
            begin[likely] = place[likely] + len(text)
        fine &= known
        return status, begin


def _number(digits: Matrix, size: Numbers) -> Numbers:
    """The number that each row's first digits write."""
    value = np.zeros(len(size), np.int64)
    for place in range(int(size.max(initial=0))):
        value = np.where(place < size, value * 10 + digits[:, place] - 48, value)
    return value


def _millis(octets: Matrix, size: Numbers, fine: Flags) -> Numbers:
    """Milliseconds of delays in seconds, with a point or without; others are not fine."""
    value = np.zeros(len(size), np.int64)
    after = np.full(len(size), -1)
    for place in range(int(size[fine].max(initial=0))):
        inside = place < size
        one = octets[:, place].astype(np.int64)
        point = inside & (one == 46)
        fine &= ~(inside & (one == 47))
        fine &= ~(point & ((after >= 0) | (place == 0) | (place == size - 1)))
        digit = inside & ~point
        value = np.where(digit & (after < 3), value * 10 + one - 48, value)
        after += digit & (after >= 0)
        after[point] = 0
    scale = np.array([1000, 100, 10, 1])[np.clip(after, 0, 3)]
    return value * scale


def _dovecot(
    here: _Block, rows: Numbers, text: Numbers, ends: Numbers, host: Numbers, done: Flags
) -> None:
    """Dovecot: what a session did, a delivery's connection, and a message saved into the inbox."""
    end = ends[rows]
    mine = here.begins(text, b"imap(") & (text + 5 <= end)
    auth = np.flatnonzero(here.begins(text, b"auth") & (text + 4 <= end))
    head = here.window(text[auth], 24)
    mine[auth] = ~((head[:, :-1] == 45) & (head[:, 1:] == 108)).any(axis=1)
    done[rows[mine]] = True
    for way in (b"imap", b"pop3"):
        some = np.flatnonzero(here.begins(text, way + b"-login: "))
        if len(some):
            _signed_in(here, rows[some], host[some], text[some], end[some], done)
    some = np.flatnonzero(here.begins(text, b"lmtp("))
    if not len(some):
        return
    rows, text, end, host = rows[some], text[some], end[some], host[some]
    user = text + 5
    size = here.until(user, _ends_user, 96)
    place = user + size
    digits = here.until(user, _no_digit, 12)
    talk = (digits == size) & (
        here.begins(place, b"): Conne") | here.begins(place, b"): Disco")
        | here.begins(place, b"): Error")
    )  # fmt: skip
    likely = np.flatnonzero(talk)
    short = place[likely]
    talk[likely] = (
        here.begins(short, b"): Connect from ") | here.begins(short, b"): Disconnect")
        | here.begins(short, b"): Error:")
    )  # fmt: skip
    tail = here.window(short, 224)
    inside = np.arange(223) < (end[likely] - short)[:, None]
    talk[likely] &= ~((tail[:, :-1] == 100) & (tail[:, 1:] == 61) & inside).any(axis=1)
    talk &= (end - place <= 223) & (place + 16 <= end)
    done[rows[talk]] = True
    saved = ~talk & (size > 0) & here.begins(place, b")<")
    saved &= here.begins(end - 21, b": saved mail to INBOX")
    some = np.flatnonzero(saved)
    if len(some):
        _saved(here, rows[some], host[some], Text(user[some], size[some]), end[some], done)


def _saved(
    here: _Block, rows: Numbers, host: Numbers, user: Text, end: Numbers, done: Flags
) -> None:
    """``lmtp(USER)<PID><SESSION>: msgid=ID: saved mail to INBOX``."""
    place = user.starts + user.lengths + 2
    pid = here.until(place, _no_digit, 12)
    fine = (pid > 0) & here.begins(place + pid, b"><")
    session = place + pid + 2
    size = here.until(session, _ends_session, 64)
    place = session + size
    fine &= (size > 0) & here.begins(place, b">: msgid=")
    named = place + 9
    length = end - 21 - named
    fine &= (length >= 0) & (length <= 191)
    # What the sender wrote has nothing in it that could be taken for what the store says.
    octets = here.window(np.where(fine, named, 0), 192)
    pairs = (octets[:, :-1] == 58) & (octets[:, 1:] == 32) & (np.arange(191) < length[:, None])
    fine &= ~pairs.any(axis=1)
    done[rows[fine]] = True
    if not fine.any():
        return
    count = int(fine.sum())
    nothing = Text(named[fine], np.zeros(count, np.int64))
    here.lots.setdefault(Kind.DEPOSIT, []).append(
        Lot(
            {"row": rows[fine], "host": host[fine], "saved": np.ones(count, np.int64)},
            {
                "mailbox": Text(user.starts[fine], user.lengths[fine]),
                "session": Text(session[fine], size[fine]),
                "message_id": Text(named[fine], length[fine]),
                "folder": Text(end[fine] - 5, np.full(count, 5)),
                "reason": nothing,
            },
        )
    )


_GOOD = b"Login: user=<"
_REFUSED = b"Disconnected: Connection closed (auth failed, "


def _signed_in(
    here: _Block, rows: Numbers, host: Numbers, text: Numbers, end: Numbers, done: Flags
) -> None:
    """``imap-login: Login: user=<ADDRESS>, method=WORD, rip=IP, .., session=<SESSION>``, and the
    same behind ``Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): ``."""
    good = here.begins(text + 12, _GOOD)
    refused = np.flatnonzero(here.begins(text + 12, _REFUSED))
    user, why = text + 25, text + 25
    why_size = np.zeros_like(text)
    fine = good.copy()
    if len(refused):
        # What stands in the brackets: digits and words.
        why = why.copy()
        why[refused] = text[refused] + 12 + len(_REFUSED) - 13
        octets = here.window(why[refused] + 13, 48)
        stop = (octets == 40) | (octets == 41)
        size = stop.argmax(axis=1)
        # Another cause than the password, as a failure, has one of these letters.
        other = ((octets == 102) | (octets == 119)) & (np.arange(48) < size[:, None])
        stop &= ~other.any(axis=1)[:, None]
        after = why[refused] + 13 + size
        fine[refused] = stop.any(axis=1) & here.begins(after, b"): user=<")
        why_size[refused] = 13 + size
        user[refused] = after + 9
    size = here.until(user, _ends_session, 128)
    place = user + size
    fine &= here.begins(place, b">, method=")
    place += 10
    place += here.until(place, _ends_word, 32)
    fine &= here.begins(place, b", rip=")
    remote = place + 6
    remote_size = here.until(remote, _no_ip, 48)
    place = remote + remote_size
    fine &= (remote_size > 0) & here.begins(place, b", lip=")
    # Of what the patterns look for there must be one alone, to the line's end.
    rest = here.window(np.where(fine, place, 0), 160)
    inside = np.arange(159) < (end - place)[:, None]
    equals = (rest[:, 1:] == 61) & inside
    fine &= end - place <= 159
    fine &= ((rest[:, :-1] == 112) & equals).sum(axis=1) == 1
    named = (rest[:, :-1] == 110) & equals
    fine &= named.sum(axis=1) == 1
    session = place + named.argmax(axis=1) + 3
    fine &= here.begins(session - 11, b", session=<")
    session_size = here.until(session, _ends_session, 64)
    fine &= (session_size > 0) & (session + session_size + 1 == end)
    fine &= here.octets[end - 1] == 62
    if not fine.any():
        return
    done[rows[fine]] = True
    ended = np.where(good[fine], _ENDED[SignIn.GOOD], _ENDED[SignIn.REFUSED])
    here.lots.setdefault(Kind.SIGN_IN, []).append(
        Lot(
            {"row": rows[fine], "host": host[fine], "ended": ended},
            {
                "way": Text(text[fine], np.full(len(ended), 4)),
                "mailbox": Text(user[fine], size[fine]),
                "reason": Text(why[fine], why_size[fine]),
                "remote": Text(remote[fine], remote_size[fine]),
                "session": Text(session[fine], session_size[fine]),
            },
        )
    )


_ENDED = {one: number for number, one in enumerate(ENDED)}
