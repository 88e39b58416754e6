"""Lines of exact and frequent shapes read many at a time, by what stands at places in the octets.

It says of each line whether it was read here. Whatever is not exactly of a shape, as a quoted
address or a word that is not expected, is left to the patterns that read one line, and a test
holds both to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Numbers, Pool, Text, joined, octets_of
from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.edges.mail_logs.stamps import Traditional
from ristoro.edges.mail_logs.swift.dovecot import read_dovecot
from ristoro.edges.mail_logs.swift.octets import EACH, HIGH, PAD, Block, Flags, word_of
from ristoro.edges.mail_logs.swift.postfix import Postfix
from ristoro.edges.mail_logs.swift.stamps import rfc3339_stamps, traditional_stamps

_POSTFIX, _DOVECOT = word_of(b"postfix/"), word_of(b"dovecot:")


@dataclass(slots=True)
class Swift:
    """What was read of a block: by line whether, and its instant; and the events."""

    starts: Numbers
    ends: Numbers
    at: Numbers
    read: Flags
    pool: Pool


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
    here = Block(octets, np.ndarray(len(octets) - 7, "<u8", octets, strides=(1,)))
    at = np.full(len(ends), NEVER)
    body = np.zeros(len(ends), np.int64)
    fits = ends - starts < LONGEST
    rfc3339_stamps(here, starts, ends, fits, at, body)
    if traditional is not None:
        traditional_stamps(here, starts, ends, fits & (at == NEVER), traditional, at, body)
    done = np.zeros(len(ends), np.bool_)
    rows = np.flatnonzero(body)
    if len(rows):
        _programs(here, rows, body[rows], ends, hosts, done)
    lots = {kind: joined(some) for kind, some in here.lots.items()}
    return Swift(starts, ends, at, done, Pool(octets, lots, room))


def _programs(
    here: Block, rows: Numbers, begin: Numbers, ends: Numbers, hosts: dict[bytes, int],
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
    read_dovecot(here, rows[~postfix], program[~postfix] + 9, ends, host[~postfix], done)
    rows, host, name = rows[postfix], host[postfix], program[postfix] + 8
    words = here.words[name]
    Postfix(here, ends, done).read(rows, host, name, words)


def _host_length(here: Block, begin: Numbers) -> Numbers:
    """How far the first space is from each place; -1 where not within 64 octets."""
    found = np.full(len(begin), -1)
    left = np.arange(len(begin))
    for part in range(0, 64, 8):
        word = here.words[begin[left] + part] ^ np.uint64(0x2020202020202020)
        zero = (word - EACH) & ~word & HIGH
        is_here = zero != 0
        low = zero[is_here]
        place = np.bitwise_count((low & (~low + np.uint64(1))) - np.uint64(1)) >> 3
        found[left[is_here]] = part + place
        left = left[~is_here]
        if not len(left):
            break
    return found


def _hosts(here: Block, begin: Numbers, length: Numbers, hosts: dict[bytes, int]) -> Numbers:
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
