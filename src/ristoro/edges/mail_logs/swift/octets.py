"""A block of lines as octets: its signs, and the words and windows that begin at any octet.

Signs are the octets that end a field in these logs: spaces and all below, quotes, commas, brackets.
Where they stand is found once for a whole block; then a field's end is the next sign, and a text
in which every sign is one of a known text is known whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import Kind, Lot, Numbers, Octets

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
Matrix = npt.NDArray[np.uint8]

AHEAD = 64
"""Signs after a block's last that looking ahead may see."""


def word_of(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def low(octets: int) -> np.uint64:
    """A mask of a word's first octets."""
    return np.uint64((1 << 8 * octets) - 1)


Stops = Callable[[Matrix], Flags]
"""Which octets end a run; more than a pattern would end it may, for then one line is read."""


def no_alnum(octets: Matrix) -> Flags:
    found: Flags = ((octets | _CASE) - _A > 25) & (octets - _ZERO > 9)
    return found


def no_digit(octets: Matrix) -> Flags:
    found: Flags = octets - _ZERO > 9
    return found


def no_delay(octets: Matrix) -> Flags:
    """Neither a digit nor a point nor a slash, which follow one another."""
    found: Flags = octets - _POINT > 11
    return found


def no_ip(octets: Matrix) -> Flags:
    found: Flags = (octets - _ZERO > 10) & ((octets | _CASE) - _A > 5) & (octets != _POINT)
    return found


def closes(octets: Matrix) -> Flags:
    """A closing bracket, which is no sign."""
    found: Flags = octets == 41
    return found


def may_be_other(octets: Matrix) -> Flags:
    """An opening bracket, or a letter of ``failure`` or ``while``."""
    found: Flags = (octets == 40) | (octets == 102) | (octets == 119)
    return found


def quotes(octets: Matrix) -> Flags:
    """A colon or an apostrophe, which end a folder's name."""
    found: Flags = (octets == 58) | (octets == 39)
    return found


_CASE, _A, _ZERO, _POINT = (np.uint8(one) for one in (0x20, 0x61, 0x30, 0x2E))
MASKS = np.array([(1 << 8 * octets) - 1 for octets in range(9)], np.uint64)
_TAILS = ~MASKS[::-1]
"""Masks of a word's last octets, by how many."""
_ZEROS, _NINES = word_of(b"00000000"), np.uint64(0x7676767676767676)
_HIGH = np.uint64(0x8080808080808080)
_TEN, _EIGHT, _16, _32 = (np.uint64(one) for one in (10, 8, 16, 32))
_PAIRS = np.uint64(0x000000FF000000FF)
_FIRST, _SECOND = np.uint64(100 + (1_000_000 << 32)), np.uint64(1 + (10_000 << 32))


def number_of(digits: Words) -> Numbers:
    """The number of eight digits that each word holds as their values, the first the highest."""
    pairs = digits * _TEN + (digits >> _EIGHT)
    value = ((pairs & _PAIRS) * _FIRST + ((pairs >> _16) & _PAIRS) * _SECOND) >> _32
    return value.astype(np.int64)


@dataclass
class Block:
    """A block's octets, and the words and windows that begin at any of them."""

    octets: Octets
    words: Words
    signs: Octets
    places: Numbers
    """Where each sign stands, and ``AHEAD`` places more that are behind the block."""
    last: Numbers
    """The number of each line's last sign, which ends it."""
    ends: Numbers
    """Where each line ends."""
    hosts: Numbers
    """The number of each line's host, where that is known."""
    lots: dict[Kind, list[Lot]] = field(default_factory=dict)

    def window(self, at: Numbers, width: int) -> Matrix:
        """The octets from each place on, a row each."""
        size = len(self.octets) - width + 1
        laid = np.ndarray(size, f"V{width}", self.octets, strides=(1,))
        return laid[at].view(np.uint8).reshape(-1, width)

    def begins(self, at: Numbers, text: bytes) -> Flags:
        """Whether a text stands at each place."""
        if len(text) < 8:
            short: Flags = (self.words[at] & low(len(text))) == word_of(text)
            return short
        found: Flags = self.words[at] == word_of(text[:8])
        for part in range(8, len(text), 8):
            place = min(part, len(text) - 8)
            found &= self.words[at + place] == word_of(text[place : place + 8])
        return found

    def only(self, at: Numbers, size: Numbers, stops: Stops, width: int) -> Flags:
        """Whether none of the first ``size`` octets from each place ends a run.

        Not where there are more than ``width``, which is a multiple of eight.
        """
        return none_of(stops(self.window(at, width)), np.maximum(size, 0))

    def lacks(self, at: Numbers, size: Numbers, pair: bytes, width: int) -> Flags:
        """Whether two octets never follow one another within ``size``; as ``only`` else."""
        octets = self.window(at, width).reshape(-1)
        found = octets == pair[0]
        found[:-1] &= octets[1:] == pair[1]
        found[width - 1 :: width] = False
        lacks: Flags = none_of(found.reshape(-1, width), np.maximum(size - 1, 0))
        return lacks & (size <= width)

    def until(self, at: Numbers, stops: Stops, width: int) -> Numbers:
        """How far from each place the first octet that ends a run is; ``width`` if not within."""
        stop = stops(self.window(at, width))
        found: Numbers = stop.argmax(axis=1)
        found[~stop[np.arange(len(at)), found]] = width
        return found

    def number(self, end: Numbers, size: Numbers) -> tuple[Numbers, Flags]:
        """The number of so many digits before each place, and whether it is one, of at most
        eight."""
        digits = (self.words[end - 8] ^ _ZEROS) & _TAILS[np.clip(size, 0, 8)]
        fine = (((digits + _NINES) | digits) & _HIGH) == 0
        return number_of(digits), fine & (size > 0) & (size <= 8)


def none_of(found: Flags, size: Numbers) -> Flags:
    """Whether of each row's first ``size`` flags none stands; not where there are fewer."""
    width = found.shape[1]
    none: Flags = size <= width
    inside = _inside(width)[np.minimum(size, width)]
    wrong = np.flatnonzero((found.view(np.uint64) & inside) != 0)
    none[wrong // (width // 8)] = False
    return none


@cache
def _inside(width: int) -> Words:
    """By a size, a mask of so many first octets of ``width`` in words; below nothing, none."""
    inside = np.arange(width) < np.arange(width + 1)[:, None]
    words: Words = np.where(inside, np.uint8(255), np.uint8(0)).view(np.uint64)
    return words


_CHUNK = 1 << 17


def signs_of(octets: Octets) -> Numbers:
    """Where the signs stand: all up to ``"``, and each of ``( , < >``."""
    found = np.empty(len(octets), np.bool_)
    masked, one = np.empty(_CHUNK, np.uint8), np.empty(_CHUNK, np.bool_)
    # Parts that stay in the processor's cache, for each is gone over seven times.
    for begin in range(0, len(octets), _CHUNK):
        part, flags = octets[begin : begin + _CHUNK], found[begin : begin + _CHUNK]
        some, here = masked[: len(part)], one[: len(part)]
        np.less_equal(part, 34, out=flags)
        for mask, sign in ((0xFD, 0x3C), (0xFB, 0x28)):  # < and >, ( and ,
            np.bitwise_and(part, np.uint8(mask), out=some)
            np.equal(some, np.uint8(sign), out=here)
            np.logical_or(flags, here, out=flags)
    return np.flatnonzero(found)
