"""Claims that are being written: begun once, saved as they are typed, gone if nobody goes on.

A draft belongs to the mailbox, not to a browser: whoever signs in to it elsewhere goes on where it
was left. It is nobody's business before it is filed: no page of staff shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction

from ristoro.claims import documents
from ristoro.claims.models import Claim, ClaimState, CostKind, Lost
from ristoro.claims.touched import Touched
from ristoro.kernel.errors import NotAllowed, Problem

LIFE = timedelta(days=90)
"""How long a draft is kept after it was last saved."""

MOST = 5
"""Drafts of one mailbox at a time."""

LONGEST_COUNTERPARTY = 254
LONGEST_HOW = 4000
MOST_COST = 99_999_999_999
"""Minor units: above what one SEPA transfer carries (999,999,999.99 euros)."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the fields say; ``cost_minor`` and ``happened_on`` are ``None`` where nothing is."""

    lost: Lost
    counterparty: str
    happened_on: date | None
    cost_minor: int | None
    cost_kind: CostKind
    how: str

    def fields(self) -> Mapping[str, object]:
        """The columns, cut to their lengths, without what no field can hold."""
        how = self.how.replace("\0", "").replace("\r\n", "\n")
        return {
            "lost": self.lost,
            "counterparty": _line(self.counterparty)[:LONGEST_COUNTERPARTY],
            "happened_on": self.happened_on,
            "cost_minor": self.cost_minor,
            "cost_kind": self.cost_kind,
            "how": how[:LONGEST_HOW],
        }


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it stands after saving; ``lost_to_other`` where another save came between, and
    nothing was written."""

    claim: Claim
    lost_to_other: bool


def begin(outage: Touched, key: str, locale: str, at: datetime) -> Claim:
    """A new draft about an outage; the same key again gives the same draft.

    ``NotAllowed`` with ``MOST`` drafts already, and after the last day that the policy names.
    """
    known = Claim.objects.filter(mailbox_id=outage.mailbox_id, key=key).first()
    if known is not None:
        return known
    if not outage.open_on(at.astimezone(outage.zone).date()):
        raise NotAllowed(_too_late(outage))
    drafts = Claim.objects.filter(mailbox_id=outage.mailbox_id, state=ClaimState.DRAFT)
    if drafts.count() >= MOST:
        raise NotAllowed(_too_many())
    row = Claim(
        mailbox_id=outage.mailbox_id,
        bucket=outage.bucket,
        key=key,
        address=outage.address,
        brand=outage.brand,
        locale=locale,
        outage=outage.outage,
        outage_digest=outage.outage_digest,
        run_id=outage.run_id,
        currency=outage.currency,
        state=ClaimState.DRAFT,
        since=at,
        begun_at=at,
        saved_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Claim.objects.get(mailbox_id=outage.mailbox_id, key=key)
    return row


def save(claim: Claim, words: Words, seen: datetime, at: datetime) -> Saved:
    """Write a draft's words, if it stands as it was ``seen``: nothing typed elsewhere is undone.

    What is written already is no change, however late it comes.
    """
    fields = dict(words.fields())
    same = Claim.objects.filter(pk=claim.pk, mailbox_id=claim.mailbox_id, state=ClaimState.DRAFT)
    kept = same.filter(saved_at=seen).update(**fields, saved_at=max(at, seen))
    claim.refresh_from_db()
    if kept:
        return Saved(claim, lost_to_other=False)
    told = all(getattr(claim, name) == value for name, value in fields.items())
    return Saved(claim, lost_to_other=not told)


def discard(claim: Claim, home: Path) -> None:
    """Delete a draft and its documents; ``NotAllowed`` once it is filed."""
    with transaction.atomic():
        row = Claim.objects.select_for_update().filter(pk=claim.pk).first()
        if row is None:
            return
        if row.state != ClaimState.DRAFT:
            raise NotAllowed(
                Problem(
                    "claim-filed",
                    f"claim {row.number} is filed",
                    "what was filed is kept, also where it is taken back",
                    "withdraw it instead",
                )
            )
        documents.forget(documents.of_claim(row), home)
        row.delete()


def expires_at(claim: Claim) -> datetime:
    """When a draft is deleted unless it is saved before."""
    return claim.saved_at + LIFE


def expire(home: Path, at: datetime, address: str | None = None) -> int:
    """Delete the drafts that nobody has saved for so long, of one mailbox or of all; how many."""
    old = Claim.objects.filter(state=ClaimState.DRAFT, saved_at__lt=at - LIFE)
    if address is not None:
        old = old.filter(address=address)
    gone = list(old.order_by("id")[:1000])
    for claim in gone:
        discard(claim, home)
    return len(gone)


def _line(text: str) -> str:
    return " ".join("".join(one for one in text if one.isprintable() or one.isspace()).split())


def _too_many() -> Problem:
    return Problem(
        "drafts-too-many",
        f"this mailbox has {MOST} claims that are not filed yet",
        "each is kept until it is filed or thrown away",
        "go on with one of them, or throw one away",
    )


def _too_late(outage: Touched) -> Problem:
    return Problem(
        "claims-closed",
        f"claims about {outage.outage} were taken until {outage.last_day}",
        "the policy of the programme names this day; what the law gives does not end with it",
        "write to customer service",
    )
