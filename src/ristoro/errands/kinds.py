"""Every kind of errand, by the name under which it is asked for, and the process that does them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event

from ristoro.errands import (
    bank_files,
    books,
    closing,
    decisions,
    entering,
    estates,
    evidence,
    mending,
    policies,
    publishing,
    registering,
    renewing,
)
from ristoro.workers import errands
from ristoro.workers.errands import Doing, Teller

KINDS: Mapping[str, Doing] = {
    publishing.LETTERS: publishing.do_letters,
    registering.COUNT: registering.do_count,
    estates.KIND: estates.do,
    policies.KIND: policies.do,
    decisions.DECIDE: decisions.do_decide,
    decisions.COMPARE: decisions.do_compare,
    decisions.CHECK: decisions.do_check,
    decisions.DRAW: decisions.do_draw,
    entering.ENTER: entering.do_enter,
    entering.PROVE: entering.do_prove,
    renewing.NEWS: renewing.do,
    mending.RETRY: mending.do_retry,
    mending.LOOK: mending.do_look,
    closing.RECONCILE: closing.do_reconcile,
    closing.DRAW_UP: closing.do_draw_up,
    closing.CLOSE: closing.do_close,
    closing.WALK: closing.do_walk,
    evidence.IMPORT: evidence.do_import,
    evidence.COMPARE: evidence.do_compare,
    bank_files.READ: bank_files.do_read,
    bank_files.APPLY: bank_files.do_apply,
    books.EXPORT: books.do_export,
}
IDLE = 0.5
"""Seconds between two looks for an errand, where there is none."""


def run(
    owner: str,
    stop: Event,
    clock: Callable[[], datetime],
    seconds: Callable[[], float],
    until_idle: bool = False,
) -> int:
    """Do errands, one after another, until told to stop, or until there is none; how many."""
    done = 0
    while not stop.is_set():
        errand = errands.lease(owner, clock())
        if errand is None:
            if until_idle:
                break
            stop.wait(IDLE)
            continue
        errands.do(Teller(errand, clock, seconds, stop), KINDS[errand.kind])
        done += 1
    return done
