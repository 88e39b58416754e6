"""What a full reading of the world found otherwise than the rows say, and what people say to it.

A run is closed only when each of these is handled: somebody says in a sentence why the grant stays
as it is, or how it was mended. Handling changes no grant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet

from ristoro.fulfilment.models import GrantState, Mismatch
from ristoro.fulfilment.rows import GrantRow
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import NotAllowed, Problem
from ristoro.kernel.outcome import Ending, Result
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

MOST_KEPT = 100_000
"""So many are kept one by one. Where there are more, the mail host is to be mended first."""

LONGEST_TEXT = 500
UNREADABLE = "unreadable"
"""Before the code of what could not be read at all: whether it differs is not known."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Mismatches with one code: how many there are, and how many of them nobody has handled."""

    code: str
    count: int
    open: int


def code_of(result: Result) -> str:
    """The code under which a reading that did not agree is listed."""
    return result.code if result.ending is Ending.REFUSED else f"{UNREADABLE}:{result.code}"


def keep(run: Run, found: Sequence[tuple[GrantRow, Result]], at: datetime) -> None:
    """Keep what one batch of a full reading found, as read ``at``.

    What was handled stays handled as long as the same is found of the same grant.
    """
    if not found:
        return
    room = MOST_KEPT - Mismatch.objects.filter(run=run, found_at=at).count()
    found = found[: max(room, 0)]
    mailboxes = {grant.mailbox_id for grant, _ in found}
    known = {
        (one.mailbox_id, one.remedy): one
        for one in Mismatch.objects.filter(run=run, mailbox_id__in=mailboxes)
    }
    new = []
    for grant, result in found:
        code, text = code_of(result)[:40], result.text[:LONGEST_TEXT]
        one = known.get((grant.mailbox_id, grant.remedy))
        if one is None:
            new.append(
                Mismatch(
                    run=run, mailbox_id=grant.mailbox_id, bucket=grant.bucket,
                    remedy=grant.remedy, address=grant.address,
                    code=code, text=text, found_at=at,
                )
            )  # fmt: skip
            continue
        if one.code != code:
            one.reason, one.handled_by, one.handled_at = "", "", None
        one.code, one.text, one.found_at = code, text, at
        one.save()
    Mismatch.objects.bulk_create(new)


def drop_older(run: Run, at: datetime) -> None:
    """Delete what a full reading, begun ``at``, did not find any more."""
    Mismatch.objects.filter(run=run, found_at__lt=at).delete()


def kinds(run: Run) -> list[Kind]:
    """What was found, by code, the most frequent first."""
    counted = (
        Mismatch.objects.filter(run=run)
        .values_list("code")
        .annotate(Count("id"), open=Count("id", filter=Q(handled_at=None)))
        .order_by()
    )
    return sorted((Kind(*one) for one in counted), key=lambda one: (-one.count, one.code))


def handled(run: Run) -> int:
    """How many somebody has handled."""
    return Mismatch.objects.filter(run=run).exclude(handled_at=None).count()


def handled_in(run: Run, state: GrantState) -> int:
    """How many grants in that state have one that somebody has handled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM fulfilment_mismatch AS one JOIN fulfilment_grant AS its"
            " ON its.mailbox_id = one.mailbox_id AND its.run_id = one.run_id"
            " AND its.remedy = one.remedy"
            " WHERE one.run_id = %s AND one.handled_at IS NOT NULL AND its.state = %s",
            [run.pk, int(state)],
        )
        return int(cursor.fetchone()[0])


def listed(run: Run, code: str = "", only_open: bool = False) -> QuerySet[Mismatch]:
    """Those of the run, or of one code, or those that nobody has handled; by id."""
    found = Mismatch.objects.filter(run=run).order_by("id")
    if code:
        found = found.filter(code=code)
    return found.filter(handled_at=None) if only_open else found


def page(found: QuerySet[Mismatch], after: int, most: int) -> list[Mismatch]:
    """At most so many with an id above ``after``."""
    return list(found.filter(id__gt=after)[:most])


def walk(found: QuerySet[Mismatch], at_once: int = 1000) -> Iterator[Mismatch]:
    """All of them, so many at a time in memory."""
    last = 0
    while batch := page(found, last, at_once):
        yield from batch
        last = batch[-1].id


def handle(
    run: Run,
    person: Person,
    reason: str,
    at: datetime,
    *,
    ids: Collection[int] = (),
    code: str = "",
) -> int:
    """Say why the mismatches ``ids``, or all open ones with ``code``, stay so; how many they were.

    For operators and finance. ``NotAllowed`` without a reason. What is handled already is left as
    it is: the first reason stands.
    """
    people.require(person, Role.OPERATOR, Role.FINANCE)
    reason = " ".join(reason.split())[:LONGEST_TEXT]
    if not reason:
        raise NotAllowed(
            Problem(
                "reason-missing",
                "no mismatch was handled",
                "the report names the reason beside each",
                "say why the grants stay as they are, or how they were mended",
            )
        )
    with transaction.atomic():
        wanted = listed(run, code, only_open=True)
        chosen = wanted if code else wanted.filter(id__in=list(ids))
        codes = Counter(chosen.values_list("code", flat=True))
        chosen.update(reason=reason, handled_by=person.name, handled_at=at)
        if codes:
            data = {
                "run": run.name,
                "person": person.id,
                "reason": reason,
                "codes": dict(codes),
                "mismatches": "all" if code else sorted(ids),
            }
            append(person.name, names.MISMATCHES_HANDLED, f"run {run.pk}", data, at)
    return codes.total()
