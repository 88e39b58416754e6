"""Filing a claim: it gets its number, its clock begins, and what is known is frozen beside it.

The evidence is looked for at once, for this mailbox and the time that the claim is about, and kept
as it was found, so that nobody can later say that something else was known. Filing asks nobody to
prove what only the provider can: what the records cannot show is written down as such.

A claim touches nothing that a run gives, and no right is given up by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from django.db import IntegrityError, transaction
from django.db.models import F

from ristoro.claims import twins
from ristoro.claims.evidence.questions import of_mailbox
from ristoro.claims.models import (
    Claim,
    ClaimState,
    CostKind,
    Evidence,
    Lost,
    Numbering,
)
from ristoro.claims.moving import locked, move, moved, note
from ristoro.claims.terms import Terms
from ristoro.claims.touched import Touched, window
from ristoro.edges.mail_logs.folder import all_folders
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, NotAllowed, Problem, RistoroError
from ristoro.kernel.keys import canonical_json, digest_of
from ristoro.notices import words
from ristoro.notices.singles.posting import To, post

HOLDER = "holder"
"""Who filed, in the journal and the diary: whose mailbox it is stands in the claim's row."""

MOST = 5
PER = timedelta(days=1)
LEAST_WORDS = 10
"""Characters of ``how``: less tells nobody what happened."""

RECEIPT = "claim-filed"
"""The kind of the letter that confirms a claim."""

FILED, WITHDRAWN, UNREAD = "filed", "withdrawn", "evidence-unread"
"""``Note.what`` of what this module writes."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was found for a claim, in canonical JSON; ``trouble`` where it could not be read."""

    body: str
    digest: str
    trouble: str = ""


def lacking(claim: Claim, outage: Touched, today: date) -> Sequence[Problem]:
    """Why a draft cannot be filed as it is; each problem's code is the field's name."""
    found = []
    if claim.lost == Lost.NOT_SAID:
        found.append(_lacks("lost", "nothing says what was lost", "choose what comes closest"))
    if claim.happened_on is not None and claim.happened_on > today:
        found.append(_lacks("happened_on", "the day has not come yet", "write a day that has gone"))
    first = outage.start.astimezone(outage.zone).date()
    if claim.happened_on is not None and claim.happened_on < first:
        found.append(
            _lacks("happened_on", f"the outage began on {first}", "write that day or a later one")
        )
    if not claim.cost_minor:
        found.append(_lacks("cost", "no amount is written", "write what it cost, or an estimate"))
    if claim.cost_kind == CostKind.NOT_SAID:
        found.append(_lacks("cost_kind", "nothing says what the amount is", "choose one"))
    if len(claim.how.strip()) < LEAST_WORDS:
        found.append(_lacks("how", "nothing says how it came about", "write a sentence or two"))
    return found


def known_of(claim: Claim, outage: Touched, home: Path) -> Known:
    """What the mail logs of the installation show of the claim's mailbox, as it is to be frozen."""
    try:
        folders = all_folders(home)
        found = of_mailbox(folders, claim.address, window(outage, claim.happened_on)).as_json()
    except RistoroError as error:  # a claim is taken all the same, and a person looks later
        return Known("", "", "; ".join(one.code for one in error.problems))
    except (OSError, duckdb.Error) as error:
        return Known("", "", f"evidence-unreadable: {error}"[:500])
    return Known(canonical_json(found).decode(), digest_of(found))


def file(claim: Claim, outage: Touched, home: Path, terms: Terms, at: datetime) -> Claim:
    """File a draft; the claim with its number. Filed already, it is left as it is.

    ``BadInput`` names the fields that are lacking; ``NotAllowed`` after the policy's last day, for
    a claim that was withdrawn, and after ``MOST`` claims of a mailbox within ``PER``. The letter
    that confirms it is posted; workers deliver it.
    """
    if claim.state == ClaimState.DRAFT:
        problems = lacking(claim, outage, at.astimezone(outage.zone).date())
        if problems:
            raise BadInput(*problems)
        if not outage.open_on(at.astimezone(outage.zone).date()):
            raise NotAllowed(_too_late(outage))
        known = known_of(claim, outage, home)
        with transaction.atomic():
            _file(claim, known, terms, at)
    claim.refresh_from_db()
    if claim.state in (ClaimState.DRAFT, ClaimState.WITHDRAWN):
        raise moved(claim)
    twins.note(claim)
    return claim


