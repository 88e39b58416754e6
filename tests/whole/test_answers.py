"""A holder answers, or lets the day pass, and is told what came of it; on a real Dovecot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from tests.databases import Database
from tests.whole.programme import NOW, Programme, programme
from typer.testing import CliRunner

from ristoro import env, wiring
from ristoro.cli.program import program
from ristoro.edges.mailhosts.contract import QuotaAsk
from ristoro.fulfilment import audit, holds, lapsing, reverse
from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.models import Answer, Grant, GrantState
from ristoro.fulfilment.report import report
from ristoro.fulfilment.rows import of_mailbox
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.models import OF_ALL, Notice, NoticeState
from ristoro.remedies import runs
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import loop, shift
from ristoro.workers.counted import miscounts

pytestmark = [pytest.mark.whole, pytest.mark.host, pytest.mark.timeout(300)]

MAILBOXES = 100  # the cast and few others
YES, LAPSED, NO, FREE = (
    "ends.31aug@libero.it",
    "lapsed.25jan@virgilio.it",
    "plus5@libero.it",
    "free@libero.it",
)
DEADLINE = date(2023, 4, 30)


@pytest.fixture
def made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Database
) -> Iterator[Programme]:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    with programme(tmp_path, MAILBOXES) as found:
        people.add("gina", "una terza frase", [Role.AGENT], actor="test", at=NOW)
        runs.begin(found.run, NOW)
        work(found)
        yield found


def work(made: Programme) -> None:
    with wiring.job(runs.named(made.run.name), Event(), str(uuid4())) as job:
        loop.work(replace(job, habits=replace(job.habits, settle_seconds=0.0, idle_seconds=0.05)))


def ristoro(*words: str, who: str = "gina", secret: str = "una terza frase") -> str:
    """What the command prints, said by a person who is signed in."""
    told = CliRunner().invoke(program(), [*words, "--as", who], env={"RISTORO_PASSWORD": secret})
    assert told.exit_code == 0, told.output or told.exception
    return " ".join(told.output.split())


def confirm(made: Programme, address: str, *more: str) -> str:
    said = ("--mailbox", address, "--channel", "phone", "--proof", "call 4711")
    return ristoro("confirm", made.run.name, *said, *more)


def grant_of(made: Programme, address: str) -> Grant:
    return Grant.objects.get(run=made.run, address=address)


def told(made: Programme, address: str) -> list[str]:
    """The plain words of every notice stored in the mailbox, the first letter first."""
    read = [message_from_bytes(each, policy=policy.default) for each in made.notices()[address]]
    read.sort(key=lambda each: int(re.findall(r"\.(\d+)@", each["Message-ID"])[0]))
    return [each.get_body(("plain",)).get_content() for each in read]  # type: ignore[union-attr]


def held(made: Programme, today: date) -> dict[str, str]:
    return {hold.address: holds.until_words(hold) for hold in holds.holds(made.run.id, today)}


def paid_until(address: str) -> date | None:
    with closing(wiring.ledger(env.current())) as ledger:
        return ledger.read([address])[0].paid_until


def test_an_answer_is_done_told_once_and_counted(made: Programme) -> None:
    assert held(made, NOW.date())[YES] == (DEADLINE + timedelta(days=30)).isoformat()
    waiting = Grant.objects.filter(run=made.run, state=GrantState.WAITING).count()
    assert waiting > 20

    assert "The yes of ends.31aug@libero.it was recorded;" in confirm(made, YES)
    assert "was recorded before" in confirm(made, YES)
    confirm(made, LAPSED)
    assert "declined" in confirm(made, NO, "--decline")
    assert held(made, NOW.date())[YES] == "verified"
    work(made)

    assert grant_of(made, YES).state == GrantState.VERIFIED
    assert paid_until(YES) == date(2024, 2, 29)
    assert paid_until(LAPSED) == grant_of(made, LAPSED).until
    assert grant_of(made, NO).state == GrantState.DECLINED
    assert paid_until(NO) == date(2023, 9, 30)
    assert Answer.objects.count() == 3

    for address, letters in ((YES, 2), (LAPSED, 2), (NO, 1), (FREE, 1)):
        assert len(told(made, address)) == letters, address
    offer, news = told(made, YES)
    assert "Il tuo abbonamento dura sei mesi in più" in news
    assert "Il tuo abbonamento dura sei mesi in più" not in offer
    follow_ups = Notice.objects.exclude(about=OF_ALL)
    assert {one.address for one in follow_ups} == {YES, LAPSED}
    assert {one.state for one in follow_ups} == {NoticeState.VERIFIED}
    assert not {YES, LAPSED, NO} & held(made, NOW.date()).keys()
    adds_up(made, NOW)


def test_silence_gives_at_the_deadline_and_says_so(made: Programme) -> None:
    confirm(made, NO, "--decline")
    before = Grant.objects.filter(run=made.run, state=GrantState.WAITING).count()
    at = datetime(2023, 5, 1, 0, 0, tzinfo=UTC)
    silences = {0: Silence.GIVE}
    early = lapsing.lapse(made.run, DEADLINE, silences, "anna", at, shift.keep)
    assert early[Silence.GIVE] == 0
    met = lapsing.lapse(made.run, date(2023, 5, 1), silences, "anna", at, shift.keep)
    assert met[Silence.GIVE] == before
    work(made)
    states = set(Grant.objects.filter(run=made.run).values_list("state", flat=True))
    assert states == {GrantState.VERIFIED, GrantState.DECLINED}
    assert Notice.objects.exclude(about=OF_ALL).count() == before
    sent = Notice.objects.exclude(about=OF_ALL).exclude(state=NoticeState.REFUSED)
    assert all(len(told(made, one.address)) == 2 for one in sent)
    assert len(told(made, NO)) == 1
    assert held(made, at.date()) == {}
    adds_up(made, at)


def test_what_was_given_is_taken_back_by_two_people_where_it_is_still_so(made: Programme) -> None:
    anna = people.authenticate("anna", "una frase lunga")
    bruno = people.authenticate("bruno", "un'altra frase")
    confirm(made, YES)
    work(made)
    other = "free@virgilio.it"
    with wiring.doors(made.run) as doors:
        for address in (FREE, YES, other):
            [row] = of_mailbox(made.run.id, grant_of(made, address).mailbox_id)
            reverse.ask(made.run, row, "given by mistake", anna, NOW)
            with pytest.raises(NotAllowed):
                reverse.approve(made.run, row, anna, doors, NOW, shift.keep)
            if address == other:  # the holder bought more space meanwhile
                assert row.target is not None
                ask = QuotaAsk(address, row.target, row.target * 2)
                assert doors.host.raise_quota([ask])[0].done
            result = reverse.approve(made.run, row, bruno, doors, NOW, shift.keep)
            assert result.code == ("base-changed" if address == other else "done"), address
    limits = made.limits()
    assert limits[FREE] == grant_of(made, FREE).base
    assert limits[other] == 2 * (grant_of(made, other).target or 0)
    assert paid_until(YES) == date(2023, 8, 31)
    assert grant_of(made, FREE).state == grant_of(made, YES).state == GrantState.REVERSED
    assert grant_of(made, other).state == GrantState.VERIFIED
    with wiring.doors(made.run) as doors:
        assert doors.host.read_quota([FREE])[0].shows(grant_of(made, FREE).base or 0)
    assert miscounts(made.run.id) == []


def adds_up(made: Programme, at: datetime) -> None:
    """Nothing differs: tallies and rows, parts and totals, and every check of ``verify``."""
    assert miscounts(made.run.id) == []
    run = runs.named(made.run.name)
    statement = report(run, at)
    assert statement.discrepancies == ()
    assert sum(statement.notices.values()) == Notice.objects.filter(run=run).count()
    failed = [check for check in audit.checks(run, at) if not check.passed]
    assert failed == []
