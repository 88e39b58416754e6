"""Grants for tests, with the figures of the January 2023 programme."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.rows import GrantRow

GIB = 1024**3
FIFTH_MORE = 1_288_490_189
"""One GiB and a fifth, rounded up (case LI-1)."""

STORAGE = GrantRow(
    id=1,
    run_id=1,
    mailbox_id=11,
    bucket=0,
    address="gratis@libero.it",
    remedy=0,
    kind=GrantKind.STORAGE,
    amount=FIFTH_MORE - GIB,
    currency="",
    base=GIB,
    target=FIFTH_MORE,
    base_until=None,
    until=None,
    deadline=None,
    state=GrantState.PLANNED,
    result="",
)
EXTENSION = replace(
    STORAGE,
    id=2,
    mailbox_id=12,
    address="plus@libero.it",
    remedy=1,
    kind=GrantKind.EXTENSION,
    amount=6,
    base=None,
    target=None,
    base_until=date(2023, 8, 31),
    until=date(2024, 2, 29),
    deadline=date(2023, 4, 30),
)


def storage(number: int, address: str, **changes: Any) -> GrantRow:
    """A storage grant; ``changes`` are fields of the row."""
    return replace(STORAGE, id=number, mailbox_id=number + 10, address=address, **changes)


def extension(number: int, address: str, **changes: Any) -> GrantRow:
    """An extension; ``changes`` are fields of the row."""
    return replace(EXTENSION, id=number, mailbox_id=number + 10, address=address, **changes)
