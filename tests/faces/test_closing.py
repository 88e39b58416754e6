"""Closing: the world is read again, differences are handled with a reason, the report is kept."""

from __future__ import annotations

import hashlib
import json

import pytest
from tests.faces import ended
from tests.faces.ended import DAY, LATER, World, done
from tests.faces.programme import AT, Programme

from ristoro.fulfilment import closing, mismatches
from ristoro.fulfilment.models import Grant, GrantKind, GrantState, Mismatch
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies.models import Run, RunState
from ristoro.workers.models import ErrandState


@pytest.fixture
def run(programme: Programme) -> Run:
    return ended.end(programme)


@pytest.fixture
def world(run: Run, monkeypatch: pytest.MonkeyPatch) -> World:
    return ended.world_of(run, monkeypatch)


def spoil(world: World, run: Run, many: int = 1) -> list[Grant]:
    """Some mailboxes have another limit than was given."""
    grants = Grant.objects.filter(run=run, state=GrantState.VERIFIED, kind=GrantKind.STORAGE)
    chosen = list(grants.order_by("id")[:many])
    for grant in chosen:
        world.host.limits[grant.address] = 1024
    return chosen


# What stands against closing


def test_a_run_is_closed_after_a_full_reading_and_keeps_its_report(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    olga = programme.staff["Olga"]
    refused = done(olga, "close", run=run.name)
    assert refused.state == ErrandState.FAILED
    assert [one["code"] for one in refused.problems] == ["not-ended"]
    assert "no full reading" in refused.problems[0]["why"]
    read = done(olga, "reconcile", run=run.name)
    assert read.problems == []
    made = Grant.objects.filter(run=run, state=GrantState.VERIFIED).count()
    assert (read.result["agreed"], read.result["obstacles"]) == (made, {})
    closed = done(olga, "close", run=run.name)
    assert closed.problems == []
    assert programme.run.state == RunState.CLOSED
    kept = closing.latest(run)
    assert kept is not None
    assert (kept.digest, kept.statement.state) == (closed.result["report"], "closed")
    text = closing.as_kept(run, kept.digest)
    assert text is not None
    assert hashlib.sha256(text.encode()).hexdigest() == kept.digest
    assert kept.texts["it"].startswith("RENDICONTO FINALE")
    assert kept.texts["en"].startswith("CLOSING STATEMENT")
    entry = Entry.objects.get(name="remedies.run.closed")
    assert Detail.objects.get(number=entry.number).data["report"] == kept.digest


def test_only_an_operator_closes(programme: Programme, run: Run, world: World) -> None:
    del world
    done(programme.staff["Olga"], "reconcile", run=run.name)
    refused = done(programme.staff["Ivo"], "close", run=run.name)
    assert [one["code"] for one in refused.problems] == ["role-missing"]
    assert programme.run.state == RunState.ACTING


def test_a_run_with_a_row_that_has_not_ended_stays_open(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    olga = programme.staff["Olga"]
    lapsed = Grant.objects.get(run=run, state=GrantState.LAPSED)
    Grant.objects.filter(pk=lapsed.pk).update(state=GrantState.WAITING)
    assert done(olga, "reconcile", run=run.name).result["obstacles"] == {"waiting-for-yes": 1}
    assert "wait for the holder" in done(olga, "close", run=run.name).problems[0]["why"]


def test_what_was_made_after_the_reading_is_to_be_read(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    done(programme.staff["Olga"], "reconcile", run=run.name)
    one = Grant.objects.filter(run=run, state=GrantState.VERIFIED).order_by("id")[0]
    Grant.objects.filter(pk=one.pk).update(since=LATER + DAY)
    drawn = done(programme.staff["Olga"], "draw-up", run=run.name)
    assert drawn.result["obstacles"] == {"not-reconciled": 1}


# What was read otherwise


def test_each_difference_is_handled_with_a_reason_before_closing(
    programme: Programme, run: Run, world: World
) -> None:
    olga = programme.staff["Olga"]
    first, second, third = spoil(world, run, 3)
    del world.host.limits[third.address]
    found = done(olga, "reconcile", run=run.name)
    assert (found.result["differed"], found.result["unreadable"]) == (3, 0)
    assert found.result["obstacles"] == {"mismatches": 3}
    assert [(one.code, one.count, one.open) for one in mismatches.kinds(run)] == [
        ("not-as-given", 2, 2),
        ("no-mailbox", 1, 1),
    ]
    with pytest.raises(NotAllowed, match="reason-missing"):
        mismatches.handle(run, olga, "  ", LATER, code="no-mailbox")
    with pytest.raises(NotAllowed, match="role-missing"):
        mismatches.handle(run, programme.staff["Gina"], "gone", LATER, code="no-mailbox")
    assert mismatches.handle(run, olga, "closed by its holder", LATER, code="no-mailbox") == 1
    chosen = [Mismatch.objects.get(mailbox_id=first.mailbox_id).pk]
    assert mismatches.handle(run, olga, "an upgrade", LATER, ids=chosen) == 1
    assert mismatches.handle(run, olga, "again", LATER, ids=chosen) == 0
    assert "1 remedies read back otherwise" in done(olga, "close", run=run.name).problems[0]["why"]
    mismatches.handle(run, olga, "an upgrade", LATER, code="not-as-given")
    closed = done(olga, "close", run=run.name)
    assert closed.problems == []
    kept = closing.latest(run)
    assert kept is not None
    assert "3 of them stay as they are" in kept.texts["en"]
    del second


def test_a_reason_stands_until_something_else_is_read(
    programme: Programme, run: Run, world: World
) -> None:
    olga = programme.staff["Olga"]
    first, second = spoil(world, run, 2)
    done(olga, "reconcile", run=run.name)
    mismatches.handle(run, olga, "an upgrade", LATER, code="not-as-given")
    del world.host.limits[first.address]
    world.host.limits[second.address] = second.target or 0
    again = done(olga, "reconcile", LATER + DAY, run=run.name)
    assert again.result["obstacles"] == {"mismatches": 1}
    one = Mismatch.objects.get()
    assert (one.mailbox_id, one.code, one.reason) == (first.mailbox_id, "no-mailbox", "")


def test_an_applied_grant_that_cannot_be_seen_may_stay_for_a_reason(
    programme: Programme, run: Run, world: World
) -> None:
    olga = programme.staff["Olga"]
    (one,) = spoil(world, run)
    Grant.objects.filter(pk=one.pk).update(state=GrantState.APPLIED)
    found = done(olga, "reconcile", run=run.name)
    assert found.result["obstacles"] == {"not-verified": 1, "mismatches": 1}
    mismatches.handle(run, olga, "the limit is the holder's own", LATER, code="not-as-given")
    assert done(olga, "close", run=run.name).problems == []


# What is kept


def test_the_course_sums_up_to_the_statement(programme: Programme, run: Run, world: World) -> None:
    del world
    done(programme.staff["Olga"], "draw-up", run=run.name)
    kept = closing.latest(run)
    assert kept is not None
    made = sum(line.made.grants for line in kept.statement.lines)
    grants = kept.course.grants
    assert sum(step.counts.get("given", 0) for step in grants) == made
    assert sum(step.counts.get("not-possible", 0) for step in grants) == 2
    assert sum(kept.course.waits.values()) == made
    answers = [step.counts for step in kept.course.answers]
    assert sum(one.get("no", 0) for one in answers) == 1
    assert sum(one.get("silence", 0) for one in answers) == 1
    assert sum(part.grants for part in kept.course.brands) == Grant.objects.filter(run=run).count()
    assert not kept.course.by_hour
    assert {step.start.hour for step in grants} == {0}
    assert str(grants[0].start) == "2023-02-10 00:00:00+01:00"
    assert sum(kept.course.channels.values()) == sum(
        one.get("yes", 0) + one.get("no", 0) for one in answers
    )


def test_the_same_rows_at_the_same_instant_give_the_same_report(
    programme: Programme, run: Run, world: World
) -> None:
    del world
    olga = programme.staff["Olga"]
    first, second = (done(olga, "draw-up", run=run.name).result["report"] for _ in range(2))
    assert first == second
    assert json.loads(closing.as_kept(run, first) or "")["run"] == run.name
    assert closing.as_kept(run, "0" * 64) is None
    assert AT < LATER
