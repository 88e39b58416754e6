"""How far a run is, and what did not go through."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from ristoro.errands.mending import RETRY
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Made, Part
from ristoro.faces.api.paging import number_of
from ristoro.faces.api.shapes import After, Instant, Nothing, Shape
from ristoro.fulfilment.models import GrantState
from ristoro.kernel.errors import bad_input
from ristoro.notices.models import NoticeState
from ristoro.remedies import runs
from ristoro.remedies.models import RunState
from ristoro.staff.models import Role
from ristoro.workers import errands as work
from ristoro.workers import snags
from ristoro.workers.models import Act
from ristoro.workers.progress import progress as tallied

part = Part("progress", "How far runs are, and what of them did not go through.")

STATES = {Act.GRANTS: GrantState, Act.NOTICES: NoticeState}
ACTS = {"grants": Act.GRANTS, "notices": Act.NOTICES}
ActName = Literal["grants", "notices"]


class StateRows(Shape):
    """So many rows stand in a state."""

    state: str
    rows: int


class ActProgress(Shape):
    """One act of a run: all that workers can do, how much of it has ended, what waits."""

    act: ActName
    rows: int
    ended: int
    waiting: int
    states: list[StateRows]


class RunProgress(Shape):
    """How far a run is."""

    run: str
    state: str
    paused: bool
    acts: list[ActProgress]


class Snagged(Shape):
    """So many rows did not go through for one reason; ``more`` where not all were counted."""

    act: ActName
    state: str
    code: str
    rows: int
    open: int
    more: bool


class Exceptions(Shape):
    """Everything that did not go through, by what stood against it."""

    run: str
    items: list[Snagged]


class WhichRows(After):
    """Of which exception the rows are asked for."""

    act: ActName
    state: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,20}$")]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class WhichKind(Shape):
    """Which exception, as the list of them has it."""

    act: ActName
    state: Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,20}$")]
    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,100}$")]


class ExceptionRow(Shape):
    """One row that did not go through; the desk and the console show whose it is."""

    row: int
    at: Instant
    handled_at: Instant | None


class ExceptionRows(Shape):
    """A part of the rows of an exception."""

    items: list[ExceptionRow]
    next: str | None


@part.get("runs/{name}/progress", gives=RunProgress)
def get_progress(call: Call[Nothing]) -> RunProgress:
    """Show how far a run is, from its tallies: cheap at any size."""
    run = runs.named(call.path["name"])
    acts = [
        ActProgress(
            act=_act(line.act),
            rows=line.rows,
            ended=line.ended,
            waiting=line.waiting,
            states=[
                StateRows(state=_word(line.act, state), rows=rows)
                for state, rows in sorted(line.by_state.items())
                if rows
            ],
        )
        for line in tallied(run.pk)
    ]
    state = RunState(run.state).name.lower()
    return RunProgress(run=run.name, state=state, paused=run.paused, acts=acts)


@part.get("runs/{name}/exceptions", gives=Exceptions)
def list_exceptions(call: Call[Nothing]) -> Exceptions:
    """List what did not go through, by act, state and reason."""
    run = runs.named(call.path["name"])
    found = [
        Snagged(
            act=_act(one.act),
            state=_word(one.act, one.state),
            code=one.code,
            rows=one.rows,
            open=one.open,
            more=one.more,
        )
        for act in ACTS.values()
        for one in snags.kinds(run.pk, act)
    ]
    return Exceptions(run=run.name, items=found)


@part.get("runs/{name}/exceptions/rows", takes=WhichRows, gives=ExceptionRows)
def list_exception_rows(call: Call[WhichRows]) -> ExceptionRows:
    """List the rows of one exception, in order."""
    run, given = runs.named(call.path["name"]), call.given
    act = ACTS[given.act]
    state = next((one for one in snags.STATES[act] if _word(act, one) == given.state), None)
    after = number_of(given.after)
    start = -1 if after is None else after
    found = (
        [] if state is None else snags.page(run.pk, act, state, given.code, start, given.limit + 1)
    )
    more, found = len(found) > given.limit, found[: given.limit]
    rows = [ExceptionRow(row=one.row_id, at=one.at, handled_at=one.handled_at) for one in found]
    return ExceptionRows(items=rows, next=str(found[-1].row_id) if more else None)


@part.post("runs/{name}/exceptions/retry", Role.OPERATOR, takes=WhichKind, gives=ErrandShown,
           status=202, leads=LEADS)  # fmt: skip
def retry_exceptions(call: Call[WhichKind]) -> Made:
    """Have every row of an exception tried again, where that gives nothing twice: a long work."""
    run, given = runs.named(call.path["name"]), call.given
    act = ACTS[given.act]
    state = next((one for one in snags.STATES[act] if _word(act, one) == given.state), None)
    if state is None:
        raise bad_input(
            "wrong-value",
            f"{given.state!r} is no state of a row that did not go through",
            f"they are {', '.join(_word(act, one) for one in snags.STATES[act])}",
            "choose one of the list of exceptions",
        )
    params = {"run": run.name, "act": int(act), "state": int(state), "code": given.code}
    return asked(work.ask(RETRY, params, call.person, call.errand_key, call.at))


def _act(act: Act) -> ActName:
    return "grants" if act is Act.GRANTS else "notices"


def _word(act: Act, state: int) -> str:
    return STATES[act](state).name.lower().replace("_", "-")
