"""Asking for letters, in the transaction of what they tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ristoro.kernel.keys import bucket_of
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class To:
    """Whose mailbox it is for, under which brand, in which language."""

    mailbox_id: int
    address: str
    brand: str
    locale: str


@dataclass(frozen=True, slots=True)
class Ask:
    """One letter to be delivered: ``key`` says what it tells of, ``kind`` and ``words`` how."""

    key: str
    to: To
    kind: str
    words: Mapping[str, str]


def post(key: str, to: To, kind: str, words: Mapping[str, str], at: datetime) -> Single:
    """Have a letter delivered; the one with this key where it was asked for already."""
    fields = _fields(Ask(key, to, kind, words), at)
    letter, _ = Single.objects.get_or_create(key=key, defaults=fields)
    return letter


def post_many(asks: Iterable[Ask], at: datetime) -> None:
    """Have letters delivered; those whose keys were asked for already are left as they are."""
    rows = [Single(key=one.key, **_fields(one, at)) for one in asks]
    Single.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)


def _fields(one: Ask, at: datetime) -> dict[str, object]:
    return {
        "mailbox_id": one.to.mailbox_id,
        "bucket": bucket_of(one.to.mailbox_id),
        "address": one.to.address,
        "brand": one.to.brand,
        "locale": one.to.locale,
        "kind": one.kind,
        "words": dict(one.words),
        "at": at,
        "state": NoticeState.PLANNED,
        "next_at": at,
    }
