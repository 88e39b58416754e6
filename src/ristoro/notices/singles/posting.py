"""Asking for a letter, in the transaction of what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ristoro.kernel.keys import bucket_of
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single


@dataclass(frozen=True, slots=True)
class To:
    """Whose mailbox it is for, under which brand, in which language."""

    mailbox_id: int
    address: str
    brand: str
    locale: str


def post(key: str, to: To, kind: str, words: Mapping[str, str], at: datetime) -> Single:
    """Have a letter delivered; the one with this key where it was asked for already."""
    letter, _ = Single.objects.get_or_create(
        key=key,
        defaults={
            "mailbox_id": to.mailbox_id,
            "bucket": bucket_of(to.mailbox_id),
            "address": to.address,
            "brand": to.brand,
            "locale": to.locale,
            "kind": kind,
            "words": dict(words),
            "at": at,
            "state": NoticeState.PLANNED,
            "next_at": at,
        },
    )
    return letter
