"""A holder's answer, a second answer, silence, and two people answering at once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT, Staff

from ristoro.fulfilment import consent, lapsing
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantState
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run, RunState
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.shift import keep

MAILBOX = 12


@pytest.fixture
def people(database: Database) -> Staff:
    return stage.staff()


@pytest.fixture
def run(people: Staff) -> Run:
    run = stage.run()
    stage.load(run, [stage.extension(MAILBOX)])
    return run


@pytest.fixture
def yes(people: Staff) -> Said:
    return Said(True, "phone", "call 4711", people.agent, AT)


def grant() -> Grant:
    return Grant.objects.get(mailbox_id=MAILBOX)


def tallies() -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for one in Tally.objects.filter(act=Act.GRANTS):
        rows, amount = found.get(one.state, (0, 0))
        found[one.state] = (rows + one.rows, amount + one.amount)
    return found


def test_a_yes_plans_the_grant_with_tally_chunk_and_journal(run: Run, yes: Said) -> None:
    recorded = consent.answer(run, grant().id, yes, Silence.ASK_AGAIN, keep)
    assert not recorded.already
    assert grant().state == GrantState.PLANNED
    assert tallies() == {GrantState.WAITING: (0, 0), GrantState.PLANNED: (1, 6)}
    assert Chunk.objects.get(act=Act.GRANTS).state == ChunkState.OPEN
    entry = Entry.objects.get(name="fulfilment.answer.recorded")
    assert (entry.actor, entry.at) == ("Gina", AT)
    kept = Answer.objects.get()
    assert (kept.yes, kept.channel, kept.proof, kept.recorded_by) == (
        True,
        "phone",
        "call 4711",
        "Gina",
    )


def test_a_no_declines_it_and_gives_no_worker_anything_to_do(run: Run, yes: Said) -> None:
    consent.answer(run, grant().id, replace(yes, yes=False), Silence.GIVE, keep)
    assert grant().state == GrantState.DECLINED
    assert tallies()[GrantState.DECLINED] == (1, 6)
    assert Chunk.objects.get().state == ChunkState.DONE


def test_a_leased_chunk_is_left_to_the_worker_that_holds_it(run: Run, yes: Said) -> None:
    Chunk.objects.update(state=ChunkState.LEASED, owner="w")
    consent.answer(run, grant().id, yes, Silence.GIVE, keep)
    assert Chunk.objects.get(act=Act.GRANTS).owner == "w"


def test_the_same_answer_again_changes_nothing(run: Run, yes: Said) -> None:
    consent.answer(run, grant().id, yes, Silence.ASK_AGAIN, keep)
    before = Entry.objects.count()
    again = consent.answer(run, grant().id, yes, Silence.ASK_AGAIN, keep)
    assert again.already
    assert again.yes
    assert (Answer.objects.count(), Entry.objects.count()) == (1, before)


def test_another_answer_is_refused_with_what_stands(run: Run, yes: Said) -> None:
    consent.answer(run, grant().id, yes, Silence.ASK_AGAIN, keep)
    with pytest.raises(NotAllowed, match=r"answered yes on 2023-03-01 09:00 UTC by phone"):
        consent.answer(run, grant().id, replace(yes, yes=False), Silence.ASK_AGAIN, keep)
    assert grant().state == GrantState.PLANNED


@pytest.mark.parametrize(
    ("silence", "taken"),
    [
        (Silence.GIVE, True),
        (Silence.ASK_AGAIN, True),
        (Silence.FORFEIT, False),
    ],
)
def test_a_late_yes_meets_what_the_policy_says(
    run: Run, yes: Said, silence: Silence, taken: bool
) -> None:
    late = replace(yes, at=AT + timedelta(days=90))
    if taken:
        consent.answer(run, grant().id, late, silence, keep)
        assert grant().state == GrantState.PLANNED
    else:
        stage.written(run)
        with pytest.raises(NotAllowed, match="too-late"):
            consent.answer(run, grant().id, late, silence, keep)
        assert grant().state == GrantState.WAITING


def test_a_late_yes_counts_where_no_letter_had_come(run: Run, yes: Said) -> None:
    late = replace(yes, at=AT + timedelta(days=90))
    stage.written(run, NoticeState.REFUSED)
    consent.answer(run, grant().id, late, Silence.FORFEIT, keep)
    assert grant().state == GrantState.PLANNED


def test_the_day_of_the_deadline_is_in_time(run: Run, yes: Said) -> None:
    last = AT.replace(month=4, day=30, hour=23)
    consent.answer(run, grant().id, replace(yes, at=last), Silence.FORFEIT, keep)
    assert grant().state == GrantState.PLANNED


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": "pigeon"},
        {"proof": "  "},
        {"proof": "x" * 501},
        {"person": None},
    ],
)
def test_an_answer_that_proves_nothing_is_refused(
    run: Run, yes: Said, changes: dict[str, object]
) -> None:
    with pytest.raises(BadInput):
        consent.answer(run, grant().id, replace(yes, **changes), Silence.GIVE, keep)  # type: ignore[arg-type]
    assert not Answer.objects.exists()


def test_the_holder_answers_in_the_webmail_without_a_person_between(run: Run, yes: Said) -> None:
    own = replace(yes, channel="webmail", person=None)
    consent.answer(run, grant().id, own, Silence.GIVE, keep)
    assert Answer.objects.get().recorded_by == "holder"


def test_only_agents_and_operators_record_answers(run: Run, yes: Said, people: Staff) -> None:
    with pytest.raises(NotAllowed, match="role-missing"):
        consent.answer(run, grant().id, replace(yes, person=people.approver), Silence.GIVE, keep)
    consent.answer(run, grant().id, replace(yes, person=people.operator), Silence.GIVE, keep)


@pytest.mark.parametrize("state", [RunState.LOADED, RunState.CLOSED, RunState.CANCELLED])
def test_a_run_that_cannot_give_takes_no_answer(run: Run, yes: Said, state: RunState) -> None:
    Run.objects.update(state=state)
    run.refresh_from_db()
    with pytest.raises(NotAllowed, match="run-not-open"):
        consent.answer(run, grant().id, yes, Silence.GIVE, keep)


def test_a_claim_is_not_answered_with_a_yes(run: Run, yes: Said) -> None:
    Grant.objects.update(consent=Consent.CLAIM)
    with pytest.raises(NotAllowed, match="holder-asks"):
        consent.answer(run, grant().id, yes, Silence.GIVE, keep)


def test_a_broken_tally_stops_the_answer_whole(run: Run, yes: Said) -> None:
    Tally.objects.update(rows=0)
    with pytest.raises(ValueError, match="ristoro verify"):
        consent.answer(run, grant().id, yes, Silence.GIVE, keep)
    assert grant().state == GrantState.WAITING
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("silence", "state"),
    [
        (Silence.GIVE, GrantState.PLANNED),
        (Silence.FORFEIT, GrantState.LAPSED),
        (Silence.ASK_AGAIN, GrantState.WAITING),
    ],
)
def test_silence_at_the_deadline_means_what_the_policy_says(
    people: Staff, silence: Silence, state: GrantState
) -> None:
    run = stage.run()
    stage.load(
        run,
        [
            stage.extension(1),
            stage.extension(2),
            stage.extension(3, deadline=date(2023, 5, 1)),
            stage.extension(4, GrantState.PLANNED),
        ],
    )
    stage.written(run)
    met = lapsing.lapse(run, date(2023, 5, 1), {1: silence}, "worker", AT, keep)
    assert met[silence] == 2
    states = dict(Grant.objects.values_list("mailbox_id", "state"))
    assert states == {1: state, 2: state, 3: GrantState.WAITING, 4: GrantState.PLANNED}
    again = lapsing.lapse(run, date(2023, 5, 1), {1: silence}, "worker", AT, keep)
    assert again[silence] == (2 if silence is Silence.ASK_AGAIN else 0)
    counted = dict.fromkeys(tallies(), 0)
    for value in states.values():
        counted[value] += 1
    assert {key: rows for key, (rows, _) in tallies().items()} == counted


@pytest.mark.parametrize("state", list(NoticeState))
def test_nobody_forfeits_whom_no_letter_has_reached(people: Staff, state: NoticeState) -> None:
    run = stage.run()
    stage.load(run, [stage.extension(mailbox) for mailbox in (1, 2)])
    stage.written(run)
    Notice.objects.filter(mailbox_id=1).update(state=state)
    met = lapsing.lapse(run, date(2023, 5, 1), {1: Silence.FORFEIT}, "worker", AT, keep)
    reached = state in (NoticeState.ACCEPTED, NoticeState.VERIFIED)
    assert met[Silence.FORFEIT] == 1 + reached
    states = dict(Grant.objects.values_list("mailbox_id", "state"))
    assert states == {1: GrantState.LAPSED if reached else GrantState.WAITING, 2: GrantState.LAPSED}


def test_a_no_keeps_its_reason_and_a_long_one_is_refused(run: Run, yes: Said) -> None:
    no = replace(yes, yes=False, channel="webmail", person=None, reason="Ho cambiato casella.")
    with pytest.raises(BadInput, match="500"):
        consent.answer(run, grant().id, replace(no, reason="x" * 501), Silence.GIVE, keep)
    consent.answer(run, grant().id, no, Silence.GIVE, keep)
    assert Answer.objects.get().reason == "Ho cambiato casella."
    assert grant().since == AT


ANSWER = """
import sys, ristoro.start
from datetime import UTC, datetime
from ristoro.fulfilment import consent
from ristoro.fulfilment.models import Grant
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies.models import Run
from ristoro.workers.shift import keep
print("ready", flush=True)
sys.stdin.readline()
said = consent.Said(sys.argv[1] == "yes", "webmail", "session", None,
                    datetime(2023, 3, 1, tzinfo=UTC))
try:
    recorded = consent.answer(Run.objects.get(), Grant.objects.get().id, said,
                              consent.Silence.GIVE, keep)
    print("already" if recorded.already else "recorded")
except NotAllowed as error:
    print(error.problems[0].code)
"""


@pytest.mark.parametrize(("second", "meets"), [("yes", "already"), ("no", "answered-otherwise")])
def test_two_processes_answer_at_once_and_one_answer_stands(
    each_database: Database, tmp_path: Path, second: str, meets: str
) -> None:
    run = stage.run()
    stage.load(run, [stage.extension(MAILBOX)])
    script = tmp_path / "answer.py"
    script.write_text(ANSWER)
    both = [
        subprocess.Popen(
            [sys.executable, str(script), word],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=each_database.environment(),
        )
        for word in ("yes", second)
    ]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = sorted(one.communicate(timeout=60)[0].strip() for one in both)
    assert said == sorted(["recorded", meets])
    assert Answer.objects.count() == 1
    assert sum(rows for rows, _ in tallies().values()) == 1
