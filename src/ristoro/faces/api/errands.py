"""Long works: how far they are, and dropping one. What asks for one answers with its number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from ristoro.faces.api.operations import Call, Leads, Made, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Fault, Figures, Instant, Nothing, Place, Shape
from ristoro.kernel.errors import Missing, Problem
from ristoro.staff.models import Role
from ristoro.workers import errands as work
from ristoro.workers.models import Errand, ErrandState

part = Part("errands", "Long works that were asked for: imports, decisions, entries, proofs.")

EVERYBODYS = (Role.OPERATOR, Role.AUDITOR)
"""Who may see what others asked for, as at the console's pages."""


LEADS: Leads = {name: {"id": "/id"} for name in ("get_errand", "cancel_errand")}
"""From the answer to whoever asks for one."""


class ErrandShown(Shape):
    """A long work. ``result`` is by its kind; ``problems`` are of one that failed."""

    id: int
    kind: str
    state: str
    step: str
    done: int
    total: int | None
    params: Figures
    result: Figures
    problems: list[Fault]
    asked_by: str
    asked_at: Instant
    begun_at: Instant | None
    ended_at: Instant | None


class Errands(Shape):
    """A part of the list, the newest first."""

    items: list[ErrandShown]
    next: str | None


def shown(errand: Errand) -> ErrandShown:
    """An errand as it is answered."""
    return ErrandShown(
        id=errand.pk,
        kind=errand.kind,
        state=ErrandState(errand.state).name.lower(),
        step=errand.step,
        done=errand.done,
        total=errand.total,
        params=errand.params,
        result=errand.result,
        problems=[_fault(one) for one in errand.problems],
        asked_by=errand.person,
        asked_at=errand.asked_at,
        begun_at=errand.begun_at,
        ended_at=errand.ended_at,
    )


def asked(errand: Errand) -> Made:
    """The answer to whoever asks for a long work."""
    return Made(shown(errand), f"errands/{errand.pk}")


@part.get("errands", takes=After, gives=Errands)
def list_errands(call: Call[After]) -> Errands:
    """List long works, the newest first.

    Operators and auditors see everybody's, others their own.
    """
    found = Errand.objects.order_by("-pk")
    if call.person.roles.isdisjoint(EVERYBODYS):
        found = found.filter(person_id=call.person.id)
    items, later = numbered(found, call.given, newest_first=True)
    return Errands(items=[shown(one) for one in items], next=later)


@part.get("errands/{id}", gives=ErrandShown)
def get_errand(call: Call[Nothing]) -> ErrandShown:
    """Show how far a long work is, how it ended and what came of it."""
    errand = Errand.objects.filter(pk=int(call.path["id"])).first()
    hidden = call.person.roles.isdisjoint(EVERYBODYS)
    if errand is None or (hidden and errand.person_id != call.person.id):
        raise Missing(
            Problem(
                "no-errand",
                f"there is no errand {call.path['id']} for you to see",
                "it was never asked for, or by somebody else",
                "look at the list",
            )
        )
    return shown(errand)


@part.post("errands/{id}/cancel", gives=ErrandShown)
def cancel_errand(call: Call[Nothing]) -> ErrandShown:
    """Drop a long work of one's own that has not ended; one that has stays as it is."""
    return shown(work.cancel(int(call.path["id"]), call.person, call.at))


def _fault(problem: Mapping[str, Any]) -> Fault:
    file = problem.get("file")
    place = {name: problem.get(name) for name in ("line", "column", "field")}
    return Fault(
        code=problem["code"],
        what=problem["what"],
        why=problem["why"],
        do=problem["todo"],
        place=Place(file=PurePath(file).name, **place) if file else None,
    )
