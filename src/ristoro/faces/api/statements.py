"""Closing a run: reading the world again, the report that is kept, and the closing."""

from __future__ import annotations

from ristoro.errands import closing as works
from ristoro.faces.api.errands import LEADS, ErrandShown, asked
from ristoro.faces.api.operations import Call, Made, Part, Raw
from ristoro.faces.api.shapes import Nothing
from ristoro.fulfilment import closing
from ristoro.kernel.errors import Missing, Problem
from ristoro.remedies import runs
from ristoro.staff.models import Role
from ristoro.workers import errands as work

part = Part("closing", "Reading the world again, the report that is kept, and the closing.")


@part.post(
    "runs/{name}/reconcile", Role.OPERATOR, Role.FINANCE, gives=ErrandShown, status=202, leads=LEADS
)
def reconcile_run(call: Call[Nothing]) -> Made:
    """Read every made remedy back from the world, and draw the report up: a long work."""
    params = {"run": runs.named(call.path["name"]).name}
    return asked(work.ask(works.RECONCILE, params, call.person, call.errand_key, call.at))


@part.post("runs/{name}/close", Role.OPERATOR, gives=ErrandShown, status=202, leads=LEADS)
def close_run(call: Call[Nothing]) -> Made:
    """Close a run: a long work, which is refused while anything is left to do."""
    params = {"run": runs.named(call.path["name"]).name}
    return asked(work.ask(works.CLOSE, params, call.person, call.errand_key, call.at))


@part.get("runs/{name}/statement", media="application/json")
def get_statement(call: Call[Nothing]) -> Raw:
    """Show the last report of a run as it is kept: the closing statement and what it stands on.

    Its SHA-256 is its name in the journal. `reconcile` and `close` draw one up.
    """
    run = runs.named(call.path["name"])
    kept = closing.latest(run)
    body = None if kept is None else closing.as_kept(run, kept.digest)
    if body is None:
        raise Missing(
            Problem(
                "no-report",
                f"no report of {run.name} was drawn up yet",
                "it counts every row, which is a work of its own",
                "ask for one by `reconcile`",
            )
        )
    return Raw(body.encode(), "application/json")
