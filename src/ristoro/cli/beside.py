"""Processes beside another: one that dies has a successor, and all end with the one they serve."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Event, Lock, Thread
from types import TracebackType

SERVED = "BESIDE_RISTORO"
"""In a process beside another: the number of the one that started it."""

LOOK_SECONDS = 1.0
SUCCESSOR_SECONDS = 1.0
LONGEST_END = 30.0


class Beside:
    """``ristoro VERB`` beside this process, for as long as the block lasts.

    What it does is leased: a successor takes up what the one before it left.
    """

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._over = Event()
        self._lock = Lock()
        self._process = self._start()
        self._keeper = Thread(target=self._keep, daemon=True)

    def __enter__(self) -> Beside:
        self._keeper.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        with self._lock:
            self._process.terminate()
        self._keeper.join(LONGEST_END)

    def _start(self) -> subprocess.Popen[bytes]:
        own = {**os.environ, SERVED: str(os.getpid())}
        return subprocess.Popen([sys.executable, "-m", "ristoro", self._verb], env=own)

    def _keep(self) -> None:
        while True:
            code = self._process.wait()
            if self._over.wait(SUCCESSOR_SECONDS):
                return
            print(f"ristoro {self._verb} ended with {code}; another begins", file=sys.stderr)
            with self._lock:
                if self._over.is_set():
                    return
                self._process = self._start()


def end_with_served(stop: Event) -> None:
    """Set ``stop`` once the process that this one is beside has gone, however it ended.

    Nothing for a process that was started by itself.
    """
    served = os.environ.get(SERVED)
    if served is None:
        return

    def look() -> None:
        while os.getppid() == int(served):
            if stop.wait(LOOK_SECONDS):
                return
        stop.set()

    Thread(target=look, daemon=True).start()
