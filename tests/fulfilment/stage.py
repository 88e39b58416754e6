"""A loaded and approved run in a real database, without the load: rows, tallies and chunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.fulfilment.made import EXTENSION, STORAGE

from ristoro.fulfilment.models import Consent, Grant, GrantState
from ristoro.kernel.keys import bucket_of, row_id
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.models import Act, Chunk, ChunkState, Tally

AT = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)
PASSWORD = "quattro parole scelte bene"


@dataclass(frozen=True)
class Staff:
    operator: Person
    approver: Person
    agent: Person


def staff() -> Staff:
    """One person for each role."""
    roles = {"Olga": Role.OPERATOR, "Aldo": Role.APPROVER, "Gina": Role.AGENT}
    return Staff(
        *(people.add(name, PASSWORD, [role], actor="test", at=AT) for name, role in roles.items())
    )


def run(**changes: Any) -> Run:
    """A run that acts."""
    fields: dict[str, Any] = {
        "name": "jan23",
        "directory": "",
        "snapshot_digest": "",
        "outage_digest": "",
        "policy_digest": "",
        "outcomes_digest": "",
        "totals": {},
        "approval_total": "",
        "state": RunState.ACTING,
        "entered_by": "Olga",
        "entered_at": AT,
        "approved_by": "Aldo",
        "approved_at": AT,
    }
    return Run.objects.create(**{**fields, **changes})


def storage(mailbox_id: int, state: GrantState = GrantState.PLANNED, **changes: Any) -> Grant:
    """A storage grant that is not saved yet; the id is given by ``load``."""
    return _grant(STORAGE, mailbox_id, state, Consent.AUTOMATIC, changes)


def extension(mailbox_id: int, state: GrantState = GrantState.WAITING, **changes: Any) -> Grant:
    """An extension that waits for a yes; not saved yet."""
    return _grant(EXTENSION, mailbox_id, state, Consent.CONFIRM, changes)


def load(into: Run, grants: Sequence[Grant], chunk_state: ChunkState = ChunkState.DONE) -> None:
    """Save the grants with ids, and the tallies and one chunk a bucket that go with them."""
    ordinals: Counter[int] = Counter()
    for grant in grants:
        grant.run_id = into.id
        grant.id = row_id(grant.bucket, into.id, ordinals[grant.bucket])
        ordinals[grant.bucket] += 1
    Grant.objects.bulk_create(grants)
    rows = Counter((one.bucket, one.remedy, one.state) for one in grants)
    amounts: Counter[tuple[int, int, int]] = Counter()
    for one in grants:
        amounts[one.bucket, one.remedy, one.state] += one.amount
    Tally.objects.bulk_create(
        Tally(
            run_id=into.id,
            act=Act.GRANTS,
            bucket=bucket,
            remedy=remedy,
            state=state,
            rows=count,
            amount=amounts[bucket, remedy, state],
        )
        for (bucket, remedy, state), count in rows.items()
    )
    Chunk.objects.bulk_create(
        Chunk(
            run_id=into.id,
            bucket=bucket,
            act=Act.GRANTS,
            lo=row_id(bucket, into.id, 0),
            hi=row_id(bucket, into.id, count),
            state=chunk_state,
        )
        for bucket, count in ordinals.items()
    )


def written(run: Run, state: NoticeState = NoticeState.VERIFIED) -> None:
    """The run's own letter to every mailbox that has a grant, without tallies and chunks."""
    letters = {
        grant.mailbox_id: Notice(
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
        for grant in Grant.objects.filter(run=run)
    }
    Notice.objects.bulk_create(letters.values())


def _grant(
    like: Any, mailbox_id: int, state: GrantState, consent: Consent, changes: dict[str, Any]
) -> Grant:
    fields = {
        name: getattr(like, name)
        for name in (
            "remedy",
            "kind",
            "amount",
            "currency",
            "base",
            "target",
            "base_until",
            "until",
            "deadline",
        )
    }
    fields |= {
        "mailbox_id": mailbox_id,
        "bucket": bucket_of(mailbox_id),
        "state": state,
        "address": f"casella{mailbox_id}@libero.it",
        "brand": "libero",
        "locale": "it",
        "consent": consent,
        "result": "",
    }
    return Grant(**{**fields, **changes})
