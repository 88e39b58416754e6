"""A decided run enters the database, and is proved from its inputs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ristoro import wiring
from ristoro.errands.deciders import deciders
from ristoro.errands.places import below, decisions, shelves
from ristoro.fulfilment import audit
from ristoro.kernel.keys import BUCKETS
from ristoro.notices.previews import refuse_findings
from ristoro.remedies import news, runs
from ristoro.remedies.models import Run, RunState
from ristoro.remedies.setting_aside import require_reason, set_aside
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.counted import tallies
from ristoro.workers.errands import Teller
from ristoro.workers.load import load, owed_rows
from ristoro.workers.models import Errand

ENTER, PROVE = "enter", "prove"


def ask_enter(
    folder: str, person: Person, key: str, at: datetime, despite: str = "", reason: str = ""
) -> Errand:
    """Have a decision entered as a run; ``NotAllowed`` but for operators.

    ``despite`` is the digest of a newer snapshot that is set aside, for a ``reason`` in words.
    """
    people.require(person, Role.OPERATOR)
    below(decisions(), folder)
    params = {"folder": folder}
    if despite:
        require_reason(reason)
        params |= {"despite": despite, "reason": reason.strip()}
    return errands.ask(ENTER, params, person, key, at)


def do_enter(teller: Teller) -> dict[str, Any]:
    """``params``: ``folder``, of a decision. The person who asked is the one who enters it.

    Refused whole where a letter of the run would have a link, and where its inputs have newer
    versions that make a difference; of the estate's, ``despite`` has the digest of the newer
    snapshot, and ``reason`` why it makes none. A load that was cut off goes on.
    """
    despite, reason = (str(teller.params.get(name) or "") for name in ("despite", "reason"))
    if despite:
        require_reason(reason)
    folder = below(decisions(), str(teller.params["folder"]))
    person = people.find(teller.errand.person)
    decided = runs.read_decided(folder)
    teller.begin("news", BUCKETS)
    found = news.refuse(folder, shelves(), {despite}, teller.advance)
    teller.begin("letters", BUCKETS)
    refuse_findings(decided, wiring.preview_desk(decided, teller.clock()), teller.advance)
    digest = decided.outcomes_digest
    begun = Run.objects.filter(outcomes_digest=digest, state=RunState.LOADING).first()
    run = begun or runs.enter(folder, person, teller.clock(), deciders(digest))
    if found.estate is not None and found.estate.digest == despite:
        set_aside(run, person, found.estate, reason, teller.clock())
    teller.begin("load", owed_rows(run))
    loaded = load(run, person, teller.clock(), teller.advance)
    return {"run": run.name, "grants": loaded.grants, "notices": loaded.notices}


def do_prove(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``, by name. Decided again from its inputs and compared, row by row."""
    run = runs.named(str(teller.params["run"]))
    teller.begin("prove", BUCKETS)
    found = [*audit.checks(run, teller.clock(), progress=teller.advance), tallies(run.pk)]
    return {
        "passed": all(one.passed for one in found),
        "checks": [{"name": c.name, "passed": c.passed, "found": c.found} for c in found],
    }
