"""``ristoro errands``: the process that does what people ask for on pages: imports, decisions."""

from __future__ import annotations

import signal
import time
from threading import Event
from types import FrameType
from uuid import uuid4

from ristoro.errands import kinds
from ristoro.kernel import clock


def errands() -> None:
    """Do what is asked for on the console and by the API; SIGTERM stops, and leaves it to others.

    `ristoro serve` starts one by itself. More of them, here or on other hosts that share the home
    folder, do more at a time.
    """
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    kinds.run(str(uuid4()), stop, clock.now, time.monotonic)
