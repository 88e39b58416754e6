"""Proving a run from its inputs: decided again, compared row by row, its journal walked.

Each check says what was compared and, where it fails, the first places where to look. None of
them changes anything, and none trusts a figure that another check could have computed.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Q

from ristoro.fulfilment.alternatives import CHOSE_OTHER, TAKEN, instead_of
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.fulfilment.report import reading, report, step
from ristoro.journal.verify import verify as walk_journal
from ristoro.kernel import frames
from ristoro.kernel.clock import instant
from ristoro.kernel.errors import RistoroError
from ristoro.kernel.keys import BUCKETS, row_bounds
from ristoro.remedies.columns import KINDS, OUTCOMES
from ristoro.remedies.deciding import decide
from ristoro.remedies.models import Run
from ristoro.remedies.runs import Decided, read_decided

BUCKETS_AT_ONCE = 16
MOST_NAMED = 5

_FIGURES = pa.schema(
    [
        pa.field("bucket", pa.int16()),
        pa.field("mailbox_id", pa.int64()),
        pa.field("remedy", pa.int16()),
        pa.field("kind", pa.int16()),
        pa.field("amount", pa.int64()),
        pa.field("currency", pa.string()),
        pa.field("base", pa.int64()),
        pa.field("target", pa.int64()),
        pa.field("base_until", pa.date32()),
        pa.field("until", pa.date32()),
        pa.field("deadline", pa.date32()),
    ]
)

Progress = Callable[[int], None]
Redo = Callable[[Decided, Path], str]
"""Decide the run again from its recorded inputs, into a folder; the digest of the outcomes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was compared: its name, whether it held, and what was found."""

    name: str
    passed: bool
    found: str


def decide_again(decided: Decided, out: Path) -> str:
    """``Redo`` by deciding: from the texts beside the outcomes and the snapshot they name."""
    record = json.loads((decided.directory / decide.RUN).read_text(encoding="utf-8"))
    until, facts = record.get("until_us"), record.get("facts")
    return decide.decide(
        decided.snapshot,
        decided.directory / decide.OUTAGE,
        decided.directory / decide.POLICY,
        out / "run",
        facts=decided.directory / facts if facts else None,
        until=None if until is None else instant(until),
    ).digest


def checks(
    run: Run,
    at: datetime,
    *,
    redo: Redo = decide_again,
    progress: Progress = lambda buckets: None,
) -> Iterator[Check]:
    """Every check of the run, in order; ``BadInput`` where its directory cannot be read."""
    decided = read_decided(Path(run.directory))
    yield inputs(run, decided)
    yield outcomes(run, decided)
    yield decided_again(run, decided, redo)
    yield rows(run, decided, progress)
    yield figures(run, at)
    yield answers(run)
    yield two_people(run)
    yield journal()


def inputs(run: Run, decided: Decided) -> Check:
    """The directory speaks of the same snapshot, outage and policy as the run."""
    pairs = (
        ("snapshot", run.snapshot_digest, decided.snapshot_digest),
        ("outage", run.outage_digest, decided.outage_digest),
        ("policy", run.policy_digest, decided.policy_digest),
    )
    wrong = [name for name, mine, its in pairs if mine != its]
    return Check(
        "inputs",
        not wrong,
        f"other than was entered: {', '.join(wrong)}" if wrong else "as entered",
    )


def outcomes(run: Run, decided: Decided) -> Check:
    """The outcomes file has the digest that was entered and approved."""
    digest = frames.digest_of_parquet(decided.outcomes, OUTCOMES.names)
    return Check("outcomes", digest == run.outcomes_digest, f"digest {digest}")


def decided_again(run: Run, decided: Decided, redo: Redo) -> Check:
    """The same inputs decided now give the same outcomes."""
    with tempfile.TemporaryDirectory(prefix="ristoro-verify-") as folder:
        try:
            digest = redo(decided, Path(folder))
        except RistoroError as error:
            return Check("decided again", False, str(error))
    return Check("decided again", digest == run.outcomes_digest, f"digest {digest}")


def rows(run: Run, decided: Decided, progress: Progress = lambda buckets: None) -> Check:
    """Each bucket's grants carry, figure by figure, what its outcomes say."""
    differing = []
    count = 0
    with reading(decided.outcomes) as con:
        for first in range(0, BUCKETS, BUCKETS_AT_ONCE):
            bounds = [first, first + BUCKETS_AT_ONCE, list(KINDS)]
            owed = con.sql(step("13_owed.sql"), params=bounds).to_arrow_table().cast(_FIGURES)
            loaded = _loaded(run, first, first + BUCKETS_AT_ONCE)
            count += len(loaded)
            if _digest(owed) != _digest(loaded):
                differing += [
                    bucket
                    for bucket in range(first, first + BUCKETS_AT_ONCE)
                    if _digest(_of(owed, bucket)) != _digest(_of(loaded, bucket))
                ]
            progress(BUCKETS_AT_ONCE)
    found = f"{count} grants equal their outcomes"
    if differing:
        named = ", ".join(map(str, differing[:MOST_NAMED]))
        found = (
            f"{len(differing)} buckets differ: {named}{' …' if len(differing) > MOST_NAMED else ''}"
        )
    return Check("rows", not differing, found)


