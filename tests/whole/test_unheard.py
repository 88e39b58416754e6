"""Nobody forfeits unheard: a programme lived through to its end, where two in five never look.

Days pass by the clock alone. Some holders sign in to the webmail, some type a letter's code, some
call; some are told by no letter, since their mailbox is full. At the end each is given what the
programme gives, has said no, or is on the list of those who were not heard.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from tests.databases import Database
from tests.webmail.conftest import browser
from tests.whole.programme import NOW, Programme, programme

from ristoro import env, wiring
from ristoro.faces.webmail import doors
from ristoro.fulfilment import audit, consent, diary, unheard
from ristoro.fulfilment.consent import Said, Silence
from ristoro.fulfilment.diary import Page
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.kernel import clock
from ristoro.notices.codes import code_of
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies import runs
from ristoro.remedies.deciding.decide import POLICY
from ristoro.remedies.language.check import load_policy
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import loop, shift
from ristoro.workers.counted import miscounts

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(300)]

MAILBOXES = 100  # the cast and few others, a good twenty of them premium
NEVER = 4  # of each ten premium holders
DEADLINE = date(2023, 4, 30)
REASON = "Ho già cambiato casella."
FIELDS = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@dataclass
class Calendar:
    """The day that it is, for workers, holders and timers alike."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    found = Calendar()
    monkeypatch.setattr(clock, "now", found.now)
    return found


@pytest.fixture
def made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database, calendar: Calendar
) -> Iterator[Programme]:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key for sessions in tests")
    with programme(tmp_path, MAILBOXES) as found:
        people.add("gina", "una terza frase", [Role.AGENT], actor="test", at=NOW)
        runs.begin(found.run, NOW)
        work(found)
        yield found
        doors.POOL.close()


def work(made: Programme) -> None:
    with wiring.job(runs.named(made.run.name), Event(), str(uuid4())) as job:
        loop.work(replace(job, habits=replace(job.habits, settle_seconds=0.0, idle_seconds=0.05)))


@dataclass
class Holders:
    """What holders do, each in their own way."""

    made: Programme

    def signed_in(self, address: str) -> Client:
        client = browser()
        form = dict(re.findall(r'name="(csrfmiddlewaretoken|key)" value="([^"]+)"', self.text(
            client, "/entra/")))  # fmt: skip
        password = self.made.host.reader_password()
        done = client.post("/entra/", {**form, "address": address, "password": password})
        assert done.status_code == 303, done.content.decode()
        return client

    def text(self, client: Client, path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.content.decode())

    def in_the_webmail(self, grant: Grant, word: str) -> None:
        client = self.signed_in(grant.address)
        place = f"/ristoro/{grant.id}/conferma/"
        fields = dict(FIELDS.findall(self.text(client, place)))
        reason = {} if word == "yes" else {"reason": REASON}
        done = client.post(place, {**fields, "answer": word, **reason})
        assert (done.status_code, done["location"]) == (303, f"/ristoro/{grant.id}/ricevuta/")

    def by_the_code(self, grant: Grant) -> None:
        letter = Notice.objects.get(address=grant.address, kind=NoticeKind.EXTENSION_CONFIRM)
        secret = env.current().secret("RISTORO_NOTICE_SECRET").encode()
        code = code_of(secret, self.made.run.name, letter.id)
        client = self.signed_in(grant.address)
        place = "/ristoro/verifica/"
        token = dict(FIELDS.findall(self.text(client, place)))["csrfmiddlewaretoken"]
        shown = client.post(place, {"csrfmiddlewaretoken": token, "code": code.lower()})
        fields = dict(FIELDS.findall(shown.content.decode()))
        assert fields["code"] == code
        done = client.post(f"/ristoro/{grant.id}/conferma/", {**fields, "answer": "yes"})
        assert done.status_code == 303

    def by_telephone(self, grant: Grant) -> None:
        gina = people.authenticate("gina", "una terza frase")
        said = Said(True, "phone", "call 4711", gina, clock.now())
        consent.answer(self.made.run, grant.id, said, Silence.GIVE, shift.keep)


