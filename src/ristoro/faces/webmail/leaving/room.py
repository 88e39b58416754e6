"""Room for what takes long, so that it leaves some for everybody else's pages."""

from __future__ import annotations

import threading
from collections import Counter


class Room:
    """So many places in one process, and so many of them for one holder."""

    def __init__(self, most: int, of_one: int) -> None:
        self._most, self._of_one = most, of_one
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, owner: str) -> bool:
        """Take a place; ``False`` where there is none."""
        with self._lock:
            if self._taken.total() >= self._most or self._taken[owner] >= self._of_one:
                return False
            self._taken[owner] += 1
            return True

    def leave(self, owner: str) -> None:
        """Give a place back."""
        with self._lock:
            self._taken[owner] -= 1
            if not self._taken[owner]:
                del self._taken[owner]
