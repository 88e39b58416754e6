"""What a policy has for a day is done by a timer, once; who is not heard is named."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.stage import AT

from ristoro.fulfilment import consent, diary, unheard
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.diary import TIMER
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantState
from ristoro.fulfilment.receipts import grant_of
from ristoro.fulfilment.unheard import Why
from ristoro.journal.models import Entry
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.policy import Give, Policy, Rule
from ristoro.remedies.models import Run
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Tally
from ristoro.workers.shift import keep, post

ROOT = Path(__file__).parents[2]
DEADLINE = date(2023, 4, 30)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(ROOT / "policies/libero-virgilio-2023-01.yaml").policy


@pytest.fixture
def run(database: Database) -> Run:
    """Five premium mailboxes whose one remedy, the policy's first, waits for a yes."""
    run = stage.run()
    stage.load(run, [replace_remedy(mailbox) for mailbox in range(1, 6)])
    stage.written(run)
    return run


def replace_remedy(mailbox: int) -> Grant:
    return stage.extension(mailbox, remedy=0)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def test_each_day_of_a_programme_is_gone_through_once(run: Run, policy: Policy) -> None:
    planned, given = [], []
    for days in range(40, -4, -1):
        day = DEADLINE - timedelta(days=days)
        page = diary.go_through(run, policy, at(day), keep, post)
        again = diary.go_through(run, policy, at(day), keep, post)
        assert (again.reminded.planned, again.met[Silence.GIVE]) == (0, 0)
        planned += [day] * page.reminded.planned
        given += [day] * page.met[Silence.GIVE]
    assert planned == [date(2023, 4, 16)] * 5 + [date(2023, 4, 27)] * 5
    assert given == [date(2023, 5, 1)] * 5
    assert {one.actor for one in Entry.objects.all()} == {TIMER}


def test_the_day_is_that_of_the_policys_zone(run: Run, policy: Policy) -> None:
    late = datetime(2023, 4, 30, 21, 59, tzinfo=UTC)
    assert diary.go_through(run, policy, late, keep, post).met[Silence.GIVE] == 0
    midnight = late + timedelta(minutes=1)
    assert diary.go_through(run, policy, midnight, keep, post).met[Silence.GIVE] == 5


def test_reminders_stop_at_the_answer(run: Run, policy: Policy) -> None:
    first, second = Grant.objects.order_by("id")[:2]
    for grant, yes in ((first, True), (second, False)):
        said = Said(yes, "webmail", "session", None, AT)
        consent.answer(run, grant.id, said, Silence.GIVE, keep)
    page = diary.go_through(run, policy, at(date(2023, 4, 20)), keep, post)
    assert page.reminded.planned == 3


def listed(run: Run, day: date) -> dict[str, str]:
    return {one.address: one.why for one in unheard.unheard(run, day)}


def test_nobody_is_on_the_list_who_has_days_left_or_has_ended(run: Run) -> None:
    assert listed(run, DEADLINE) == {}
    Grant.objects.update(state=GrantState.VERIFIED)
    assert listed(run, date(2023, 6, 1)) == {}


def test_who_was_not_reached_not_answered_or_not_given_is_named(run: Run) -> None:
    boxes = list(Grant.objects.order_by("mailbox_id"))
    letters = Notice.objects.filter(mailbox_id=boxes[0].mailbox_id)
    letters.update(state=NoticeState.REFUSED, result="lmtp-552")
    refused = Grant.objects.filter(id=boxes[1].id)
    refused.update(state=GrantState.REFUSED, result="no-subscription")
    Grant.objects.filter(id=boxes[0].id).update(consent=Consent.CLAIM)
    assert listed(run, DEADLINE) == {
        boxes[0].address: Why.NOT_REACHED.value,
        boxes[1].address: Why.NOT_MADE.value,
    }
    after = listed(run, DEADLINE + timedelta(days=1))
    assert after[boxes[2].address] == Why.NO_ANSWER.value
    assert len(after) == 5
    file = io.StringIO()
    assert unheard.write(unheard.unheard(run, DEADLINE), file) == 2
    head, first, second = sorted(file.getvalue().splitlines())
    rows = [line.split(",") for line in sorted((head, first, second)) if "@" in line]
    assert {row[0]: row[-1] for row in rows} == {
        boxes[0].address: "lmtp-552",
        boxes[1].address: "no-subscription",
    }
    assert {grant_of(row[1]) for row in rows} == {boxes[0].id, boxes[1].id}


def silent_means(policy: Policy, silence: str) -> Policy:
    """The policy with another fallback in its first remedy."""

    def changed(rule: Rule) -> Rule:
        give = rule.result
        if not isinstance(give, Give) or give.consent.how != "confirm":
            return rule
        return replace(rule, result=replace(give, consent=replace(give.consent, silence=silence)))

    first, *others = policy.remedies
    return replace(
        policy,
        remedies=(replace(first, rules=tuple(changed(rule) for rule in first.rules)), *others),
    )


def test_whom_no_letter_reached_waits_on_where_the_policy_forfeits(
    run: Run, policy: Policy
) -> None:
    unreached = Grant.objects.order_by("id")[0]
    Notice.objects.filter(mailbox_id=unreached.mailbox_id).update(state=NoticeState.REFUSED)
    strict = silent_means(policy, "forfeit")
    page = diary.go_through(run, strict, at(date(2023, 5, 2)), keep, post)
    assert page.met[Silence.FORFEIT] == 4
    assert listed(run, date(2023, 5, 2)) == {unreached.address: Why.NOT_REACHED.value}
    assert Grant.objects.get(id=unreached.id).state == GrantState.WAITING
    assert miscounts_of_grants(run) == []


@pytest.mark.parametrize("silence", list(Silence))
def test_everybody_ends_in_one_way_whatever_silence_means(
    database: Database, policy: Policy, silence: Silence
) -> None:
    """Fifty holders of whom twenty never look, and three have no letter."""
    run = stage.run()
    stage.load(run, [replace_remedy(mailbox) for mailbox in range(1, 51)])
    stage.written(run)
    Notice.objects.filter(mailbox_id__lte=3).update(state=NoticeState.REFUSED, result="lmtp-552")
    strict = silent_means(policy, silence.value)
    for grant in Grant.objects.filter(mailbox_id__gt=20):
        yes = grant.mailbox_id % 6 > 0
        said = Said(yes, "webmail", "session", None, AT, "" if yes else "Non mi serve.")
        consent.answer(run, grant.id, said, silence, keep)
    reminded = 0
    for days in (14, 3, -1):
        page = diary.go_through(run, strict, at(DEADLINE - timedelta(days=days)), keep, post)
        reminded += page.reminded.planned
    assert reminded == 2 * 20
    names = listed(run, DEADLINE + timedelta(days=1))
    for grant in Grant.objects.all():
        answer = Answer.objects.filter(mailbox_id=grant.mailbox_id).first()
        ends = {
            GrantState.PLANNED: answer is None or answer.yes,
            GrantState.DECLINED: answer is not None and bool(answer.reason),
            GrantState.LAPSED: grant.mailbox_id > 3 and grant.result == "no-answer",
            GrantState.WAITING: grant.address in names,
        }
        assert ends[GrantState(grant.state)], grant.mailbox_id
    assert len(names) == {Silence.GIVE: 0, Silence.FORFEIT: 3, Silence.ASK_AGAIN: 20}[silence]


def miscounts_of_grants(run: Run) -> list[str]:
    """What differs between grants and their tallies; the letters here have none."""
    Notice.objects.all().delete()
    Tally.objects.filter(act=2).delete()
    return [str(one) for one in miscounts(run.id)]
