"""Lines of exact and frequent shapes read in one pass over a block's octets, by compiled code.

It says of each line whether it was read here. Whatever is not exactly of a shape, as a quoted
address or a word that is not expected, is left to the patterns that read one line, and a test
holds both to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import NEVER, Kind, Numbers, Octets
from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.edges.mail_logs.pools import Pool
from ristoro.edges.mail_logs.reading import AFTER
from ristoro.edges.mail_logs.stamps import Traditional
from ristoro.edges.mail_logs.swift.compiled import beyond, compiled, entry, pointer
from ristoro.edges.mail_logs.swift.dovecot import read_dovecot
from ristoro.edges.mail_logs.swift.octets import COLON, MISSED, NEWLINE, SPACE, after, until
from ristoro.edges.mail_logs.swift.postfix import read_postfix
from ristoro.edges.mail_logs.swift.stamps import rfc3339_stamps, traditional_stamps
from ristoro.edges.mail_logs.swift.told import (
    HOST,
    ROW,
    SILENT,
    UNREAD,
    WIDTHS,
    lot_of,
    put,
    room,
    row_of,
)
from ristoro.edges.mail_logs.texts import Text, octets_of

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
_SHORTEST = 32
"""Octets that a line has at least which tells of an event."""
_NEWLINES, _ONES, _HIGHEST = (np.uint64(0x0101010101010101 * one) for one in (NEWLINE, 1, 0x80))
_HOST = 64
"""Octets that a host's name has at most."""


@dataclass(slots=True)
class Swift:
    """What was read of a block: by line whether, and its instant; and the events."""

    starts: Numbers
    ends: Numbers
    at: Numbers
    read: Flags
    pool: Pool


def read(
    octets: Octets, size: int, hosts: dict[bytes, int], traditional: Traditional | None
) -> Swift:
    """Read what can be read here of a block of whole lines; new hosts are numbered.

    The block is the first ``size`` octets, and at least ``AFTER`` others follow them.
    """
    octets[size : size + AFTER] = 0
    ends = np.empty(size, np.int64)
    words = octets[: -(-size // 8) * 8].view(np.uint64)
    ends = ends[: line_ends(octets, words, ends)]
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    at, behind = np.full(len(ends), NEVER), np.empty_like(ends)
    rfc3339_stamps(octets, starts, ends, at, behind)
    traditional_stamps(octets, starts, traditional, at, behind)
    behind[ends - starts >= LONGEST] = MISSED
    done = np.zeros(len(ends), np.bool_)
    told, first = room(min(len(ends), size // _SHORTEST) + 1)
    names, next_ = np.empty(2 * len(ends), np.int64), first.copy()
    found = read_lines(octets, behind, ends, done, told, next_, names)
    numbers = _numbers(octets, names[: 2 * found].reshape(-1, 2), hosts)
    lots = {}
    for kind in Kind:
        if next_[kind] > first[kind]:
            lot = lots[kind] = lot_of(kind, told[first[kind] : next_[kind]])
            lot.numbers["host"] = numbers[lot.numbers["host"]]
    return Swift(starts, ends, at, done, Pool(octets, lots, len(octets) - size))


@entry
def line_ends(octets: Octets, words: Words, ends: Numbers) -> int:
    """Where each line ends; how many there are. ``words`` are the same octets, eight in each."""
    found = 0
    for word in range(len(words)):
        # A newline becomes nothing, and nothing alone lends to its highest bit.
        other = words[word] ^ _NEWLINES
        if (other - _ONES) & ~other & _HIGHEST:
            for place in range(8 * word, 8 * word + 8):
                if octets[place] == NEWLINE:
                    ends[found] = place
                    found += 1
    return found


@entry
def read_lines(
    octets: Octets, behind: Numbers, ends: Numbers, done: Flags, told: Numbers, places: Numbers,
    names: Numbers,
) -> int:  # fmt: skip
    """Write each line's event to the next row of its kind, and which lines were read.

    The hosts' names are written where they differ from the line before; how many is returned, and
    an event has the number of its name.
    """
    block, rows, next_, name = pointer(octets), pointer(told), pointer(places), pointer(names)
    found = 0
    for row in range(len(ends)):
        at, end = behind[row], ends[row]
        if at == MISSED:
            continue
        space = until(block, at, end, SPACE)
        if not at < space < min(end, at + _HOST) or block[space - 1] == COLON:
            continue
        text = after(block, space, b" dovecot: ")
        if text != MISSED:
            kind = read_dovecot(block, text, end, rows, next_)
        else:
            kind = read_postfix(block, space + 1, end, rows, next_)
        if kind == UNREAD:
            continue
        done[row] = True
        if kind == SILENT:
            continue
        if not found or not _alike(block, beyond(name, 2 * found - 2), at, space):
            put(name, 2 * found, at, space)
            found += 1
        event = row_of(rows, next_, kind)
        event[ROW], event[HOST] = row, found - 1
        next_[kind] += WIDTHS[kind]
    return found


@compiled
def _alike(octets: Octets, name: Numbers, at: int, stop: int) -> bool:
    """Whether a name is what stands between two places."""
    if name[1] != stop - at:
        return False
    before = name[0]
    while at < stop and octets[before] == octets[at]:
        before, at = before + 1, at + 1
    return at == stop


def _numbers(octets: Octets, names: Numbers, hosts: dict[bytes, int]) -> Numbers:
    """Each name's host by its number."""
    if not len(names):
        return np.empty(0, np.int64)
    text = Text(np.ascontiguousarray(names[:, 0]), np.ascontiguousarray(names[:, 1]))
    found = octets_of(octets, text).dictionary_encode()
    codes = np.array([hosts.setdefault(name, len(hosts)) for name in found.dictionary.to_pylist()])
    numbers: Numbers = codes[found.indices.to_numpy()]
    return numbers
