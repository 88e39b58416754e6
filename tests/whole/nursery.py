"""Workers that are killed: each a fork of this process, which has imported all and opened nothing.

Run as ``python -m tests.whole.nursery RUN instants KILLS SEED``, ``... RUN boundaries``, ``... RUN
bookings`` or ``... RUN plainly``, which kills nobody. Prints one JSON line a life: where or when it
was killed, or that it ended.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any
from uuid import uuid4

from ristoro import start, wiring
from ristoro.edges.billing.ledger import Ledger
from ristoro.edges.mailhosts.dovecot import Dovecot
from ristoro.fulfilment import act
from ristoro.remedies import runs
from ristoro.workers import grants, leases, letters, loop, readback

__all__ = ["start"]

SETTLE_SECONDS = 0.5
LONGEST_LIFE = 1.6

# Every step of a worker's life, to the books and to the world, in the order in which a run comes to
# them: whose it is, its name, and the calls of it at which a worker is killed. What settles is
# killed at its first call, right after a life that left something to settle.
STEPS: tuple[tuple[Any, str, tuple[int, ...]], ...] = (
    (leases, "lease", (1, 2)),
    (leases, "renew", (1, 2)),
    (grants, "record", (1, 2)),
    (act, "apply", (1, 2)),
    (act, "settle", (1,)),
    (act, "verify", (1, 2)),
    (leases, "finish", (1, 2)),
    (letters, "record", (1, 2)),
    (Dovecot, "deposit", (1, 2)),
    (Dovecot, "look", (1,)),
    (readback, "record", (1, 2)),
)
MONEY_STEPS: tuple[tuple[Any, str, tuple[int, ...]], ...] = (
    (Ledger, "credit", (1, 2)),
    (grants, "record", (2,)),
)


def _around(
    steps: tuple[tuple[Any, str, tuple[int, ...]], ...],
) -> tuple[tuple[Any, str, str, int], ...]:
    return tuple(
        (owner, name, when, call)
        for owner, name, calls in steps
        for call in calls
        for when in ("before", "after")
    )


BOUNDARIES, BOOKINGS = _around(STEPS), _around(MONEY_STEPS)
MODES = {"boundaries": BOUNDARIES, "bookings": BOOKINGS, "plainly": ()}


def die(owner: object, name: str, when: str, call: int) -> None:
    """Make this process kill itself at the ``call``-th time it comes to a step."""
    real: Callable[..., Any] = getattr(owner, name)
    count = 0

    def step(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if count == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if count == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, step)


def live(run_name: str, owner: str, prepare: Callable[[], None]) -> None:
    """A worker's life: work on the run until it is done or the process is killed."""
    code = 1
    try:
        prepare()
        with wiring.job(runs.named(run_name), Event(), owner) as job:
            habits = replace(job.habits, batch=8, settle_seconds=SETTLE_SECONDS)
            loop.work(replace(job, habits=habits))
        code = 0
    finally:
        os._exit(code)


def raise_one(
    run_name: str, seconds: float | None, prepare: Callable[[], None] = lambda: None
) -> bool:
    """Fork a worker, kill it after ``seconds`` unless it ended; whether it was killed."""
    owner = str(uuid4())
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        live(run_name, owner, prepare)
    if seconds is not None and signal.sigtimedwait({signal.SIGCHLD}, seconds) is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    free(owner)
    while signal.sigtimedwait({signal.SIGCHLD}, 0) is not None:
        pass
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"a worker failed with exit code {os.WEXITSTATUS(status)}")
    return False


def free(owner: str) -> None:
    """End the dead worker's leases, as a supervisor does; in a fork, to leave nothing open."""
    child = os.fork()
    if child == 0:
        leases.release_dead([owner])
        os._exit(0)
    os.waitpid(child, 0)


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


def instants(run_name: str, kills: int, seed: int) -> None:
    """Kill workers at random instants of their lives until the run is done or ``kills`` died."""
    chance = random.Random(seed)
    for number in range(kills):
        seconds = chance.uniform(0.05, LONGEST_LIFE)
        killed = raise_one(run_name, seconds)
        say(number=number, seconds=round(seconds, 3), killed=killed)
        if not killed:
            return


def boundaries(run_name: str, steps: tuple[tuple[Any, str, str, int], ...]) -> None:
    """Kill one worker before and one after each step, the first and the second time it comes."""
    for owner, name, when, call in steps:
        killed = raise_one(run_name, 30.0, lambda: die(owner, name, when, call))  # noqa: B023
        step = f"{owner.__name__.rpartition('.')[2]}.{name}"
        say(step=step, when=when, call=call, killed=killed)


def main(run_name: str, mode: str, *numbers: str) -> None:
    """Kill as asked, then let one worker live to the end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    if mode == "instants":
        instants(run_name, *(int(number) for number in numbers))
    else:
        boundaries(run_name, MODES[mode])
    say(ended=not raise_one(run_name, None, lambda: setattr(loop, "share", lambda run_id: None)))


if __name__ == "__main__":
    main(*sys.argv[1:])
