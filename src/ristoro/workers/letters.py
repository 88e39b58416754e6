"""The act NOTICES: settle what a dead worker left, then write, deposit and record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ristoro.edges.mailhosts.contract import LookAsk, Sighting
from ristoro.fulfilment.models import Consent, Grant, GrantKind, GrantState
from ristoro.fulfilment.money import ways_of
from ristoro.kernel.outcome import Ending, Result
from ristoro.notices.facts import NoticeKind
from ristoro.notices.letters import Written, merged
from ristoro.notices.models import NO_DAY, OF_ALL, Notice, NoticeState
from ristoro.notices.plan import GrantRow, NoticeRow
from ristoro.workers.job import Interrupted, Job, batches, moves
from ristoro.workers.leases import Lease
from ristoro.workers.tallies import record

TO_SETTLE = frozenset({NoticeState.SENDING, NoticeState.UNKNOWN})
TO_SEND = frozenset({NoticeState.PLANNED, NoticeState.DEFERRED})

_AFTER_DEPOSIT: Mapping[Ending, NoticeState] = {
    Ending.DONE: NoticeState.ACCEPTED,
    Ending.DEFERRED: NoticeState.DEFERRED,
    Ending.REFUSED: NoticeState.REFUSED,
    Ending.UNKNOWN: NoticeState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A notice as read: its id, its state, and what the desk needs of it."""

    id: int
    mailbox_id: int
    state: NoticeState
    notice: NoticeRow


def work(held: Lease, job: Job) -> None:
    """Take every notice of the chunk as far as it goes.

    1. Rows in *sending* or *unknown* are looked for in their mailbox: there, they are accepted;
       not there, they may be sent; where nobody could look, they stay unknown.
    2. Planned and deferred rows get their letter, are marked *sending*, deposited and recorded.
       What a letter would speak of and is not so holds the letter back.
    """
    left = read(held, TO_SETTLE)
    if left:
        job.stop.wait(job.habits.settle_seconds)
    for batch in batches(job, held, left, job.habits.batch):
        looked = look(job, batch, fetch=False)
        steps = ((row.id, row.state, *_settled(s)) for row, s in zip(batch, looked, strict=True))
        record(held, moves(steps), job.clock())
    size = job.pace.batch(job.habits.batch)
    for batch in batches(job, held, read(held, TO_SEND), size):
        _send(held, job, batch)


def read(held: Lease, states: Iterable[NoticeState]) -> list[Row]:
    """The chunk's notices in these states, in order of id."""
    found = Notice.objects.filter(
        id__gte=held.lo, id__lt=held.hi, run_id=held.run_id, state__in=list(states)
    ).order_by("id")
    fields = (
        *("id", "mailbox_id", "state", "address", "brand", "locale", "kind", "about", "day"),
        "run__name",
    )
    rows = found.values_list(*fields)
    return [
        Row(
            number,
            mailbox,
            NoticeState(state),
            NoticeRow(
                *(number, run, address, brand, locale, NoticeKind(kind)),
                about=None if about == OF_ALL else about,
                day=None if day == NO_DAY else day,
            ),
        )
        for number, mailbox, state, address, brand, locale, kind, about, day, run in rows
    ]


def left(held: Lease) -> int:
    """How many of the chunk's notices are still to be sent or to be settled."""
    return len(read(held, TO_SEND | TO_SETTLE))


def look(job: Job, rows: Sequence[Row], *, fetch: bool) -> list[Sighting]:
    """Look for each notice in its mailbox, by its Message-ID."""
    asks = [LookAsk(row.notice.address, job.desk.message_id(row.notice)) for row in rows]
    return job.doors.host.look(asks, fetch=fetch)


def _settled(sighting: Sighting) -> tuple[NoticeState, str]:
    if not sighting.result.done:
        return NoticeState.UNKNOWN, sighting.result.code
    if sighting.copies:
        return NoticeState.ACCEPTED, "found" if sighting.copies == 1 else "found-twice"
    return NoticeState.DEFERRED, "absent"


def _send(held: Lease, job: Job, rows: Sequence[Row]) -> None:
    grants = _grants_of(held, rows)
    letters: list[tuple[Row, Written]] = []
    withheld = []
    for row in rows:
        written = job.desk.write(row.notice, grants.get(row.mailbox_id, []))
        if isinstance(written, Written):
            letters.append((row, written))
        elif not written.pending:
            withheld.append((row.id, row.state, NoticeState.WITHHELD, written.code))
    if withheld:
        record(held, moves(withheld), job.clock())
    if not letters:
        return
    wait = job.pace.wait_for(len(letters), job.seconds())
    if job.stop.wait(wait) or (wait and not job.wanted()):  # paused while it waited
        raise Interrupted
    sending = ((row.id, row.state, NoticeState.SENDING, "") for row, _ in letters)
    record(held, moves(sending), job.clock())
    results = _deposit(job, [written for _, written in letters])
    ended = (
        (row.id, NoticeState.SENDING, _AFTER_DEPOSIT[result.ending], result.code)
        for (row, _), result in zip(letters, results, strict=True)
    )
    record(held, moves(ended), job.clock())
    job.knock(
        [row.notice.address for (row, _), one in zip(letters, results, strict=True) if one.done]
    )


def _deposit(job: Job, written: Sequence[Written]) -> list[Result]:
    together = merged(one.letter for one in written)
    answers: dict[tuple[str, bytes], Result] = {}
    for letter, results in zip(together, job.doors.host.deposit(together), strict=True):
        for recipient, result in zip(letter.recipients, results, strict=True):
            answers[recipient, letter.message] = result
    return [answers[one.letter.recipients[0], one.letter.message] for one in written]


def _grants_of(held: Lease, rows: Sequence[Row]) -> dict[int, list[GrantRow]]:
    """What the run gives these mailboxes, by mailbox, in the words that letters are made from."""
    found: dict[int, list[GrantRow]] = {}
    wanted = Grant.objects.filter(
        run_id=held.run_id, mailbox_id__in=[row.mailbox_id for row in rows]
    )
    ways = ways_of(wanted)
    for grant in wanted:
        found.setdefault(grant.mailbox_id, []).append(
            GrantRow(
                remedy=grant.remedy,
                kind=GrantKind(grant.kind).name.lower().replace("_", "-"),
                amount=grant.amount,
                currency=grant.currency,
                base=grant.base,
                target=grant.target,
                base_until=grant.base_until,
                until=grant.until,
                consent=Consent(grant.consent).name.lower(),
                deadline=grant.deadline,
                state=GrantState(grant.state).name.lower(),
                channel=ways.get(grant.id, ""),
            )
        )
    return found
