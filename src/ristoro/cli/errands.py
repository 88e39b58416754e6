"""``ristoro errands``: what people ask for on pages, webhooks, and letters that are of no run."""

from __future__ import annotations

import signal
import time
from threading import Event, Thread
from types import FrameType
from uuid import uuid4

from ristoro import env, wiring
from ristoro.cli.beside import end_with_served
from ristoro.errands import kinds
from ristoro.kernel import clock
from ristoro.workers import post_room
from ristoro.workers.hooks import telling

LONGEST_END = 5.0
"""Seconds that a webhook may still take when the process ends; its event is sent again then."""


def errands() -> None:
    """Do what is asked for on the console and by the API, tell webhooks what happens, and deliver
    letters that are of no run; SIGTERM stops, and leaves it to others.

    `ristoro serve` starts one by itself. More of them, here or on other hosts that share the home
    folder, do more at a time.
    """
    stop = Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    end_with_served(stop)
    owner, carrier = str(uuid4()), wiring.webhook_carrier(env.current())
    # Apart from errands, which take their time: what happens is told as it happens.
    hooks = Thread(target=telling.run, args=(owner, stop, clock.now, carrier), daemon=True)
    hooks.start()
    environment = env.current()
    post = Thread(
        target=post_room.run,
        args=(lambda: wiring.post_room(environment), stop, clock.now),
        daemon=True,
    )
    post.start()
    try:
        kinds.run(owner, stop, clock.now, time.monotonic)
    finally:
        stop.set()
        hooks.join(LONGEST_END)
        post.join(LONGEST_END)
