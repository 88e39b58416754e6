"""A block of lines as octets: the words and the windows that begin at any of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ristoro.edges.mail_logs.events import Kind, Lot, Numbers, Octets

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
Matrix = npt.NDArray[np.uint8]

PAD = 1024
"""Octets after a block that looking ahead may see."""


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


def ends_address(octets: Matrix) -> Flags:
    found: Flags = (octets == 62) | (octets == 34) | (octets <= 32)
    return found


def ends_word(octets: Matrix) -> Flags:
    found: Flags = (octets == 44) | (octets <= 32)
    return found


def ends_user(octets: Matrix) -> Flags:
    found: Flags = (octets == 40) | (octets == 41) | (octets <= 32)
    return found


def ends_session(octets: Matrix) -> Flags:
    found: Flags = (octets == 62) | (octets <= 32)
    return found


def ends_bracket(octets: Matrix) -> Flags:
    found: Flags = (octets == 60) | (octets == 62) | (octets <= 32)
    return found


def opens(octets: Matrix) -> Flags:
    found: Flags = octets == 91
    return found


_CASE, _A, _ZERO, _POINT = (np.uint8(one) for one in (0x20, 0x61, 0x30, 0x2E))
_NARROW = 32
EACH = np.uint64(0x0101010101010101)
HIGH = np.uint64(0x8080808080808080)


@dataclass
class Block:
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
            short: Flags = (self.words[at] & low(len(text))) == word_of(text)
            return short
        found: Flags = self.words[at] == word_of(text[:8])
        for part in range(8, len(text), 8):
            place = min(part, len(text) - 8)
            found &= self.words[at + place] == word_of(text[place : place + 8])
        return found

    def until(self, at: Numbers, stops: Stops, width: int) -> Numbers:
        """How far from each place the first octet that ends a run is; ``width`` if not within."""
        narrow = min(width, _NARROW)
        stop = stops(self.window(at, narrow))
        found: Numbers = stop.argmax(axis=1)
        left = np.flatnonzero((found == 0) & ~stop[:, 0])
        if len(left):
            found[left] = width
            if width > narrow:
                stop = stops(self.window(at[left] + narrow, width - narrow))
                place = stop.argmax(axis=1)
                within = (place > 0) | stop[:, 0]
                found[left[within]] = narrow + place[within]
        return found
