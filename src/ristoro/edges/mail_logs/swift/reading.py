"""Lines of exact and frequent shapes read many at a time, by what stands at places in the octets.

It says of each line whether it was read here. Whatever is not exactly of a shape, as a quoted
address or a word that is not expected, is left to the patterns that read one line, and a test
holds both to the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ristoro.edges.mail_logs.events import NEVER, Numbers, Octets, Pool, Text, joined, octets_of
from ristoro.edges.mail_logs.lines import LONGEST
from ristoro.edges.mail_logs.reading import AFTER
from ristoro.edges.mail_logs.stamps import Traditional
from ristoro.edges.mail_logs.swift.dovecot import read_dovecot
from ristoro.edges.mail_logs.swift.octets import (
    AHEAD,
    MASKS,
    Block,
    Flags,
    low,
    signs_of,
    word_of,
)
from ristoro.edges.mail_logs.swift.postfix import Postfix
from ristoro.edges.mail_logs.swift.rows import Rows
from ristoro.edges.mail_logs.swift.stamps import rfc3339_stamps, traditional_stamps

_POSTFIX, _DOVECOT = word_of(b"postfix/"), word_of(b"dovecot:")
_PROCESS = word_of(b"]:")


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
    found = signs_of(octets[:size])
    places = np.append(found, np.full(AHEAD, size))
    signs = octets[places]
    last = np.flatnonzero(signs == 10)
    ends = found[last]
    starts, first = np.zeros_like(ends), np.zeros_like(last)
    starts[1:], first[1:] = ends[:-1] + 1, last[:-1] + 1
    words = np.ndarray(len(octets) - 7, "<u8", octets, strides=(1,))
    here = Block(octets, words, signs, places, last, ends, np.zeros_like(ends))
    at = np.full(len(ends), NEVER)
    behind = np.full(len(ends), -1)
    fits = ends - starts < LONGEST
    rfc3339_stamps(here, starts, first, fits, at, behind)
    if traditional is not None:
        left = fits & (at == NEVER)
        traditional_stamps(here, starts, first, left, traditional, at, behind)
    done = np.zeros(len(ends), np.bool_)
    rows = np.flatnonzero(behind >= 0)
    if len(rows):
        _programs(here, rows, behind[rows], hosts, done)
    lots = {kind: joined(some) for kind, some in here.lots.items()}
    return Swift(starts, ends, at, done, Pool(octets, lots, len(octets) - size))


def _programs(
    here: Block, row: Numbers, sign: Numbers, hosts: dict[bytes, int], done: Flags
) -> None:
    """Host and program of each line, and its text to who reads the program's.

    ``sign`` is the number of the space behind the stamp.
    """
    begin, stop, text = here.places[sign] + 1, here.places[sign + 1], here.places[sign + 2]
    length = stop - begin
    # The host and the program end with the next two signs, and these are spaces.
    some = (here.signs[sign + 1] == 32) & (here.signs[sign + 2] == 32)
    some &= (length > 0) & (length < 64) & (here.octets[stop - 1] != 58)
    word = here.words[stop + 1]
    postfix = (word == _POSTFIX) & ((here.words[text - 2] & low(2)) == _PROCESS)
    dovecot = (word == _DOVECOT) & (text == stop + 9)
    keep = np.flatnonzero(some & (postfix | dovecot))
    if not len(keep):
        return
    if len(keep) < len(some):
        begin, stop, text, length = begin[keep], stop[keep], text[keep], length[keep]
        row, sign, postfix = row[keep], sign[keep], postfix[keep]
    here.hosts[row] = _hosts(here, begin, length, hosts)
    rows = Rows(row, sign + 3, text + 1)
    read_dovecot(here, rows.take(np.flatnonzero(~postfix)), done)
    of_postfix = np.flatnonzero(postfix)
    Postfix(here, done).read(rows.take(of_postfix), stop[of_postfix] + 9)


def _hosts(here: Block, begin: Numbers, length: Numbers, hosts: dict[bytes, int]) -> Numbers:
    """Each line's host by its number; a host is looked up where it differs from the line before."""
    new = np.ones(len(begin), np.bool_)
    new[1:] = length[1:] != length[:-1]
    for part in range(0, int(length.max()), 8):
        mask = MASKS[np.clip(length - part, 0, 8)]
        word = here.words[begin + part] & mask
        new[1:] |= word[1:] != word[:-1]
    firsts = np.flatnonzero(new)
    names = octets_of(here.octets, Text(begin[firsts], length[firsts])).dictionary_encode()
    codes = np.array([hosts.setdefault(name, len(hosts)) for name in names.dictionary.to_pylist()])
    found = codes[names.indices.to_numpy()]
    each: Numbers = np.repeat(found, np.diff(np.append(firsts, len(begin))))
    return each
