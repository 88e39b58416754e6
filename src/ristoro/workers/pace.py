"""A pace that a run never exceeds: letters a second, over any number of workers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Pace:
    """A token bucket that holds at most one second's letters.

    ``rate`` is letters a second for this worker, ``None`` for as fast as the host takes them; it
    may be changed between two batches, as workers come and go.
    Instants are seconds of any clock that never goes back.
    """

    rate: float | None = None
    _next_free: float = field(default=0.0, init=False)

    def wait_for(self, letters: int, at: float) -> float:
        """Book ``letters`` and say how many seconds to wait before sending them."""
        if self.rate is None:
            return 0.0
        start = max(self._next_free, at)
        self._next_free = start + letters / self.rate
        return start - at

    def batch(self, most: int) -> int:
        """How many letters to send at once: about a second's, so that a pause is felt soon."""
        return most if self.rate is None else max(1, min(most, int(self.rate)))
