"""Alternatives: one yes stands, the others stand back, and come back when it is taken back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT, Staff

from ristoro.fulfilment import audit, consent, lapsing, reminders
from ristoro.fulfilment.alternatives import instead_of, others_of
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantState
from ristoro.fulfilment.withdraw import withdraw, withdraw_all
from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import Notice
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.models import Run
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.shift import free, keep, post

MAILBOX, LONE, BESIDE = 12, 13, 14
SPACE, MONTHS = 0, 1
OTHERS = {SPACE: frozenset({MONTHS}), MONTHS: frozenset({SPACE})}
SILENCES = {SPACE: Silence.FORFEIT, MONTHS: Silence.GIVE}
LATE = date(2023, 5, 1)
HOLDER = Said(True, "webmail", "session", None, AT)
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "months-or-space.yaml"


@pytest.fixture
def people(database: Database) -> Staff:
    return stage.staff()


@pytest.fixture
def run(people: Staff) -> Run:
    """Two mailboxes are owed both, one the months alone."""
    run = stage.run()
    both = [grant for mailbox in (MAILBOX, BESIDE) for grant in alternatives(mailbox)]
    stage.load(run, [*both, stage.extension(LONE)])
    return run


def alternatives(mailbox: int) -> list[Grant]:
    asked = {"consent": Consent.CONFIRM, "deadline": date(2023, 4, 30)}
    return [
        stage.storage(mailbox, GrantState.WAITING, **asked),
        stage.extension(mailbox),
    ]


def grant(remedy: int, mailbox: int = MAILBOX) -> Grant:
    return Grant.objects.get(mailbox_id=mailbox, remedy=remedy)


def states(mailbox: int = MAILBOX) -> list[tuple[int, str]]:
    found = Grant.objects.filter(mailbox_id=mailbox).order_by("remedy")
    return list(found.values_list("state", "result"))


def say(run: Run, remedy: int, said: Said = HOLDER) -> consent.Recorded:
    others = OTHERS[remedy]
    return consent.answer(run, grant(remedy).id, said, SILENCES[remedy], keep, others)


def test_a_policy_names_the_alternatives_to_each() -> None:
    assert others_of(load_policy(EXAMPLE).policy) == OTHERS


@pytest.mark.parametrize("chosen", [SPACE, MONTHS])
def test_a_yes_to_one_declines_the_other(run: Run, chosen: int) -> None:
    say(run, chosen)
    other = 1 - chosen
    after = {
        chosen: (GrantState.PLANNED, ""),
        other: (GrantState.DECLINED, f"chose-other:{chosen}"),
    }
    assert states() == [after[SPACE], after[MONTHS]]
    assert states(BESIDE) == [(GrantState.WAITING, "")] * 2
    assert instead_of(grant(other).result) == chosen
    assert miscounts(run.id) == []
    entry = Entry.objects.get(name="fulfilment.answer.recorded")
    data = Detail.objects.get(number=entry.number).data
    assert data is not None
    assert data["passed_over"] == {str(other): 1}
    assert [one.remedy for one in Answer.objects.all()] == [chosen]
    assert [letter.about for letter in Notice.objects.all()] == [chosen]


def test_an_alternative_that_was_declined_gives_no_worker_anything_to_do(run: Run) -> None:
    Chunk.objects.update(state=ChunkState.DONE)
    say(run, MONTHS)
    assert Chunk.objects.filter(act=Act.GRANTS, state=ChunkState.OPEN).count() == 1
    assert (
        Tally.objects.get(act=Act.GRANTS, remedy=SPACE, state=GrantState.DECLINED, rows__gt=0).rows
        == 1
    )


@pytest.mark.parametrize("yes", [True, False])
def test_an_answer_to_another_one_is_refused_plainly(run: Run, yes: bool) -> None:
    say(run, MONTHS)
    with pytest.raises(NotAllowed, match="remedy 1 is given instead of remedy 0") as caught:
        say(run, SPACE, replace(HOLDER, yes=yes))
    assert caught.value.problems[0].code == "chose-other"
    assert grant(SPACE).state == GrantState.DECLINED
    assert Answer.objects.count() == 1


def test_a_no_to_one_leaves_the_other_which_can_be_chosen(run: Run) -> None:
    say(run, SPACE, replace(HOLDER, yes=False))
    assert states() == [(GrantState.DECLINED, ""), (GrantState.WAITING, "")]
    say(run, MONTHS)
    assert states() == [(GrantState.DECLINED, ""), (GrantState.PLANNED, "")]
    assert miscounts(run.id) == []


def test_a_yes_that_is_taken_back_brings_the_other_back(run: Run) -> None:
    say(run, MONTHS)
    assert withdraw(run, grant(MONTHS).id, AT, free, keep, OTHERS[MONTHS])
    assert states() == [(GrantState.WAITING, "")] * 2
    assert miscounts(run.id) == []
    say(run, SPACE)
    assert states() == [(GrantState.PLANNED, ""), (GrantState.DECLINED, "chose-other:0")]
    assert miscounts(run.id) == []


def test_what_was_said_no_to_does_not_come_back_with_the_others(run: Run) -> None:
    say(run, SPACE, replace(HOLDER, yes=False))
    say(run, MONTHS)
    withdraw(run, grant(MONTHS).id, AT, free, keep, OTHERS[MONTHS])
    assert states() == [(GrantState.DECLINED, ""), (GrantState.WAITING, "")]


def test_a_no_is_not_taken_back_beside_a_yes(run: Run) -> None:
    say(run, SPACE, replace(HOLDER, yes=False))
    say(run, MONTHS)
    with pytest.raises(NotAllowed, match="chose-other"):
        withdraw(run, grant(SPACE).id, AT, free, keep, OTHERS[SPACE])
    assert states() == [(GrantState.DECLINED, ""), (GrantState.PLANNED, "")]


def test_a_no_to_all_is_recorded_and_taken_back_whole(run: Run) -> None:
    ids = [grant(SPACE).id, grant(MONTHS).id]
    said = consent.decline(run, ids, replace(HOLDER, yes=False), keep)
    assert [one.grant_id for one in said] == ids
    assert states() == [(GrantState.DECLINED, "")] * 2
    assert miscounts(run.id) == []
    assert withdraw_all(run, ids, AT, free, keep, {SPACE, MONTHS})
    assert states() == [(GrantState.WAITING, "")] * 2
    assert miscounts(run.id) == []
    assert not Answer.objects.exists()


def test_a_no_to_all_is_not_half_recorded(run: Run) -> None:
    say(run, MONTHS)
    ids = [grant(SPACE).id, grant(MONTHS).id]
    with pytest.raises(NotAllowed):
        consent.decline(run, ids, replace(HOLDER, yes=False), keep)
    assert states()[MONTHS] == (GrantState.PLANNED, "")
    assert [one.yes for one in Answer.objects.all()] == [True]


def test_silence_gives_the_fallback_and_declines_the_others(run: Run) -> None:
    stage.written(run)
    met = lapsing.lapse(run, LATE, SILENCES, "timer", AT, keep, OTHERS)
    assert met == {Silence.GIVE: 3, Silence.FORFEIT: 0, Silence.ASK_AGAIN: 0}
    given = [(GrantState.DECLINED, "chose-other:1"), (GrantState.PLANNED, "given-unasked")]
    assert states() == states(BESIDE) == given
    assert states(LONE) == [given[1]]
    assert [one for one in miscounts(run.id) if one.act is Act.GRANTS] == []
    again = lapsing.lapse(run, LATE, SILENCES, "timer", AT, keep, OTHERS)
    assert not any(again.values())


def test_the_fallback_that_was_declined_is_not_given(run: Run) -> None:
    stage.written(run)
    say(run, MONTHS, replace(HOLDER, yes=False))
    lapsing.lapse(run, LATE, SILENCES, "timer", AT, keep, OTHERS)
    assert states() == [(GrantState.LAPSED, "no-answer"), (GrantState.DECLINED, "")]


def test_a_late_yes_to_another_than_the_fallback_is_refused(run: Run) -> None:
    lapsing.lapse(run, LATE, SILENCES, "timer", AT, keep, OTHERS)
    with pytest.raises(NotAllowed, match="chose-other"):
        say(run, SPACE)


def test_one_letter_reminds_of_all_alternatives(run: Run) -> None:
    schedules = {SPACE: (14, 3), MONTHS: (14, 3)}
    day = date(2023, 4, 16)
    done = reminders.remind(run, day, schedules, "timer", AT, post, OTHERS)
    assert (done.planned, done.waiting) == (3, 5)
    letters = Notice.objects.filter(kind=NoticeKind.REMINDER)
    assert Counter(letters.values_list("mailbox_id", "about")) == {
        (MAILBOX, SPACE): 1,
        (BESIDE, SPACE): 1,
        (LONE, MONTHS): 1,
    }
    say(run, SPACE, replace(HOLDER, yes=False))
    again = reminders.remind(run, day, schedules, "timer", AT, post, OTHERS)
    assert again.planned == 0


def test_the_audit_knows_who_stood_back_and_who_stands_back_for_nothing(run: Run) -> None:
    say(run, MONTHS)
    assert audit.answers(run).passed
    Grant.objects.filter(mailbox_id=MAILBOX, remedy=MONTHS).update(state=GrantState.LAPSED)
    assert not audit.answers(run).passed


_SAY_YES = """
import sys, ristoro.start
from datetime import UTC, datetime
from ristoro.fulfilment import consent
from ristoro.fulfilment.consent import Said, Silence
from ristoro.kernel.errors import NotAllowed
from ristoro.remedies.models import Run
from ristoro.workers.shift import keep
run, said = Run.objects.get(), Said(True, "webmail", "s", None, datetime(2023, 3, 1, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
try:
    consent.answer(run, int(sys.argv[1]), said, Silence.GIVE, keep, [int(sys.argv[2])])
    print("stands")
except NotAllowed as error:
    print(error.problems[0].code)
"""


def test_of_two_yeses_at_once_to_two_alternatives_one_stands(
    each_database: Database, tmp_path: Path
) -> None:
    run = stage.run()
    stage.load(run, alternatives(MAILBOX))
    script = tmp_path / "say_yes.py"
    script.write_text(_SAY_YES)
    asked = [(grant(SPACE).id, MONTHS), (grant(MONTHS).id, SPACE)] * 3
    tabs = [
        subprocess.Popen(
            [sys.executable, str(script), *map(str, one)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=each_database.environment(),
        )
        for one in asked
    ]
    for tab in tabs:
        assert tab.stdout is not None
        assert tab.stdout.readline() == "ready\n"
    for tab in tabs:
        assert tab.stdin is not None
        tab.stdin.write("\n")
        tab.stdin.flush()
    said = [tab.communicate(timeout=60)[0].strip() for tab in tabs]
    assert [tab.returncode for tab in tabs] == [0] * 6
    # the two tabs that follow the one that stands say the same again
    assert Counter(said) == {"stands": 3, "chose-other": 3}
    [given] = Answer.objects.all()
    after = {
        given.remedy: (GrantState.PLANNED, ""),
        1 - given.remedy: (GrantState.DECLINED, f"chose-other:{given.remedy}"),
    }
    assert states() == [after[SPACE], after[MONTHS]]
    assert miscounts(run.id) == []
