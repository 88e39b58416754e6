"""Runs in the database: entered, approved by a second person, begun, paused, closed.

Every change is a compare-and-set on the state by ``models.MOVES`` and an entry of the journal in
the same transaction. ``approve`` is the only way to APPROVED.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel import frames
from ristoro.kernel.errors import Missing, NotAllowed, Place, Problem, bad_input, nearest
from ristoro.kernel.keys import BUCKET_SHIFT, RUN_SHIFT
from ristoro.remedies.columns import OUTCOMES
from ristoro.remedies.models import MOVES, Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_RUNS = 1 << (BUCKET_SHIFT - RUN_SHIFT)
"""Run ids stay below this, so that they fit into row ids."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decided run's directory, as ``decide`` left it."""

    directory: Path
    snapshot: Path
    snapshot_digest: str
    outage_digest: str
    policy_digest: str
    outcomes_digest: str
    totals: dict[str, Any]

    @property
    def outcomes(self) -> Path:
        return self.directory / "outcomes.parquet"

    @property
    def approval_total(self) -> str:
        """The one text that an approver retypes."""
        return str(self.totals["approval_total"])


def read_decided(directory: Path) -> Decided:
    """Read a run's directory; ``BadInput`` when a file is missing, unreadable or incomplete."""
    directory = directory.resolve()
    run = _read_json(directory / "run.json")
    totals = _read_json(directory / "totals.json")
    if not str(totals.get("approval_total", "")).strip():
        raise _incomplete(directory / "totals.json", "approval_total")
    return Decided(
        directory=directory,
        snapshot=Path(_text(run, directory, "snapshot")),
        snapshot_digest=_text(run, directory, "snapshot_digest"),
        outage_digest=_text(run, directory, "outage_digest"),
        policy_digest=_text(run, directory, "policy_digest"),
        outcomes_digest=_read(directory / "digest").strip(),
        totals=totals,
    )


def enter(directory: Path, person: Person, at: datetime) -> Run:
    """Enter a decided run, to be loaded; its name comes from its outcomes.

    ``NotAllowed`` unless the person is an operator, or when the same outcomes were entered before
    and not cancelled; ``BadInput`` when the outcomes are not those that were decided.
    """
    people.require(person, Role.OPERATOR)
    decided = read_decided(directory)
    check_outcomes(decided.outcomes, decided.outcomes_digest)
    with transaction.atomic():
        run = Run.objects.create(
            name=_free_name(decided),
            directory=str(decided.directory),
            snapshot_digest=decided.snapshot_digest,
            outage_digest=decided.outage_digest,
            policy_digest=decided.policy_digest,
            outcomes_digest=decided.outcomes_digest,
            totals=decided.totals,
            approval_total=decided.approval_total,
            state=RunState.LOADING,
            entered_by=person.name,
            entered_by_id=person.id,
            entered_at=at,
        )
        if run.pk >= MOST_RUNS:
            raise NotAllowed(
                Problem(
                    "runs-full",
                    f"there have been {MOST_RUNS} runs",
                    "run numbers are part of row ids, and have no more room there",
                    "start a new database",
                )
            )
        _journal(
            run,
            names.RUN_ENTERED,
            person,
            {
                "snapshot": decided.snapshot_digest,
                "outage": decided.outage_digest,
                "policy": decided.policy_digest,
                "outcomes": decided.outcomes_digest,
                "approval_total": decided.approval_total,
            },
            at,
        )
    return run


def named(name: str) -> Run:
    """The run of that name; ``Missing`` when there is none."""
    run = Run.objects.filter(name=name).first()
    if run is None:
        close = nearest(name, list(Run.objects.values_list("name", flat=True)))
        raise Missing(
            Problem(
                "no-run",
                f"there is no run {name!r}",
                "a decided run is entered by `ristoro load`",
                f"did you mean {close!r}?" if close else "check the name",
            )
        )
    return run


def owed_by_remedy(run: Run) -> dict[int, tuple[int, int]]:
    """What the run's totals say of each remedy that owes anything: grants, and their sum.

    ``BadInput`` when the totals do not say it.
    """
    sums: dict[int, tuple[int, int]] = {}
    try:
        for number, remedy in enumerate(run.totals["remedies"]):
            for line in remedy["owed"]:
                count, amount = sums.get(number, (0, 0))
                sums[number] = (count + line["count"], amount + line["amount"])
    except (KeyError, TypeError) as error:
        raise _incomplete(Path(run.directory) / "totals.json", "remedies") from error
    return sums


