"""A policy is decided over an estate and an outage; two versions of one are compared."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ristoro import wiring
from ristoro.errands.places import below, decisions, estates, outages, policies
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, Missing, bad_input
from ristoro.kernel.keys import BUCKETS
from ristoro.notices import showing
from ristoro.outages.declare import read_outage
from ristoro.remedies import runs
from ristoro.remedies.comparing.against import against
from ristoro.remedies.comparing.diff import diff
from ristoro.remedies.decided import Decided, read_decided
from ristoro.remedies.deciding import decide
from ristoro.remedies.folder import again, preview, whole_files
from ristoro.remedies.folder.run_folder import read_record
from ristoro.remedies.language.check import load_policy
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.errands import Teller
from ristoro.workers.models import Errand

DECIDE, COMPARE, CHECK, DRAW = "decide", "compare", "check", "draw"

PROVERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.FINANCE)
"""Who may have a decision proved, which gives nothing and tells nobody's name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What to decide: plain names of files in the installation's folders."""

    snapshot: str
    outage: str
    version: int
    policy: str
    until: datetime | None = None
    """When an outage that is still going is taken to have ended."""


def ask_decide(choice: Choice, person: Person, key: str, at: datetime) -> Errand:
    """Have a policy decided; ``NotAllowed`` but for operators, ``Missing`` for what is not there.

    ``BadInput`` where the outage is still going and nobody said until when to count.
    """
    people.require(person, Role.OPERATOR)
    below(estates(), choice.snapshot)
    below(policies(), choice.policy)
    outage = read_outage(below(below(outages(), choice.outage), f"v{choice.version}.yaml"))
    if outage.end is None and choice.until is None:
        raise bad_input(
            "still-going",
            f"the outage {outage.name} has no end yet",
            "what is owed would depend on when it is asked",
            "wait for its end, or say until when to count",
        )
    params: dict[str, Any] = {
        "snapshot": choice.snapshot,
        "outage": choice.outage,
        "version": choice.version,
        "policy": choice.policy,
    }
    if outage.end is None and choice.until is not None:
        params["until"] = choice.until.isoformat()
    return errands.ask(DECIDE, params, person, key, at)


def ask_compare(folder: str, new: str, person: Person, key: str, at: datetime) -> Errand:
    """Have a decision held against another policy; ``NotAllowed`` but for operators."""
    people.require(person, Role.OPERATOR)
    below(decisions(), folder)
    below(policies(), new)
    return errands.ask(COMPARE, {"folder": folder, "new": new}, person, key, at)


def ask_check(folder: str, person: Person, key: str, at: datetime) -> Errand:
    """Have a decision proved; ``NotAllowed`` for agents and examiners."""
    people.require(person, *PROVERS)
    below(decisions(), folder)
    return errands.ask(CHECK, {"folder": folder}, person, key, at)


def ask_draw(run: str, person: Person, key: str, at: datetime) -> Errand:
    """Have samples and letters written of a run that was decided by the command."""
    people.require(person, Role.OPERATOR)
    return errands.ask(DRAW, {"run": runs.named(run).name}, person, key, at)


def do_decide(teller: Teller) -> dict[str, Any]:
    """``params``: ``snapshot``, ``outage`` and its ``version``, ``policy``; ``until`` if wanted.

    The folder of the decision is named after the digest of its inputs and outcomes together: the
    same again is the same. Its preview and its letters stand in it before anybody sees it.
    """
    params = teller.params
    snapshot, outage = below(estates(), str(params["snapshot"])), _outage(teller)
    policy = below(policies(), str(params["policy"]))
    until = params.get("until")
    teller.begin("decide", open_snapshot(snapshot).rows * len(load_policy(policy).remedies))
    decisions().mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".deciding-", dir=decisions()))
    try:
        made = decide.decide(
            snapshot,
            outage,
            policy,
            work / "run",
            until=clock.parse_instant(until) if until else None,
            progress=teller.advance,
        )
        _draw(teller, made.folder)
        teller.begin("check", None)
        final = decisions() / preview.identity(read_record(made.folder))
        if not final.exists():
            made.folder.rename(final)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    record = read_record(final)
    whole_files.prove(
        open_snapshot(Path(record["snapshot"])),
        final / decide.OUTCOMES,
        made.digest,
        teller.clock(),
    )
    return {"folder": final.name, "digest": made.digest, "totals": made.totals}


def do_draw(teller: Teller) -> dict[str, Any]:
    """``params``: ``run``, by name, that was decided without a preview, or with an older one."""
    run = runs.named(str(teller.params["run"]))
    _draw(teller, Path(run.directory))
    return {"run": run.name}


def do_compare(teller: Teller) -> dict[str, Any]:
    """``params``: ``folder``, of a decision, and ``new``, the policy to hold it against.

    Or as for a decision, with the policy as ``old`` and as ``new``.
    """
    params = teller.params
    new = below(policies(), str(params["new"]))
    if "folder" in params:
        folder = below(decisions(), str(params["folder"]))
        sides = (folder / decide.POLICY, new)
        teller.begin("compare", _rows(Path(read_record(folder)["snapshot"]), *sides))
        return {"folder": folder.name, "against": against(folder, new, teller.advance)}
    snapshot, outage = below(estates(), str(params["snapshot"])), _outage(teller)
    old = below(policies(), str(params["old"]))
    until = params.get("until")
    teller.begin("compare", _rows(snapshot, old, new))
    found = diff(
        old,
        new,
        snapshot,
        outage,
        None,
        until=clock.parse_instant(until) if until else None,
        progress=teller.advance,
    )
    return found.as_dict()


def do_check(teller: Teller) -> dict[str, Any]:
    """``params``: ``folder``, of a decision. Its files are read whole, and it is decided again."""
    folder = below(decisions(), str(teller.params["folder"]))
    teller.begin("prove", _rows(Path(read_record(folder)["snapshot"]), folder / decide.POLICY))
    found = again.prove(folder, teller.clock(), teller.advance)
    return {"folder": folder.name, "passed": found.passed}


def _draw(teller: Teller, folder: Path) -> None:
    """Write what pages show of a decision, so that they read no large file."""
    teller.begin("draw", BUCKETS)
    preview.write(folder, teller.advance)
    teller.begin("letters", BUCKETS)
    preview.put(folder / showing.LETTERS, _letters(read_decided(folder), teller))


def _letters(decided: Decided, teller: Teller) -> dict[str, Any]:
    try:
        desk = wiring.preview_desk(decided, teller.clock())
    except (
        BadInput,
        Missing,
    ) as error:  # no keys yet: decided all the same, and refused when entered
        return showing.why_none(decided, error)
    return showing.told(decided, desk, teller.advance)


def _rows(snapshot: Path, *policies_: Path) -> int:
    remedies = sum(len(load_policy(each).remedies) for each in policies_)
    return open_snapshot(snapshot).rows * remedies


def _outage(teller: Teller) -> Path:
    home = below(outages(), str(teller.params["outage"]))
    return below(home, f"v{int(teller.params['version'])}.yaml")
