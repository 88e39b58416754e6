"""Reminders on the policy's days: one a turn, none after an answer, none twice, lint passed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT
from tests.notices.cast import BRANDS

from ristoro.fulfilment import consent, reminders
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import Consent, Grant, GrantState
from ristoro.fulfilment.moves import reminder
from ristoro.fulfilment.reminders import remind, schedules_of, turns
from ristoro.fulfilment.withdraw import withdraw
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.notices.facts import NoticeKind, OutageWords
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.plan import GrantRow, Held, NoticeRow, subject_of
from ristoro.notices.sheet import render
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.read import read_policy
from ristoro.remedies.models import Run, RunState
from ristoro.workers import shift
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Act, Chunk, ChunkState, Tally

ROOT = Path(__file__).parents[2]
DEADLINE = date(2023, 4, 30)
SCHEDULES = {1: (14, 3)}
YES = Said(True, "webmail", "session", None, AT)
NEIGHBOURS = (12, 12 + 2_147_483_647)
"""Mailboxes of one bucket."""


@pytest.fixture
def run(database: Database) -> Run:
    run = stage.run()
    stage.load(run, [stage.extension(mailbox) for mailbox in (*NEIGHBOURS, 99)])
    return run


def on(run: Run, days_before: int) -> reminders.Reminded:
    today = DEADLINE - timedelta(days=days_before)
    return remind(run, today, SCHEDULES, "Olga", AT, shift.post)


def planned() -> list[tuple[int, date]]:
    found = Notice.objects.order_by("mailbox_id", "day").values_list("mailbox_id", "day")
    return list(found)


def test_nobody_is_reminded_before_the_first_day(run: Run) -> None:
    assert on(run, 15) == reminders.Reminded(0, 0)
    assert planned() == []


def test_each_turn_reminds_everybody_once(run: Run) -> None:
    assert on(run, 14) == reminders.Reminded(3, 3)
    assert on(run, 14) == reminders.Reminded(0, 3)
    assert on(run, 9) == reminders.Reminded(0, 3)
    assert on(run, 3) == reminders.Reminded(3, 3)
    assert on(run, 0) == reminders.Reminded(0, 3)
    first, last = DEADLINE - timedelta(days=14), DEADLINE - timedelta(days=3)
    assert planned() == [(mailbox, day) for mailbox in (12, 99, NEIGHBOURS[1])
                         for day in (first, last)]  # fmt: skip
    assert {one.kind for one in Notice.objects.all()} == {NoticeKind.REMINDER}
    assert {one.about for one in Notice.objects.all()} == {1}


def test_a_day_that_was_missed_is_made_up_by_one_letter(run: Run) -> None:
    assert on(run, 1).planned == 3
    assert planned() == [(mailbox, DEADLINE - timedelta(days=1)) for mailbox in
                         (12, 99, NEIGHBOURS[1])]  # fmt: skip


def test_after_the_deadline_nobody_is_reminded(run: Run) -> None:
    assert on(run, -1) == reminders.Reminded(0, 0)


def test_whoever_has_answered_is_not_reminded(run: Run) -> None:
    consent.answer(run, Grant.objects.get(mailbox_id=12).id, YES, Silence.GIVE, shift.keep)
    no = Said(False, "webmail", "session", None, AT)
    consent.answer(run, Grant.objects.get(mailbox_id=99).id, no, Silence.GIVE, shift.keep)
    assert on(run, 14) == reminders.Reminded(1, 1)
    reminded = Notice.objects.filter(kind=NoticeKind.REMINDER)
    assert [one.mailbox_id for one in reminded] == [NEIGHBOURS[1]]


def test_reminders_have_tallies_chunks_and_an_entry_of_the_journal(run: Run) -> None:
    on(run, 14)
    tally = Tally.objects.filter(act=Act.NOTICES, remedy=NoticeKind.REMINDER)
    assert sum(tally.values_list("rows", flat=True)) == 3
    assert miscounts(run.id) == []
    for act in (Act.NOTICES, Act.RECONCILE):
        for one in Notice.objects.all():
            there = Chunk.objects.filter(act=act, lo__lte=one.id, hi__gt=one.id)
            assert [chunk.state for chunk in there] == [ChunkState.OPEN]
    entries = Entry.objects.filter(name="fulfilment.reminders.planned")
    assert [(one.actor, one.at) for one in entries] == [("Olga", AT), ("Olga", AT)]


def test_the_letter_of_the_run_that_is_not_written_yet_reminds_by_itself(run: Run) -> None:
    grant = Grant.objects.get(mailbox_id=99)
    Notice.objects.create(
        id=grant.id, run=run, mailbox_id=99, bucket=grant.bucket, address=grant.address,
        brand="libero", locale="it", kind=NoticeKind.EXTENSION_CONFIRM, state=NoticeState.PLANNED,
    )  # fmt: skip
    Chunk.objects.create(
        run=run, bucket=grant.bucket, act=Act.NOTICES, lo=grant.id, hi=grant.id + 1,
        state=ChunkState.OPEN,
    )  # fmt: skip
    assert on(run, 14) == reminders.Reminded(2, 3)


@pytest.mark.parametrize("state", [RunState.LOADED, RunState.CLOSED, RunState.CANCELLED])
def test_a_run_that_takes_no_answer_reminds_nobody(run: Run, state: RunState) -> None:
    Run.objects.update(state=state)
    run.refresh_from_db()
    with pytest.raises(NotAllowed, match="run-not-open"):
        on(run, 14)


@pytest.mark.parametrize("days", [(14, 3), (30, 14, 7, 1), (5,), ()])
def test_every_deadline_is_in_one_turn_at_most(days: tuple[int, ...]) -> None:
    today = date(2023, 3, 1)
    listed = list(turns(days, today))
    for left in range(-2, 40):
        deadline = today + timedelta(days=left)
        inside = [turn for turn in listed if turn.first <= deadline <= turn.last]
        assert len(inside) == (0 <= left <= max(days, default=-1))


def test_ids_of_reminders_meet_no_other_letters(run: Run) -> None:
    grants = list(Grant.objects.all())
    ids = {reminder(grant, turn, DEADLINE).id for grant in grants for turn in range(8)}
    ids |= {shift.Notice(id=grant.id).id for grant in grants}
    assert len(ids) == 9 * len(grants)
    with pytest.raises(ValueError, match="no room"):
        reminder(grants[0], 8, DEADLINE)


# The policy


def test_the_policy_of_2023_reminds_two_weeks_and_three_days_before() -> None:
    policy = load_policy(ROOT / "policies/libero-virgilio-2023-01.yaml").policy
    assert schedules_of(policy) == {0: (14, 3)}


def changed(words: str) -> str:
    text = (ROOT / "policies/libero-virgilio-2023-01.yaml").read_text("utf-8")
    return text.replace("silence: give}", words)


def read(tmp_path: Path, words: str) -> dict[int, tuple[int, ...]]:
    path = tmp_path / "policy.yaml"
    path.write_text(changed(words), encoding="utf-8")
    return schedules_of(read_policy(path))


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("silence: give, remind: [30 days, 1 days]}", (30, 1)),
        ("silence: give, remind: []}", ()),
        ("silence: forfeit, remind: [7 days]}", (7,)),
    ],
)
def test_a_policy_says_when_to_remind(tmp_path: Path, words: str, days: tuple[int, ...]) -> None:
    assert read(tmp_path, words) == {0: days}


@pytest.mark.parametrize(
    "words",
    [
        "silence: forfeit, remind: []}",
        "silence: ask-again, remind: []}",
        "silence: give, remind: [3 days, 14 days]}",
        "silence: give, remind: [3 days, 3 days]}",
        "silence: give, remind: [0 days]}",
        "silence: give, remind: [2 months]}",
        "silence: give, remind: [9 days,8 days,7 days,6 days,5 days,4 days,3 days,2 days,1 days]}",
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(tmp_path: Path, words: str) -> None:
    with pytest.raises(BadInput):
        read(tmp_path, words)


# The letter


def grant_row(state: str, remedy: int = 1) -> GrantRow:
    return GrantRow(
        remedy=remedy, kind="extension", amount=6, currency="", base=None, target=None,
        base_until=date(2023, 8, 31), until=date(2024, 2, 29), consent="confirm",
        deadline=DEADLINE, state=state,
    )  # fmt: skip


@pytest.mark.parametrize(
    "state", ["planned", "sending", "applied", "verified", "declined", "lapsed", "refused"]
)
def test_a_reminder_whose_answer_came_first_is_withheld(state: str) -> None:
    notice = NoticeRow(1, "r", "a@libero.it", "libero", "it", NoticeKind.REMINDER, 1, DEADLINE)
    held = subject_of(notice, [grant_row(state), grant_row("waiting", 2)], None, None, {})  # type: ignore[arg-type]
    assert held == Held("answered", pending=False)


def test_a_letter_that_tells_of_a_yes_is_withheld_once_the_yes_is_taken_back() -> None:
    notice = NoticeRow(1, "r", "a@libero.it", "libero", "it", NoticeKind.EXTENSION_DONE, 1)
    held = subject_of(notice, [grant_row("waiting")], None, None, {})  # type: ignore[arg-type]
    assert held == Held("not-answered", pending=False)


# Taking an answer back


def test_a_yes_is_taken_back_before_anything_is_made(run: Run) -> None:
    grant = Grant.objects.get(mailbox_id=12)
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    assert withdraw(run, grant.id, AT, shift.free, shift.keep)
    assert not withdraw(run, grant.id, AT, shift.free, shift.keep)
    grant.refresh_from_db()
    assert grant.state == GrantState.WAITING
    assert miscounts(run.id) == []
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    grant.refresh_from_db()
    assert grant.state == GrantState.PLANNED
    assert Notice.objects.count() == 1
    said = [one.name for one in Entry.objects.order_by("number")]
    assert said == ["fulfilment.answer.recorded", "fulfilment.answer.withdrawn",
                    "fulfilment.answer.recorded"]  # fmt: skip


def test_a_letter_that_was_withheld_meanwhile_is_planned_again_by_another_yes(run: Run) -> None:
    grant = Grant.objects.get(mailbox_id=12)
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    withdraw(run, grant.id, AT, shift.free, shift.keep)
    Notice.objects.update(state=NoticeState.WITHHELD, result="not-answered")
    Tally.objects.filter(act=Act.NOTICES).update(state=NoticeState.WITHHELD)
    Chunk.objects.filter(act=Act.NOTICES).update(state=ChunkState.DONE)
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    assert Notice.objects.get().state == NoticeState.PLANNED
    assert {one.state for one in Chunk.objects.filter(act=Act.NOTICES)} == {ChunkState.OPEN}
    assert miscounts(run.id) == []


def test_a_no_is_taken_back_too(run: Run) -> None:
    grant = Grant.objects.get(mailbox_id=12)
    no = Said(False, "webmail", "session", None, AT)
    consent.answer(run, grant.id, no, Silence.GIVE, shift.keep)
    assert withdraw(run, grant.id, AT, shift.free, shift.keep)
    grant.refresh_from_db()
    assert grant.state == GrantState.WAITING


@pytest.mark.parametrize(
    "state", [GrantState.SENDING, GrantState.APPLIED, GrantState.VERIFIED, GrantState.UNKNOWN]
)
def test_what_is_made_or_being_made_is_not_taken_back(run: Run, state: GrantState) -> None:
    grant = Grant.objects.get(mailbox_id=12)
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    Grant.objects.filter(id=grant.id).update(state=state)
    with pytest.raises(NotAllowed, match="too-late-to-withdraw"):
        withdraw(run, grant.id, AT, shift.free, shift.keep)


def test_a_chunk_that_a_worker_holds_is_too_late(run: Run) -> None:
    grant = Grant.objects.get(mailbox_id=12)
    consent.answer(run, grant.id, YES, Silence.GIVE, shift.keep)
    Chunk.objects.filter(act=Act.GRANTS).update(state=ChunkState.LEASED)
    with pytest.raises(NotAllowed, match="too-late-to-withdraw"):
        withdraw(run, grant.id, AT, shift.free, shift.keep)


def test_an_answer_that_a_person_took_stays_with_its_proof(run: Run) -> None:
    gina = stage.staff().agent
    grant = Grant.objects.get(mailbox_id=12)
    by_phone = Said(True, "phone", "call 4711", gina, AT)
    consent.answer(run, grant.id, by_phone, Silence.GIVE, shift.keep)
    with pytest.raises(NotAllowed, match="answered-elsewhere"):
        withdraw(run, grant.id, AT, shift.free, shift.keep)


def test_what_must_be_asked_for_is_reminded_of_in_words_of_its_own(run: Run) -> None:
    Grant.objects.filter(mailbox_id=12).update(consent=Consent.CLAIM)
    assert on(run, 14).planned == 3
    notice = NoticeRow(
        1, "jan23", "a@libero.it", "libero", "it", NoticeKind.REMINDER, about=1, day=DEADLINE
    )
    asked = GrantRow(
        1, "extension", 6, "", None, None, DEADLINE, DEADLINE, "claim", DEADLINE, "waiting"
    )
    outage = OutageWords("l'interruzione della posta", DEADLINE, DEADLINE)
    subject = subject_of(notice, [asked], BRANDS["libero"], outage, {})
    assert not isinstance(subject, Held)
    line, page = render(subject, "ABCD-EFGH")
    assert line == "Puoi ancora chiedere un ristoro"
    assert "lì leggi che cosa ti spetta e lo chiedi" in page
    assert "servizio clienti" not in page
