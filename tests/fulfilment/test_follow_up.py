"""The letter that follows an answer: one for each grant that is given, and none where it tells
nothing new."""

from __future__ import annotations

from datetime import date

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT

from ristoro.fulfilment import consent, lapsing
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.models import Grant, GrantState
from ristoro.fulfilment.moves import FOLLOW_UP, follow_up
from ristoro.kernel.keys import row_id
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import OF_ALL, Notice, NoticeState
from ristoro.remedies.models import Run
from ristoro.workers import shift
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Act, Chunk, ChunkState, Tally
from ristoro.workers.shift import keep

YES = Said(True, "webmail", "session", None, AT)
# mailboxes of one bucket: neighbours in it when loaded in this order
TOGETHER = (12, 12 + 2_147_483_647, 12 + 2 * 2_147_483_647)


@pytest.fixture
def run(database: Database) -> Run:
    run = stage.run()
    stage.load(run, [stage.extension(mailbox) for mailbox in TOGETHER])
    for grant in Grant.objects.order_by("id"):
        written(run, grant, NoticeState.VERIFIED)
    return run


def written(run: Run, grant: Grant, state: NoticeState) -> None:
    """The run's own letter to the grant's mailbox, with its tally and chunk."""
    Notice.objects.create(
        id=grant.id,
        run=run,
        mailbox_id=grant.mailbox_id,
        bucket=grant.bucket,
        address=grant.address,
        brand=grant.brand,
        locale=grant.locale,
        kind=NoticeKind.EXTENSION_CONFIRM,
        state=state,
    )
    kind = NoticeKind.EXTENSION_CONFIRM
    shape = {"run": run, "act": Act.NOTICES, "bucket": grant.bucket, "remedy": kind}
    tally, _ = Tally.objects.get_or_create(**shape, state=state, defaults={"rows": 0, "amount": 0})
    Tally.objects.filter(id=tally.id).update(rows=tally.rows + 1)
    for act in (Act.NOTICES, Act.RECONCILE):
        Chunk.objects.create(
            run=run,
            bucket=grant.bucket,
            act=act,
            lo=grant.id,
            hi=grant.id + 1,
            state=ChunkState.DONE,
        )


def say(run: Run, mailbox: int) -> None:
    grant = Grant.objects.get(mailbox_id=mailbox)
    consent.answer(run, grant.id, YES, Silence.ASK_AGAIN, keep)


def follow_ups() -> list[Notice]:
    return list(Notice.objects.exclude(about=OF_ALL).order_by("id"))


def chunks(act: Act) -> list[tuple[int, int]]:
    """The chunks of follow-up letters, as half-open ranges of ordinals."""
    bucket = Grant.objects.order_by("id")[0].bucket
    first = row_id(bucket, Run.objects.get().id, FOLLOW_UP)
    found = Chunk.objects.filter(act=act, lo__gte=first).order_by("lo")
    return [(chunk.lo - first, chunk.hi - first) for chunk in found]


def test_a_yes_plans_one_letter_with_tally_and_chunks(run: Run) -> None:
    say(run, TOGETHER[0])
    [letter] = follow_ups()
    grant = Grant.objects.get(mailbox_id=TOGETHER[0])
    assert letter.id == row_id(grant.bucket, run.id, FOLLOW_UP)
    assert (letter.kind, letter.about) == (NoticeKind.EXTENSION_DONE, grant.remedy)
    assert letter.state == NoticeState.PLANNED
    assert letter.address == grant.address
    assert chunks(Act.NOTICES) == chunks(Act.RECONCILE) == [(0, 1)]
    assert miscounts(run.id) == []


def test_the_same_yes_again_plans_no_second_letter(run: Run) -> None:
    say(run, TOGETHER[0])
    say(run, TOGETHER[0])
    assert len(follow_ups()) == 1
    assert miscounts(run.id) == []


def test_a_no_gets_no_letter(run: Run) -> None:
    grant = Grant.objects.get(mailbox_id=TOGETHER[0])
    no = Said(False, "webmail", "session", None, AT)
    consent.answer(run, grant.id, no, Silence.ASK_AGAIN, keep)
    assert follow_ups() == []