def _file(claim: Claim, known: Known, terms: Terms, at: datetime) -> None:
    """Move the row and write what belongs to it, unless somebody filed or changed it meanwhile."""
    row = locked(claim)
    if row.state != ClaimState.DRAFT or row.saved_at != claim.saved_at:
        return
    mine = Claim.objects.filter(mailbox_id=row.mailbox_id, filed_at__gt=at - PER)
    if mine.count() >= MOST:
        raise NotAllowed(_too_many())
    due = terms.answer_by(at)
    number = next_number(terms.day(at).year)
    filed = {"number": number, "filed_at": at, "due_on": due, "evidence_digest": known.digest}
    move(row, ClaimState.FILED, at, **filed)
    if known.digest:
        Evidence.objects.create(
            mailbox_id=row.mailbox_id,
            bucket=row.bucket,
            claim=row,
            digest=known.digest,
            body=known.body,
            found_at=at,
        )
    else:
        note(row, UNREAD, UNREAD, "ristoro", known.trouble, at, shown=False)
    note(row, FILED, FILED, HOLDER, "", at, shown=True)
    confirm(row, terms.zone, at)
    data = {
        "outage": row.outage,
        "outage_digest": row.outage_digest,
        "evidence": known.digest,
        "due_on": due.isoformat(),
    }
    append(HOLDER, names.CLAIM_FILED, f"claim {row.number}", data, at)


def withdraw(claim: Claim, key: str, at: datetime) -> Claim:
    """Take a filed claim back while nobody has decided; taken back already, it is left as it is."""
    with transaction.atomic():
        row = locked(claim)
        if row.state != ClaimState.WITHDRAWN:
            move(row, ClaimState.WITHDRAWN, at)
            note(row, WITHDRAWN, f"{WITHDRAWN} {key}", HOLDER, "", at, shown=True)
            append(HOLDER, names.CLAIM_WITHDRAWN, f"claim {row.number}", {}, at)
    claim.refresh_from_db()
    return claim


def confirm(claim: Claim, zone: ZoneInfo, at: datetime) -> None:
    """Post the letter that confirms a claim, in the caller's transaction; once for each claim.

    It has no number of the claim: the webmail has it, and readers make links of long numbers.
    """
    assert claim.due_on is not None
    lang = claim.locale
    said = {
        "day": words.day(at.astimezone(zone).date(), lang),
        "due": words.day(claim.due_on, lang),
    }
    to = To(claim.mailbox_id, claim.address, claim.brand, lang)
    post(f"{RECEIPT}-{claim.number}", to, RECEIPT, said, at)


def next_number(year: int) -> str:
    """``R-2023-000123``: the next of the year, in the caller's transaction, which holds the row."""
    if not Numbering.objects.filter(year=year).exists():
        try:
            with transaction.atomic():
                Numbering.objects.create(year=year, last=0)
        except IntegrityError:
            pass  # another claim is the first of the year
    Numbering.objects.filter(year=year).update(last=F("last") + 1)
    last = Numbering.objects.values_list("last", flat=True).get(year=year)
    return f"R-{year}-{last:06d}"


def _lacks(field: str, what: str, todo: str) -> Problem:
    return Problem(field, what, "whoever examines the claim begins from it", todo)


def _too_many() -> Problem:
    return Problem(
        "claims-too-many",
        f"this mailbox has filed {MOST} claims within a day",
        "each is read by a person",
        "file this one tomorrow: the draft is kept",
    )


def _too_late(outage: Touched) -> Problem:
    return Problem(
        "claims-closed",
        f"claims about {outage.outage} were taken until {outage.last_day}",
        "the policy of the programme names this day; what the law gives does not end with it",
        "write to customer service",
    )
