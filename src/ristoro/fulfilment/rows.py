"""Grants as the rows that acts are made from: read by id range, without model objects."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ristoro.fulfilment.models import Grant, GrantKind, GrantState
from ristoro.kernel.errors import bad_input
from ristoro.kernel.keys import BUCKETS, row_bounds
from ristoro.notices.models import Notice
from ristoro.remedies.models import Run

FIELDS = (
    "id",
    "run_id",
    "mailbox_id",
    "bucket",
    "address",
    "remedy",
    "kind",
    "amount",
    "currency",
    "base",
    "target",
    "base_until",
    "until",
    "deadline",
    "state",
    "result",
)


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One grant as it stood when read; the fields are those of ``models.Grant``."""

    id: int
    run_id: int
    mailbox_id: int
    bucket: int
    address: str
    remedy: int
    kind: GrantKind
    amount: int
    currency: str
    base: int | None
    target: int | None
    base_until: date | None
    until: date | None
    deadline: date | None
    state: GrantState
    result: str


def read(
    run_id: int, lo: int, hi: int, states: Collection[GrantState] | None = None
) -> list[GrantRow]:
    """The run's grants with ``lo <= id < hi``, in order of id; only in ``states`` where given."""
    rows = Grant.objects.filter(id__gte=lo, id__lt=hi, run_id=run_id)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    return [_row(values) for values in rows.order_by("id").values_list(*FIELDS)]


def of_mailbox(run_id: int, mailbox_id: int) -> list[GrantRow]:
    """What the run gives one mailbox, in order of the policy's remedies."""
    rows = Grant.objects.filter(mailbox_id=mailbox_id, run_id=run_id).order_by("remedy")
    return [_row(values) for values in rows.values_list(*FIELDS)]


def mailbox_of(run: Run, address: str) -> int:
    """The id of the mailbox with that address, capitals aside; ``BadInput`` when it has no grant.

    Whoever is given something is written to, and notices are found by address.
    """
    address = address.strip().lower()
    letters = Notice.objects.filter(address=address, run_id=run.id)
    found = letters.values_list("mailbox_id", flat=True).first()
    if found is None:
        raise bad_input(
            "no-grant",
            f"run {run.name} gives nothing to {address}",
            "the address may be of another run, or nothing is owed to it",
            f"see why: ristoro explain --run {run.directory} --mailbox {address}",
        )
    return found


def by_bucket(
    run_id: int, states: Collection[GrantState] | None = None
) -> Iterator[list[GrantRow]]:
    """The run's grants, one bucket at a time: a thousandth of the run is in memory."""
    for bucket in range(BUCKETS):
        if rows := read(run_id, *row_bounds(bucket, run_id), states):
            yield rows


def _row(values: tuple[Any, ...]) -> GrantRow:
    named = dict(zip(FIELDS, values, strict=True))
    named["kind"] = GrantKind(named["kind"])
    named["state"] = GrantState(named["state"])
    return GrantRow(**named)
