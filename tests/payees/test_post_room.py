"""Letters of no run, from the posting to the mailbox: once, and looked for before again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest
from tests.databases import Database
from tests.payees import made
from tests.payees.made import AT, CARLA, WAIT

from ristoro.edges.mailhosts.contract import Letter, LookAsk, QuotaAsk, QuotaReading, Sighting
from ristoro.fulfilment.payees import known, letters
from ristoro.fulfilment.payees.known import Stand
from ristoro.fulfilment.payees.models import Account
from ristoro.kernel.outcome import DONE, Ending, Result
from ristoro.notices import codes, genuine
from ristoro.notices.genuine import Finding
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.posting import post
from ristoro.notices.singles.writing import Writer
from ristoro.workers import post_room

SECOND = timedelta(seconds=1)


class Host:
    """A mail host that answers deposits as it is told, and keeps what it took."""

    def __init__(self, *answers: Result) -> None:
        self.answers = list(answers)
        self.kept: list[Letter] = []
        self.asked: list[str] = []

    def deposit(self, letters: Sequence[Letter]) -> list[list[Result]]:
        answer = self.answers.pop(0) if self.answers else DONE
        if answer.done or answer.code == "cut-after-dot":
            self.kept += letters
        return [[answer] for _ in letters]

    def look(self, asks: Sequence[LookAsk], *, fetch: bool = False) -> list[Sighting]:
        self.asked += [ask.message_id for ask in asks]
        return [
            Sighting(DONE, sum(ask.message_id.encode() in one.message for one in self.kept))
            for ask in asks
        ]

    def raise_quota(self, asks: Sequence[QuotaAsk]) -> list[Result]:
        raise NotImplementedError

    def read_quota(self, addresses: Sequence[str]) -> list[QuotaReading]:
        raise NotImplementedError

    def close(self) -> None:
        pass

    @contextmanager
    def room(self) -> Iterator[tuple[Host, Writer]]:
        yield self, made.writer()


def state() -> NoticeState:
    return NoticeState(Single.objects.get().state)


def test_an_account_is_usable_once_its_delay_has_gone_and_its_letter_is_there(
    database: Database,
) -> None:
    made.given()
    assert known.usable([CARLA.mailbox_id], AT + WAIT) == {}
    assert not known.standing(CARLA.mailbox_id, AT + WAIT).told
    host = Host()
    assert post_room.once(host.room, AT + SECOND) == 1
    assert state() is NoticeState.ACCEPTED
    assert Account.objects.get().told_at == AT + SECOND
    assert known.usable([CARLA.mailbox_id], AT + WAIT - SECOND) == {}
    assert list(known.usable([CARLA.mailbox_id], AT + WAIT)) == [CARLA.mailbox_id]
    assert post_room.once(host.room, AT + 2 * SECOND) == 0
    assert len(host.kept) == 1


def test_a_full_mailbox_keeps_the_account_from_being_used_until_it_takes_the_letter(
    database: Database,
) -> None:
    made.given()
    host = Host(Result(Ending.REFUSED, "lmtp-552"))
    assert post_room.once(host.room, AT) == 0
    assert state() is NoticeState.DEFERRED
    assert known.standing(CARLA.mailbox_id, AT + WAIT).stand is Stand.COOLING_OFF
    assert post_room.once(host.room, AT + timedelta(seconds=59)) == 0
    assert post_room.once(host.room, AT + timedelta(minutes=1)) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_deposit_of_unknown_ending_is_looked_for_before_it_is_sent_again(
    database: Database, arrived: bool
) -> None:
    made.given()
    host = Host(Result(Ending.UNKNOWN, "cut-after-dot" if arrived else "cut-in-data"))
    post_room.once(host.room, AT)
    assert state() is NoticeState.UNKNOWN
    later = AT + timedelta(minutes=2)
    post_room.once(host.room, later)
    assert host.asked == ["<ristoro.letter.1@libero.it>"]
    assert state() is (NoticeState.ACCEPTED if arrived else NoticeState.DEFERRED)
    post_room.once(host.room, later + SECOND)
    assert state() is NoticeState.ACCEPTED
    assert len(host.kept) == 1


def test_what_a_dead_process_left_is_looked_for(database: Database) -> None:
    made.given()
    Single.objects.update(state=NoticeState.SENDING, since=AT)
    host = Host()
    assert post_room.once(host.room, AT + SECOND) == 0
    assert post_room.once(host.room, AT + timedelta(minutes=2)) == 0
    assert host.asked
    assert post_room.once(host.room, AT + timedelta(minutes=3)) == 1


def test_a_letter_that_the_lint_refuses_is_not_sent(database: Database) -> None:
    words = {"day": "il 2/3/2025", "browser": "", "until": ""}
    post("one", CARLA, letters.UNDONE, words, AT)
    host = Host()
    assert post_room.once(host.room, AT) == 0
    assert not host.kept
    assert Single.objects.get().result == "notice-date"


def test_its_code_is_known_as_that_of_a_letter_to_this_mailbox_alone(database: Database) -> None:
    made.given()
    secret = made.writer().secret
    code = codes.code_of(secret, "letter", Single.objects.get().pk)
    assert genuine.verdict(secret, code, CARLA.address).finding is Finding.UNKNOWN
    post_room.once(Host().room, AT)
    found = genuine.verdict(secret, code, CARLA.address)
    assert (found.finding, found.run) == (Finding.GENUINE, None)
    assert genuine.verdict(secret, code, "dario@libero.it").finding is Finding.UNKNOWN


def test_a_letter_is_posted_once_for_its_key(database: Database) -> None:
    words = {"day": "il primo del mese di marzo, nel 2025", "browser": "", "until": ""}
    first = post("one", CARLA, letters.UNDONE, words, AT)
    assert post("one", CARLA, letters.UNDONE, words, AT + SECOND).pk == first.pk
