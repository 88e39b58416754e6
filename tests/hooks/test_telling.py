"""Telling webhooks: in the journal's order, each event until it is had, and nothing of a holder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event as Stop

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.databases import Database

from ristoro.edges.webhooks.contract import GONE, Letter
from ristoro.journal import names, shred
from ristoro.journal.append import append
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.kernel.outcome import DONE, Ending, Result
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.hooks import register, telling
from ristoro.workers.hooks.events import KINDS, TYPES, event_of
from ristoro.workers.hooks.models import Webhook

AT = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://hooks.example/ristoro"
BROKEN = Result(Ending.DEFERRED, "webhook-500", "broken")
LOST = Result(Ending.UNKNOWN, "webhook-line", "reset")


@dataclass
class Scripted:
    """A carrier that answers as it is told: a result for each letter, done when none is left."""

    results: list[Result] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def check(self, url: str) -> None:
        """Every address is taken."""

    def carry(self, letter: Letter, at: datetime) -> Result:
        self.letters.append(letter)
        return self.results.pop(0) if self.results else DONE

    @property
    def types(self) -> list[str]:
        return [json.loads(one.body)["type"] for one in self.letters]


@pytest.fixture
def olga(database: Database, monkeypatch: pytest.MonkeyPatch) -> Person:
    return operator(monkeypatch)


@pytest.fixture
def olga_on_each(each_database: Database, monkeypatch: pytest.MonkeyPatch) -> Person:
    return operator(monkeypatch)


def operator(monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "a key for sessions in tests")
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)


def happens(name: str, subject: str = "run 1", **data: object) -> int:
    with transaction.atomic():
        return append("Olga", name, subject, {"run": "r1", **data}, AT).number


def tell(carrier: Scripted, at: datetime = AT, owner: str = "one") -> int:
    return telling.run(owner, Stop(), lambda: at, carrier, until_idle=True)


def added(olga: Person, *events: str) -> register.Made:
    return register.add(URL, events, olga, AT, lambda url: None)


def test_a_new_webhook_is_told_that_it_was_added_and_of_nothing_before(olga: Person) -> None:
    happens(names.RUN_ENTERED)
    made = added(olga)
    happens(names.RUN_APPROVED, approval_total="5")
    carrier = Scripted()
    assert tell(carrier) == 2
    assert carrier.types == ["webhook.added", "run.approved"]
    assert carrier.letters[0].secrets == [made.secret]
    assert tell(carrier) == 0


def test_an_event_that_is_not_taken_is_tried_later_and_nothing_overtakes_it(olga: Person) -> None:
    added(olga, "run.begun", "run.paused")
    for name in (names.RUN_BEGUN, names.RUN_PAUSED):
        happens(name)
    carrier = Scripted([BROKEN, LOST])
    assert tell(carrier) == 0
    assert tell(carrier) == 0, "not before its time"
    webhook = Webhook.objects.get()
    assert (webhook.tries, webhook.failing_since) == (1, AT)
    assert webhook.trouble == "webhook-500: broken"
    assert tell(carrier, webhook.next_at) == 0
    assert tell(carrier, AT + timedelta(hours=1)) == 2
    assert carrier.types == ["run.begun", "run.begun", "run.begun", "run.paused"]
    assert len({one.id for one in carrier.letters[:3]}) == 1
    webhook = Webhook.objects.get()
    assert (webhook.tries, webhook.failing_since, webhook.trouble) == (0, None, "")


def test_tries_come_later_and_later_for_more_than_a_day(olga: Person) -> None:
    added(olga)
    carrier, at, waits = Scripted([BROKEN] * 14), AT, []
    for _ in range(14):
        tell(carrier, at)
        later = Webhook.objects.get().next_at
        waits.append(later - at)
        at = later
    assert waits == sorted(waits)
    assert at - AT > timedelta(days=1)
    assert len(carrier.letters) == 14


def test_a_webhook_that_fails_for_days_is_disabled_and_goes_on_when_enabled(olga: Person) -> None:
    added(olga, "run.begun")
    happens(names.RUN_BEGUN)
    carrier, at = Scripted([BROKEN] * 100), AT
    while Webhook.objects.get().disabled_at is None:
        tell(carrier, at)
        at = Webhook.objects.get().next_at
    assert at - AT >= telling.PATIENCE
    assert Entry.objects.filter(name=names.WEBHOOK_DISABLED).count() == 1
    carrier.results.clear()
    assert tell(carrier, at + timedelta(days=9)) == 0
    register.enable(Webhook.objects.get().pk, olga, at)
    assert tell(carrier, at) == 1
    assert len({one.id for one in carrier.letters}) == 1


def test_a_receiver_that_is_gone_is_disabled_at_once(olga: Person) -> None:
    added(olga)
    tell(Scripted([Result(Ending.REFUSED, GONE)]))
    assert Webhook.objects.get().disabled_at == AT


def test_an_event_whose_noting_was_lost_is_sent_again_under_its_id(olga_on_each: Person) -> None:
    added(olga_on_each)
    webhook = telling.lease("one", AT)
    assert webhook is not None
    carrier = Scripted()

    class Killed(Exception):
        pass

    def carry(letter: Letter, at: datetime) -> Result:
        carrier.carry(letter, at)
        raise Killed

    broken = Scripted()
    broken.carry = carry  # type: ignore[method-assign]
    with pytest.raises(Killed):
        telling.tell(webhook, Stop(), lambda: AT, broken)
    assert tell(carrier, AT, "two") == 0, "its lease goes on"
    assert tell(carrier, AT + telling.LEASE + timedelta(seconds=1), "two") == 1
    first, again = carrier.letters
    assert first.id == again.id


def test_who_lost_the_lease_notes_nothing(olga_on_each: Person) -> None:
    added(olga_on_each)
    slow = telling.lease("one", AT)
    assert slow is not None
    assert telling.lease("two", AT) is None
    later = AT + telling.LEASE + timedelta(seconds=1)
    assert tell(Scripted(), later, "two") == 1
    before = Webhook.objects.values().get()
    assert telling.tell(slow, Stop(), lambda: later, Scripted([BROKEN])) == 0
    assert Webhook.objects.values().get() == before


def test_a_replaced_secret_signs_beside_the_new_one_for_a_day(olga: Person) -> None:
    made = added(olga)
    new = register.rotate(made.webhook.pk, olga, AT)
    carrier = Scripted()
    tell(carrier)
    assert carrier.letters[-1].secrets == [new.secret, made.secret]
    happens(names.RUN_BEGUN)
    tell(carrier, AT + register.BOTH)
    assert carrier.letters[-1].secrets == [new.secret]


def test_secrets_are_kept_encrypted_and_told_by_no_entry(olga: Person) -> None:
    made = added(olga)
    assert made.secret not in str(Webhook.objects.values().get())
    assert made.secret not in repr(made)
    assert made.secret not in str([event_of(e).body for e in Entry.objects.filter(name__in=KINDS)])


def test_another_secret_key_of_the_installation_is_told_as_the_trouble(
    olga: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(olga)
    monkeypatch.setitem(settings.__dict__, "SECRET_KEY", "another")
    carrier = Scripted()
    assert tell(carrier) == 0
    assert not carrier.letters
    assert "rotate" in Webhook.objects.get().trouble


def test_many_entries_that_nobody_asks_about_are_passed_over(
    olga: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "STEP", 3)
    added(olga, "run.closed")
    for _ in range(10):
        happens(names.CHUNK_RECORDED)
    carrier = Scripted()
    assert tell(carrier) == 0
    assert Webhook.objects.get().told == Entry.objects.count()
    happens(names.RUN_CLOSED)
    assert tell(carrier) == 1
    assert carrier.types == ["run.closed"]


def test_one_webhook_that_fails_keeps_no_other_waiting(olga: Person) -> None:
    added(olga)
    register.add("https://other.example/", (), olga, AT, lambda url: None)
    carrier = Scripted([BROKEN])
    assert tell(carrier) == 1
    assert len({one.url for one in carrier.letters}) == 2


def test_the_database_may_be_away_for_a_while(
    olga: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    added(olga)
    real: Callable[..., Webhook | None] = telling.lease
    calls = iter([DatabaseError("locked")])

    def lease(owner: str, at: datetime) -> Webhook | None:
        for error in calls:
            raise error
        return real(owner, at)

    monkeypatch.setattr(telling, "lease", lease)
    monkeypatch.setattr(telling, "IDLE", 0.0)
    assert tell(Scripted()) == 0
    assert tell(Scripted()) == 1
    assert "wait for the database" in caplog.text


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5), st.sampled_from(sorted(KINDS)))
def test_only_named_members_leave_the_journal(
    olga: Person, more: dict[str, str], name: str
) -> None:
    kind = KINDS[name]
    secret = "mario.rossi@libero.it"
    data = {key: secret for key in more if key not in kind.members} | {"address": secret}
    with transaction.atomic():
        head = append("Olga Bianchi", name, "thing 1", data, AT)
    body = event_of(Entry.objects.get(number=head.number)).body
    assert secret not in body
    assert "Bianchi" not in body


def test_an_event_whose_detail_was_shredded_is_told_without_its_members(olga: Person) -> None:
    number = happens(names.RUN_BEGUN)
    shred.shred(number, "Olga", "on request", AT)
    event = event_of(Entry.objects.get(number=number))
    assert (event.type, event.data) == ("run.begun", {})


def test_webhooks_are_an_operators(olga: Person) -> None:
    gina = people.add("Gina", "quattro parole scelte", [Role.AGENT], actor="test", at=AT)
    with pytest.raises(NotAllowed, match="role-missing"):
        added(gina)
    with pytest.raises(BadInput, match="did you mean 'run"):
        added(olga, "run.close")
    made = added(olga, *TYPES)
    with pytest.raises(NotAllowed, match="role-missing"):
        register.rotate(made.webhook.pk, gina, AT)
    register.remove(made.webhook.pk, olga, AT)
    with pytest.raises(Missing):
        register.enable(made.webhook.pk, olga, AT)
    for _ in range(register.MOST):
        added(olga)
    with pytest.raises(NotAllowed, match="webhooks-full"):
        added(olga)
