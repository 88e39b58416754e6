"""The January 2023 programme as its workers leave it: given, answered, some of it not possible."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import transaction
from tests.databases import pointed_at
from tests.faces.programme import AT, Programme, Template
from tests.fulfilment.doubles import MemoryBilling, MemoryHost

from ristoro import env, wiring
from ristoro.cli.init import make_secrets
from ristoro.errands import kinds
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantKind, GrantState
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run, RunState
from ristoro.staff.people import Person
from ristoro.workers import errands
from ristoro.workers.counted import Act
from ristoro.workers.models import Errand, Tally

DAY = timedelta(days=1)
LATER = AT + 60 * DAY


@dataclass
class World:
    """What the mail host and the ledger show, to be changed by a test."""

    host: MemoryHost
    billing: MemoryBilling


def make_template(before: Template, folder: Path, *, read: bool = False) -> Template:
    """A database in which the run has ended; ``read``: and the world was read again."""
    database, programme = before.copy(folder)
    with pointed_at(database), pytest.MonkeyPatch.context() as patch:
        patch.setenv("RISTORO_HOME", str(folder / "home"))
        patch.setenv("RISTORO_NOTICE_SECRET", "a secret for codes in tests")
        make_secrets(env.current())
        run = end(programme)
        if read:
            world_of(run, patch)
            assert done(programme.staff["Olga"], "reconcile", run=run.name).problems == []
    return Template(folder / "ristoro.sqlite", programme)


def end(programme: Programme) -> Run:
    """Every row has ended: two holders' boxes are gone, one said no, one never answered."""
    programme.approve()
    run = programme.run
    with transaction.atomic():
        _end_rows(run)
        count_again(run)
        Run.objects.filter(pk=run.pk).update(state=RunState.ACTING)
    return programme.run


def _end_rows(run: Run) -> None:
    waiting = list(Grant.objects.filter(run=run, consent=Consent.CONFIRM).order_by("id"))
    given = list(Grant.objects.filter(run=run).exclude(consent=Consent.CONFIRM).order_by("id"))
    for number, grant in enumerate(given):
        grant.since = AT + timedelta(minutes=7) * number
        grant.state, grant.result = GrantState.VERIFIED, "seen"
        if number < 2:
            grant.state, grant.result = GrantState.REFUSED, "no-mailbox"
    for number, grant in enumerate(waiting):
        said_at = AT + DAY * (number % 9 + 1)
        grant.since = said_at + timedelta(hours=2)
        grant.state = GrantState.VERIFIED
        if number == 0:
            grant.state = GrantState.DECLINED
        if number == 1:
            grant.state, grant.since = GrantState.LAPSED, AT + 40 * DAY
        else:
            answer(grant, number != 0, said_at)
    Grant.objects.bulk_update([*given, *waiting], ["state", "result", "since"])
    notices = list(Notice.objects.filter(run=run).order_by("id"))
    for number, notice in enumerate(notices):
        notice.state = NoticeState.REFUSED if number == 0 else NoticeState.VERIFIED
        notice.result = "lmtp-552" if number == 0 else "signature"
        notice.since = AT + timedelta(minutes=5) * number
    Notice.objects.bulk_update(notices, ["state", "result", "since"])


def answer(grant: Grant, yes: bool, at: datetime) -> None:
    Answer.objects.create(
        mailbox_id=grant.mailbox_id,
        bucket=grant.bucket,
        run_id=grant.run_id,
        remedy=grant.remedy,
        yes=yes,
        channel="webmail",
        proof="session",
        recorded_by="webmail",
        at=at,
    )


def count_again(run: Run) -> None:
    """Tallies that say what the rows say."""
    Tally.objects.filter(run=run).delete()
    for act, table, remedy in ((Act.GRANTS, Grant, "remedy"), (Act.NOTICES, Notice, "kind")):
        sums: dict[tuple[int, int, int], list[int]] = {}
        for row in table.objects.filter(run=run):
            one = sums.setdefault((row.bucket, getattr(row, remedy), row.state), [0, 0])
            one[0] += 1
            one[1] += getattr(row, "amount", 0)
        Tally.objects.bulk_create(
            Tally(
                run=run, act=act, bucket=bucket, remedy=about, state=state, rows=rows, amount=amount
            )
            for (bucket, about, state), (rows, amount) in sums.items()
        )


def world_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that shows every grant as its row says; errands read it."""
    made = Grant.objects.filter(run=run, state=GrantState.VERIFIED)
    limits, paid = {}, {}
    for grant in made:
        if grant.kind == GrantKind.STORAGE:
            limits[grant.address] = grant.target
        else:
            paid[grant.address] = grant.until
    world = World(MemoryHost(limits), MemoryBilling(paid))  # type: ignore[arg-type]

    @contextmanager
    def doors(about: Run) -> Iterator[Doors]:
        yield Doors(world.host, world.billing, about.name)

    monkeypatch.setattr(wiring, "doors", doors)
    return world


def done(person: Person, kind: str, at: datetime = LATER, **params: Any) -> Errand:
    """An errand asked for and done."""
    key = f"{kind} {params} {Errand.objects.count()}"
    asked = errands.ask(kind, params, person, key, at)
    assert kinds.run("test", Event(), lambda: at, time.monotonic, until_idle=True) == 1
    asked.refresh_from_db()
    return asked