def figures(run: Run, at: datetime) -> Check:
    """The closing statement's parts equal its totals."""
    wrong = report(run, at).discrepancies
    found = "; ".join(
        f"{one.code}{'' if one.remedy_no is None else f' of remedy {one.remedy_no}'}:"
        f" {one.expected} and {one.found}"
        for one in wrong
    )
    return Check("figures", not wrong, found or "parts equal totals")


def answers(run: Run) -> Check:
    """Every answer stands beside a grant that it explains."""
    yes = (GrantState.WAITING, GrantState.DECLINED, GrantState.LAPSED)
    wrong = []
    for answer in Answer.objects.filter(run_id=run.id).order_by("mailbox_id").iterator():
        grant = Grant.objects.filter(
            mailbox_id=answer.mailbox_id, run_id=run.id, remedy=answer.remedy
        ).first()
        fits = grant is not None and (
            grant.state not in yes if answer.yes else grant.state == GrantState.DECLINED
        )
        if not fits:
            wrong.append(answer.mailbox_id)
    wrong.extend(_stood_back_for_nothing(run))
    passed_over = Q(result__startswith=CHOSE_OTHER)
    declined = (
        Grant.objects.filter(run_id=run.id, state=GrantState.DECLINED).exclude(passed_over).count()
    )
    noes = Answer.objects.filter(run_id=run.id, yes=False).count()
    if declined != noes:
        return Check("answers", False, f"{declined} grants declined and {noes} noes recorded")
    found = f"mailboxes {', '.join(map(str, wrong[:MOST_NAMED]))} do not fit" if wrong else "fit"
    return Check("answers", not wrong, found)


def _stood_back_for_nothing(run: Run) -> Iterator[int]:
    """Mailboxes in which a grant stands back for another that was not given."""
    stood_back = Grant.objects.filter(
        run_id=run.id, state=GrantState.DECLINED, result__startswith=CHOSE_OTHER
    )
    for grant in stood_back.order_by("id").iterator():
        instead = instead_of(grant.result)
        beside = Grant.objects.filter(mailbox_id=grant.mailbox_id, run_id=run.id)
        given = beside.filter(state__in=[*TAKEN, GrantState.REVERSED])
        if instead is None or not given.filter(remedy=instead).exists():
            yield grant.mailbox_id


def two_people(run: Run) -> Check:
    """Nobody approved what the same person entered."""
    if not run.approved_by:
        return Check("two people", True, "not approved yet")
    same = run.approved_by == run.entered_by or (
        run.approved_by_id is not None and run.approved_by_id == run.entered_by_id
    )
    return Check(
        "two people", not same, f"entered by {run.entered_by}, approved by {run.approved_by}"
    )


def journal() -> Check:
    """The journal's chain is whole."""
    walked = walk_journal()
    if walked.problem is not None:
        return Check("journal", False, walked.problem.what)
    return Check("journal", True, f"{walked.entries} entries, {walked.shredded} shredded")


def _loaded(run: Run, first: int, end: int) -> pa.Table:
    """The grants of the buckets from ``first`` to before ``end``, ordered as the outcomes are."""
    lo, hi = row_bounds(first, run.id)[0], row_bounds(end - 1, run.id)[1]
    values: list[tuple[Any, ...]] = list(
        Grant.objects.filter(id__gte=lo, id__lt=hi, run_id=run.id)
        .order_by("bucket", "mailbox_id", "remedy")
        .values_list(*_FIGURES.names)
    )
    columns = zip(*values, strict=True) if values else [()] * len(_FIGURES.names)
    return pa.table(
        [pa.array(column, kind) for column, kind in zip(columns, _FIGURES.types, strict=True)],
        schema=_FIGURES,
    )


def _of(table: pa.Table, bucket: int) -> pa.Table:
    return table.filter(pc.equal(table.column("bucket"), bucket))


def _digest(table: pa.Table) -> str:
    return frames.digest_of_table(table.combine_chunks().to_batches(), _FIGURES.names)
