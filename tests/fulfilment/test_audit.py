"""Proving a run: each check holds on a true run and fails on the fault that it is for."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.db import connection
from tests.databases import Database
from tests.fulfilment import decided, stage
from tests.fulfilment.stage import AT

from ristoro.fulfilment import audit
from ristoro.fulfilment.audit import Check
from ristoro.fulfilment.consent import Said, Silence, answer
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.journal.models import Detail
from ristoro.kernel.errors import BadInput
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run
from ristoro.remedies.runs import Decided
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Tally
from ristoro.workers.shift import keep


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    grants = [
        *(stage.storage(box, GrantState.VERIFIED) for box in range(1, 40)),
        *(stage.extension(box) for box in range(30, 50)),
    ]
    fields = decided.write(tmp_path / "run", grants, range(1, 60))
    digests = {"snapshot_digest": "s", "outage_digest": "o", "policy_digest": "p"}
    run = stage.run(**fields, **digests)
    stage.load(run, grants)
    Notice.objects.bulk_create(
        Notice(
            id=box,
            run_id=run.id,
            mailbox_id=box,
            bucket=0,
            address="",
            brand="libero",
            locale="it",
            kind=1,
            state=NoticeState.VERIFIED,
            result="",
            body_hash="",
        )
        for box in range(1, 50)
    )
    said = Said(True, "webmail", "session", None, AT)
    for box in (41, 42):
        grant_id = Grant.objects.get(mailbox_id=box).id
        no = Said(False, "webmail", "session", None, AT)
        answer(run, grant_id, said if box == 41 else no, Silence.GIVE, keep)
    return run


def again(inputs: Decided, out: Path) -> str:
    """Stands for deciding: hands back what was decided, copied."""
    table = pq.read_table(inputs.outcomes)
    pq.write_table(table, out / "outcomes.parquet")
    return (inputs.directory / "digest").read_text().strip()


def failed(run: Run) -> list[str]:
    found: list[Check] = list(audit.checks(run, AT, redo=again))
    assert len(found) == 8
    return [check.name for check in found if not check.passed]


def test_a_true_run_passes_every_check(run: Run) -> None:
    assert failed(run) == []
    seen: list[int] = []
    check = audit.rows(run, audit.read_decided(Path(run.directory)), seen.append)
    assert check.found == "59 grants equal their outcomes"
    assert sum(seen) == 1024


def change(**fields: object) -> Callable[[Run], object]:
    return lambda run: Grant.objects.filter(mailbox_id=5).update(**fields)


FAULTS: list[tuple[Callable[[Run], object], list[str]]] = [
    (change(target=1), ["rows"]),
    (change(base=None), ["rows"]),
    (change(until=AT.date()), ["rows"]),
    (change(amount=1), ["rows", "figures"]),
    (lambda run: Grant.objects.filter(mailbox_id=5).delete(), ["rows", "figures"]),
    (lambda run: Grant.objects.filter(mailbox_id=41).update(state=GrantState.LAPSED), ["answers"]),
    (
        lambda run: Grant.objects.filter(mailbox_id=43).update(state=GrantState.DECLINED),
        ["answers"],
    ),
    (lambda run: Answer.objects.filter(mailbox_id=42).update(yes=True), ["answers"]),
    (lambda run: Notice.objects.filter(mailbox_id=7).delete(), ["figures"]),
    (lambda run: setattr(run, "policy_digest", "other"), ["inputs"]),
    (lambda run: setattr(run, "outcomes_digest", "other"), ["outcomes", "decided again"]),
    (lambda run: setattr(run, "approved_by", run.entered_by), ["two people"]),
]


@pytest.mark.parametrize(("fault", "checks"), FAULTS)
def test_each_fault_is_found_by_the_check_that_is_for_it(
    run: Run, fault: Callable[[Run], object], checks: list[str]
) -> None:
    fault(run)
    assert failed(run) == checks


def test_an_edited_journal_is_found(run: Run) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
    Detail.objects.filter(number=1).update(data={"yes": False})
    assert failed(run) == ["journal"]


def test_a_run_whose_directory_is_gone_cannot_be_proved(run: Run) -> None:
    (Path(run.directory) / "run.json").write_text(json.dumps({}))
    with pytest.raises(BadInput, match="incomplete-run"):
        failed(run)


def test_inputs_that_can_no_longer_be_read_fail_the_check_and_stop_nothing(run: Run) -> None:
    found = {check.name: check for check in audit.checks(run, AT)}
    assert not found["decided again"].passed
    assert found["journal"].passed


def test_tallies_are_counted_anew(run: Run) -> None:
    assert [one.act.name for one in miscounts(run.id)] == ["NOTICES"]  # loaded here without tallies
    Tally.objects.filter(state=GrantState.PLANNED).update(rows=5)
    [wrong] = [one for one in miscounts(run.id) if one.state == GrantState.PLANNED][:1]
    assert (wrong.tallied, wrong.counted) == ((5, 6), (1, 6))