@pytest.mark.parametrize(("silence", "letters"), [(Silence.GIVE, 3), (Silence.FORFEIT, 0)])
def test_silence_that_gives_is_told_in_one_chunk_and_silence_that_ends_is_not(
    run: Run, silence: Silence, letters: int
) -> None:
    for _ in range(2):
        lapsing.lapse(run, date(2023, 6, 1), {1: silence}, "Olga", AT, keep)
        assert len(follow_ups()) == letters
        assert chunks(Act.NOTICES) == chunks(Act.RECONCILE) == ([(0, 3)] if letters else [])
    assert miscounts(run.id) == []


def test_chunks_of_a_lapse_leave_out_those_of_a_yes(run: Run) -> None:
    say(run, TOGETHER[1])
    lapsing.lapse(run, date(2023, 6, 1), {1: Silence.GIVE}, "Olga", AT, keep)
    assert chunks(Act.NOTICES) == chunks(Act.RECONCILE) == [(0, 1), (1, 2), (2, 3)]
    assert miscounts(run.id) == []


def test_a_lapse_of_many_is_cut(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shift, "ROWS_A_CHUNK", 2)
    lapsing.lapse(run, date(2023, 6, 1), {1: Silence.GIVE}, "Olga", AT, keep)
    assert chunks(Act.NOTICES) == chunks(Act.RECONCILE) == [(0, 2), (2, 3)]


def test_a_chunk_that_spans_the_letter_already_is_opened_again(run: Run) -> None:
    bucket = Grant.objects.order_by("id")[0].bucket
    for act in (Act.NOTICES, Act.RECONCILE):
        Chunk.objects.filter(act=act).delete()
        lo, hi = row_id(bucket, run.id, 0), row_id(bucket + 1, run.id, 2)
        Chunk.objects.create(run=run, bucket=bucket, act=act, lo=lo, hi=hi, state=ChunkState.DONE)
    say(run, TOGETHER[0])
    assert len(follow_ups()) == 1
    states = Chunk.objects.exclude(act=Act.GRANTS).values_list("state", flat=True)
    assert list(states) == [ChunkState.OPEN, ChunkState.OPEN]


@pytest.mark.parametrize(
    ("chunk", "state", "letters"),
    [
        (ChunkState.OPEN, NoticeState.PLANNED, 0),  # nobody has begun to write it
        (ChunkState.OPEN, NoticeState.DEFERRED, 0),
        (ChunkState.LEASED, NoticeState.PLANNED, 1),  # it may be written as an offer already
        (ChunkState.OPEN, NoticeState.UNKNOWN, 1),
        (ChunkState.DONE, NoticeState.WITHHELD, 1),
    ],
)
def test_a_first_letter_that_is_not_begun_tells_it_itself(
    run: Run, chunk: ChunkState, state: NoticeState, letters: int
) -> None:
    grant = Grant.objects.get(mailbox_id=TOGETHER[0])
    Notice.objects.filter(id=grant.id).update(state=state)
    Chunk.objects.filter(act=Act.NOTICES, lo=grant.id).update(state=chunk)
    say(run, TOGETHER[0])
    assert len(follow_ups()) == letters


def test_two_answers_of_one_mailbox_are_two_letters(database: Database) -> None:
    run = stage.run()
    stage.load(run, [stage.extension(12, remedy=remedy) for remedy in (1, 2)])
    for grant in Grant.objects.order_by("id"):
        consent.answer(run, grant.id, YES, Silence.ASK_AGAIN, keep)
    assert [letter.about for letter in follow_ups()] == [1, 2]
    assert miscounts(run.id) == []


def test_a_bucket_without_room_for_letters_is_refused() -> None:
    grant = stage.extension(12, GrantState.WAITING, run_id=1)
    grant.id = row_id(grant.bucket, 1, FOLLOW_UP)
    with pytest.raises(ValueError, match="no room"):
        follow_up(grant)
