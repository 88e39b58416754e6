"""Every row of a kind that did not go through is tried again, or looked at."""

from __future__ import annotations

from typing import Any

from ristoro.remedies import runs
from ristoro.staff import people
from ristoro.workers import mending, snags
from ristoro.workers.errands import Teller
from ristoro.workers.models import Act

RETRY, LOOK = "retry", "look"


def do_retry(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``, by name, ``act``, ``state`` and ``code``: which rows."""
    return _over(teller, mending.retry_all)


def do_look(teller: Teller) -> dict[str, Any]:
    """``params`` as for a retry; the state is unknown."""
    return _over(teller, mending.look_at_all)


def _over(teller: Teller, do: Any) -> dict[str, Any]:
    params = teller.params
    run, person = runs.named(str(params["run"])), people.find(teller.errand.person)
    act, state, code = Act(params["act"]), int(params["state"]), str(params["code"])
    kind = snags.counted(run.pk, act, state, code)
    teller.begin(teller.errand.kind, None if kind.more else kind.rows)
    rows = do(run, act, state, code, person, teller.clock, teller.advance)
    return {"run": run.name, "rows": rows}
