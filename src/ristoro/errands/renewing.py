"""Runs that have not begun are held against an estate that has just come, before anybody waits.

Whoever lets a run begin then finds what changed already compared, and answered at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ristoro.errands.places import shelves
from ristoro.kernel.keys import BUCKETS
from ristoro.remedies import news, runs
from ristoro.remedies.models import Run, RunState
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.errands import Teller

NEWS = "news"


def ask_of_all(teller: Teller, digest: str) -> None:
    """Have every run that has not begun compared with the snapshot that an errand brought."""
    one = teller.errand
    person = Person(one.person_id, one.person, frozenset())
    waiting = Run.objects.filter(state__in=(RunState.LOADED, RunState.APPROVED))
    for name in waiting.order_by("pk").values_list("name", flat=True):
        key = f"{NEWS} {name} {digest[:16]} {one.person_id}"
        errands.ask(NEWS, {"run": name}, person, key, teller.clock())


def do(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``, by name. What was found is remembered in its folder."""
    run = runs.named(str(teller.params["run"]))
    teller.begin("news", BUCKETS)
    found = news.since(Path(run.directory), shelves(), teller.advance)
    changed = found.estate.given.mailboxes if found.estate else 0
    return {"run": run.name, "changed": changed}