def loaded(run: Run, actor: Person, rows: int, at: datetime) -> Run:
    """All rows are in and agree with the totals: the run can be approved."""
    people.require(actor, Role.OPERATOR)
    with transaction.atomic():
        changed = _move(run, RunState.LOADED)
        _journal(changed, names.RUN_LOADED, actor, {"rows": rows}, at)
    return changed


def approve(run: Run, person: Person, retyped_total: str, at: datetime) -> Run:
    """Approve a loaded run: the second person, an approver, has retyped the total exactly.

    ``NotAllowed`` when the person is no approver, or is whoever entered the run, or when the
    total differs (spaces around it aside), or the run is not loaded. ``BadInput`` when the
    stored outcomes are not those that were entered.
    """
    people.require(person, Role.APPROVER)
    entered = Run.objects.get(pk=run.pk)
    people.require_another(person, entered.entered_by, entered.entered_by_id)
    if retyped_total.strip() != entered.approval_total:
        raise NotAllowed(
            Problem(
                "wrong-total",
                f"{retyped_total.strip()!r} is not the total of the run {entered.name}",
                f"the total is {entered.approval_total!r}; the run was not approved",
                "read the totals again, and retype the total exactly",
            )
        )
    check_outcomes(Path(entered.directory) / "outcomes.parquet", entered.outcomes_digest)
    with transaction.atomic():
        changed = _move(
            run,
            RunState.APPROVED,
            approved_by=person.name,
            approved_by_id=person.id,
            approved_at=at,
        )
        # Asked again behind the row's lock: neither the enterer nor the role changed meanwhile.
        people.require(person, Role.APPROVER)
        people.require_another(person, changed.entered_by, changed.entered_by_id)
        _journal(
            changed,
            names.RUN_APPROVED,
            person,
            {"approval_total": changed.approval_total, "outcomes": changed.outcomes_digest},
            at,
        )
    return changed


def cancel(run: Run, person: Person, reason: str, at: datetime) -> Run:
    """Cancel a run that has not begun to act; an operator's or an approver's word is enough."""
    if not reason.strip():
        raise NotAllowed(
            Problem("reason-missing", f"the run {run.name} was not cancelled",
                    "a cancelled run tells why", "give a reason")
        )  # fmt: skip
    people.require(person, Role.OPERATOR, Role.APPROVER)
    with transaction.atomic():
        changed = _move(run, RunState.CANCELLED)
        _journal(changed, names.RUN_CANCELLED, person, {"reason": reason.strip()}, at)
    return changed


def begin(run: Run, at: datetime, person: Person | None = None) -> Run:
    """Let workers act on an approved run; one that acts already is left as it is.

    What gives is the approval: beginning asks for the role only where a person is named.
    """
    if person is not None:
        people.require(person, Role.OPERATOR)
    with transaction.atomic():
        if Run.objects.filter(pk=run.pk, state=RunState.ACTING).exists():
            return Run.objects.get(pk=run.pk)
        changed = _move(run, RunState.ACTING)
        _journal(changed, names.RUN_BEGUN, person, {}, at)
    return changed


def set_rate(run: Run, per_second: int | None, at: datetime, person: Person | None = None) -> Run:
    """Let all workers together send at most so many letters a second; ``None``: as many as can."""
    if person is not None:
        people.require(person, Role.OPERATOR)
    with transaction.atomic():
        Run.objects.filter(pk=run.pk).update(rate_per_second=per_second)
        changed = Run.objects.get(pk=run.pk)
        _journal(changed, names.RATE_CHANGED, person, {"per_second": per_second}, at)
    return changed


def close(run: Run, person: Person, at: datetime) -> Run:
    """Close a run on which nothing is left to do, which the caller has made sure of."""
    people.require(person, Role.OPERATOR)
    with transaction.atomic():
        changed = _move(run, RunState.CLOSED, closed_at=at)
        _journal(changed, names.RUN_CLOSED, person, {}, at)
    return changed


def pause(run: Run, person: Person, at: datetime) -> Run:
    """Let no worker lease another chunk; what is leased is finished."""
    return _set_paused(run, person, True, at)


def resume(run: Run, person: Person, at: datetime) -> Run:
    """Let workers go on."""
    return _set_paused(run, person, False, at)


