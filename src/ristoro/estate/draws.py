"""Draws that are the same on any machine, in any order, with any version of any library.

Every draw is a hash of the seed, the name of what is drawn and the number of the row (SplitMix64,
Steele, Lea and Flood 2014).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from ristoro.kernel import clock

Numbers = npt.NDArray[np.int64]
Unsigned = npt.NDArray[np.uint64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Draws:
    """Reproducible draws for the rows ``first`` to ``first + rows - 1``."""

    seed: int
    first: int
    rows: int

    def bits(self, salt: str, numbers: Unsigned | None = None) -> Unsigned:
        """64 bits for each row, or for each number given in its place.

        The first eight letters of ``salt`` tell one draw from another.
        """
        key = int.from_bytes(salt.encode()[:8].ljust(8, b"\0"), "little")
        start = np.uint64((self.seed * 0xD1342543DE82EF95 + key * 0x9E3779B97F4A7C15) % (1 << 64))
        rows = np.arange(self.first, self.first + self.rows, dtype=np.uint64)
        return _mixed(_mixed((rows if numbers is None else numbers) + start))

    def below(self, salt: str, most: int) -> Numbers:
        """A whole number from 0 to ``most - 1`` for each row; ``most`` at most 2**31."""
        high = self.bits(salt) >> np.uint64(32)
        return ((high * np.uint64(most)) >> np.uint64(32)).astype(np.int64)

    def chance(self, salt: str, in_a_million: int | Numbers) -> Truths:
        """True for so many rows in a million."""
        return np.asarray(self.below(salt, 1_000_000) < in_a_million, dtype=np.bool_)

    def choice(self, salt: str, weights: tuple[int, ...]) -> Numbers:
        """A position of ``weights``, as often as its weight says."""
        ends = np.cumsum(weights)
        return np.searchsorted(ends, self.below(salt, int(ends[-1])), side="right").astype(np.int64)

    def between(self, salt: str, start: datetime, end: datetime) -> Numbers:
        """A whole second in ``[start, end)`` for each row, since 1970."""
        first, last = second(start), second(end)
        return first + self.below(salt, last - first)


def _mixed(x: Unsigned) -> Unsigned:
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def second(moment: datetime) -> int:
    """Whole seconds since 1970; without a zone it is UTC."""
    return clock.micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC)) // 1_000_000
