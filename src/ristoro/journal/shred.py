"""Shredding what an entry says in detail, where a law or a person asks for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.journal.models import Detail
from ristoro.kernel.errors import Missing, NotAllowed, Problem


def shred(number: int, actor: str, because: str, at: datetime) -> None:
    """Empty the detail of entry ``number``: its data and salt go, its hash stays in the chain.

    The shredding is itself an entry. ``Missing`` when there is no such detail or it is shredded
    already, ``NotAllowed`` without a reason.
    """
    if not because.strip():
        raise NotAllowed(
            Problem(
                "reason-missing",
                f"the detail of entry {number} was not shredded",
                "shredding is allowed only for a stated reason",
                "say which request or rule asks for it",
            )
        )
    with transaction.atomic():
        changed = Detail.objects.filter(number=number, shredded_at=None).update(
            data=None, salt="", shredded_at=at, shredded_because=because
        )
        if changed != 1:
            raise Missing(
                Problem(
                    "no-detail",
                    f"there is nothing to shred at entry {number}",
                    "there is no such entry, or it is shredded already",
                    "check the number",
                )
            )
        append(actor, names.DETAIL_SHREDDED, f"entry {number}", {"because": because}, at)