def check_outcomes(path: Path, digest: str) -> None:
    """Return when the file's outcomes have the digest; ``BadInput`` otherwise."""
    try:
        found = frames.digest_of_parquet(path, OUTCOMES.names)
    except (OSError, ValueError, KeyError) as error:  # pyarrow's own errors are ValueErrors
        raise bad_input(
            "unreadable-outcomes",
            "the outcomes cannot be read",
            str(error),
            "put the file back as it was decided, or decide again",
            Place(str(path)),
        ) from error
    if found != digest:
        raise bad_input(
            "changed-outcomes",
            f"the outcomes have the digest {found[:12]}…, not {digest[:12]}…",
            "they are not those that were decided, entered and shown",
            "put the file back as it was decided, or decide and enter the run again",
            Place(str(path)),
        )


def _move(run: Run, to: RunState, **also: Any) -> Run:
    """Compare-and-set; the run as it is afterwards, its row locked until the transaction ends."""
    sources = [before for before, after in MOVES if after is to]
    changed = Run.objects.filter(pk=run.pk, state__in=sources).update(state=to, **also)
    found = Run.objects.get(pk=run.pk)
    if changed != 1:
        raise NotAllowed(
            Problem(
                "wrong-state",
                f"the run {found.name} is {RunState(found.state).label.lower()}",
                f"only a run that is {' or '.join(s.label.lower() for s in sorted(sources))}"
                f" can become {to.label.lower()}",
                "see where it stands with `ristoro report`",
            )
        )
    return found


def _set_paused(run: Run, person: Person, paused: bool, at: datetime) -> Run:
    people.require(person, Role.OPERATOR)
    states = (RunState.APPROVED, RunState.ACTING)
    with transaction.atomic():
        changed = Run.objects.filter(pk=run.pk, state__in=states, paused=not paused).update(
            paused=paused
        )
        found = Run.objects.get(pk=run.pk)
        if changed != 1:
            is_so = "paused" if found.paused else "not paused"
            raise NotAllowed(
                Problem(
                    "wrong-state",
                    f"the run {found.name} is {RunState(found.state).label.lower()} and {is_so}",
                    "only an approved or acting run is paused and resumed, each once",
                    "nothing needs to be done",
                )
            )
        _journal(found, names.RUN_PAUSED if paused else names.RUN_RESUMED, person, {}, at)
    return found


def _free_name(decided: Decided) -> str:
    base = f"r{decided.outcomes_digest[:12]}"
    taken = list(Run.objects.filter(outcomes_digest=decided.outcomes_digest))
    for run in taken:
        if run.state != RunState.CANCELLED:
            raise NotAllowed(
                Problem(
                    "entered-already",
                    f"these outcomes are the run {run.name}, which is "
                    f"{RunState(run.state).label.lower()}",
                    "the same outcomes given twice would be given twice",
                    f"go on with {run.name}, or cancel it",
                )
            )
    return base if not taken else f"{base}-{len(taken) + 1}"


def _journal(
    run: Run, name: str, person: Person | None, data: dict[str, Any], at: datetime
) -> None:
    actor = person.name if person else "command"
    who = {"person": person.id if person else None}
    append(actor, name, f"run {run.pk}", {"run": run.name, **who, **data}, at)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise bad_input(
            "unreadable-run",
            f"{path.name} cannot be read",
            str(error),
            "name the folder that `ristoro decide` wrote",
            Place(str(path)),
        ) from error


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path))
    except json.JSONDecodeError as error:
        raise bad_input(
            "unreadable-run",
            f"{path.name} is not JSON: {error.msg}",
            "it was changed or cut after `ristoro decide` wrote it",
            "decide again",
            Place(str(path), error.lineno, error.colno),
        ) from error
    if not isinstance(value, dict):
        raise _incomplete(path, "{}")
    return value


def _text(run: dict[str, Any], directory: Path, field: str) -> str:
    value = run.get(field)
    if not isinstance(value, str) or not value:
        raise _incomplete(directory / "run.json", field)
    return value


def _incomplete(path: Path, field: str) -> Exception:
    return bad_input(
        "incomplete-run",
        f"{path.name} lacks {field}",
        "it was changed after `ristoro decide` wrote it, or written by another version",
        "decide again",
        Place(str(path), field=field),
    )