def live_through(made: Programme, calendar: Calendar) -> Counter[str]:
    """Each day to the last and after: holders, then the timer, then workers."""
    holders, policy = Holders(made), load_policy(made.folder / POLICY).policy
    waiting = list(Grant.objects.filter(run=made.run, state=GrantState.WAITING).order_by("id"))
    reached = set(
        Notice.objects.filter(state=NoticeState.VERIFIED).values_list("mailbox_id", flat=True)
    )
    ways = Counter[str]()
    done = Counter[str]()
    for number, grant in enumerate(waiting):
        way = number % 10
        if way < NEVER or grant.mailbox_id not in reached:
            ways["never"] += 1
            continue
        calendar.at = NOW + timedelta(days=5 * way)
        if way == 4:
            holders.in_the_webmail(grant, "no")
        elif way == 5:
            holders.by_telephone(grant)
        elif way == 6:
            holders.by_the_code(grant)
        else:
            holders.in_the_webmail(grant, "yes")
        ways["answered"] += 1
    day = datetime(2023, 4, 14, 9, tzinfo=UTC)
    while day.date() <= DEADLINE + timedelta(days=2):
        calendar.at = day
        page: Page = diary.go_through(made.run, policy, day, shift.keep, shift.post)
        done["reminded"] += page.reminded.planned
        done["given"] += page.met[Silence.GIVE]
        if page.reminded.planned or sum(page.met.values()):
            work(made)
        day += timedelta(days=1)
    assert ways["never"] >= len(waiting) * NEVER // 10
    return ways + done


def test_everybody_ends_given_declined_with_a_reason_or_on_a_list(
    made: Programme, calendar: Calendar
) -> None:
    premium = list(
        Grant.objects.filter(run=made.run, state=GrantState.WAITING).values_list("id", flat=True)
    )
    assert len(premium) > 20
    counted = live_through(made, calendar)
    assert counted["given"] == counted["never"]
    reminded = Notice.objects.filter(kind=NoticeKind.REMINDER)
    answered = Answer.objects.values_list("mailbox_id", flat=True)
    assert not reminded.filter(mailbox_id__in=answered).exists()
    assert counted["reminded"] == reminded.count() == 2 * counted["never"]

    listed = {one.address for one in unheard.unheard(made.run, calendar.at.date())}
    ended = Counter[str]()
    for grant in Grant.objects.filter(id__in=premium):
        answer = Answer.objects.filter(mailbox_id=grant.mailbox_id).first()
        if grant.state == GrantState.VERIFIED:
            ended["given"] += 1
        elif grant.state == GrantState.DECLINED:
            assert answer is not None
            assert answer.reason == REASON
            ended["declined"] += 1
        else:
            assert grant.address in listed, grant.address
            ended["listed"] += 1
    assert ended.total() == len(premium)
    assert ended["declined"] >= 2
    given = Grant.objects.filter(id__in=premium, state=GrantState.VERIFIED)
    with closing(wiring.ledger(env.current())) as ledger:
        for grant, reading in zip(given, ledger.read([one.address for one in given]), strict=True):
            assert reading.paid_until == grant.until
    assert miscounts(made.run.id) == []
    run = runs.named(made.run.name)
    assert [check for check in audit.checks(run, calendar.at) if not check.passed] == []


def test_after_a_yes_the_worker_extends_and_the_page_shows_the_new_day(
    made: Programme, calendar: Calendar
) -> None:
    grant = Grant.objects.get(run=made.run, address="ends.31aug@libero.it")
    holders = Holders(made)
    holders.in_the_webmail(grant, "yes")
    work(made)
    client = holders.signed_in(grant.address)
    text = holders.text(client, f"/ristoro/{grant.id}/ricevuta/")
    assert '<time datetime="2024-02-29">29 febbraio 2024</time>' in text
    assert "Ritira la mia risposta" not in text
    assert "Lo abbiamo fatto e abbiamo controllato che sia così." in holders.text(
        client, "/ristoro/"
    )
    with closing(wiring.ledger(env.current())) as ledger:
        assert ledger.read([grant.address])[0].paid_until == date(2024, 2, 29)
