"""Lines of Postfix's programs, many at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Kind, Lot, Mark, Numbers, Status, Text
from ristoro.edges.mail_logs.swift.octets import (
    HIGH,
    Block,
    Flags,
    Matrix,
    Words,
    ends_address,
    ends_word,
    low,
    no_alnum,
    no_delay,
    no_digit,
    no_ip,
    opens,
    word_of,
)

_ZEROS, _NINES = word_of(b"00000000"), np.uint64(0x7676767676767676)
_CONNECT, _DISCONNECT = word_of(b"connect "), word_of(b"disconne")
_SILENT = (b"bounce[", b"scache[", b"anvil[")
_ATTEMPTS = (b"lmtp[", b"smtp[", b"error[", b"local[", b"virtual[", b"pipe[")


@dataclass
class Postfix:
    """Lines of Postfix's programs."""

    here: Block
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
                is_one = (words & low(len(one))) == word_of(one)
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
        other = ((digits + _NINES) | digits) & HIGH
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
        length = self.here.until(text, no_alnum, 24)
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
        length = here.until(sender, ends_address, 96)
        place = sender + length
        fine = here.begins(place, b">, size=")
        place += 8
        digits = here.window(place, 16)
        size = no_digit(digits).argmax(axis=1)
        place += size
        fine &= (size > 0) & here.begins(place, b", nrcpt=")
        place += 8
        count = here.until(place, no_digit, 12)
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
        stop = here.until(client, ends_word, 160)
        told = here.begins(client + stop, b", ") & (stop < size)
        size = np.where(told, stop, size)
        # NAME[ADDRESS], and in the name no bracket.
        bracket = here.until(client, opens, 128)
        fine &= (stop >= size) & (bracket > 0) & (bracket < 128) & (size <= 160)
        octets = bracket + 1 + here.until(client + bracket + 1, no_ip, 48)
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
        size = here.until(recipient, ends_address, 128)
        place = recipient + size
        original, original_size, place = self._original(place)
        fine &= here.begins(place, b">, relay=")
        relay = place + 9
        relay_size = here.until(relay, ends_word, 128)
        place = relay + relay_size
        again = np.flatnonzero(here.begins(place, b", conn_use="))
        if len(again):
            used = here.until(place[again] + 11, no_digit, 8)
            fine[again] &= (used > 0) & (used < 8)
            place[again] += 11 + used
        fine &= (relay_size > 0) & here.begins(place, b", delay=")
        delay = here.window(place + 8, 24)
        delay_size = no_delay(delay).argmax(axis=1)
        fine &= (delay_size > 0) & (delay_size <= 12)
        place += 8 + delay_size
        fine &= here.begins(place, b", delays=")
        parts = here.until(place + 9, no_delay, 64)
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
        self._one_end(place, end - place, fine)
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

    def _one_end(self, reason: Numbers, size: Numbers, fine: Flags) -> None:
        """A reason that may tell of another end, as one with ``status=`` may, is not fine."""
        fine &= size <= 512
        for least, width in ((0, 96), (96, 512)):
            some = np.flatnonzero(fine & (size > least) & (size <= width))
            octets = self.here.window(reason[some], width)
            pairs = (octets[:, :-1] == 115) & (octets[:, 1:] == 61)
            pairs &= np.arange(1, width) < size[some, None]
            fine[some] &= ~pairs.any(axis=1)

    def _original(self, place: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """``>, orig_to=<ADDRESS``, where it stands: its place and length, and the next place."""
        here = self.here
        original, size = np.zeros_like(place), np.full_like(place, -1)
        there = np.flatnonzero(here.begins(place, b">, orig_to=<"))
        if len(there):
            original[there] = place[there] + 12
            size[there] = here.until(original[there], ends_address, 128)
            place = place.copy()
            place[there] = original[there] + size[there]
        return original, size, place

    def _dsn(self, dsn: Numbers, fine: Flags) -> Numbers:
        """The length of each ``2.0.0``; what is no such thing is not fine."""
        octets = self.here.window(dsn, 12)
        size: Numbers = no_delay(octets).argmax(axis=1)
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
            likely = np.flatnonzero((word & low(start)) == word_of(text[:start]))
            likely = likely[self.here.begins(place[likely], text)]
            known[likely] = True
            status[likely] = int(one)
            begin[likely] = place[likely] + len(text)
        fine &= known
        return status, begin


def _number(digits: Matrix, size: Numbers) -> Numbers:
    """The number that each row's first digits write."""
    value: Numbers = np.zeros(len(size), np.int64)
    for place in range(int(size.max(initial=0))):
        value = np.where(place < size, value * 10 + digits[:, place] - 48, value)
    return value


def _millis(octets: Matrix, size: Numbers, fine: Flags) -> Numbers:
    """Milliseconds of delays in seconds, with a point or without; others are not fine."""
    value: Numbers = np.zeros(len(size), np.int64)
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
    millis: Numbers = value * scale
    return millis
