"""Claims that are like another: the same loss claimed twice, or one story told by many.

A sign is a number that two claims share: the same mailbox, holder, account or document, or words
that are nearly the same. How near two texts are is stated: the share of their runs of three words
that both have (Jaccard's index over word 3-shingles), in hundredths. Nothing follows from a sign
but that a person is shown it, with the reason.
"""

from __future__ import annotations

import enum
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ristoro.claims.models import Claim, ClaimState, Document, Trait
from ristoro.fulfilment.payees import known as payees
from ristoro.kernel.errors import BadInput
from ristoro.remedies.folder.find import find_mailbox
from ristoro.remedies.folder.run_folder import open_run
from ristoro.remedies.models import Run

WORDS = 3
"""Words of a shingle."""

KEPT = 64
"""Shingles of a claim that are kept: those of the least numbers, a sample that any two claims draw
alike (Broder, 1997)."""

NEAR = 60
"""Hundredths from which two texts are called nearly the same."""

LOOKED_UP = 16
"""Kept shingles of a claim, those of the least numbers, whose other claims are looked for."""

SHARED = 4
"""Of those, how many two claims share before their texts are compared in full. Where two texts are
nearly the same, three in four of one's shingles are in the other: twelve of sixteen, and fewer than
four once in a million."""

FEWEST_WORDS = 12
"""Shorter texts are alike by chance."""

MOST = 20
NEWEST = 200
"""Claims that are looked at for one number: where thousands share it, the newest of them."""

PAYEES_LOOKED_AT = 500
_WORD = re.compile(r"\w+")


class Sign(enum.IntEnum):
    """What two claims share. Numbers are kept in rows."""

    MAILBOX = 1
    DOCUMENT = 2
    WORDS = 3
    HOLDER = 4
    PAYEE = 5
    LOSS = 6


@dataclass(frozen=True, slots=True)
class Alike:
    """Another claim, what it shares with this one, and how near its words are, in hundredths.

    A ``double`` is of the same mailbox, outage and loss; the others are look-alikes.
    """

    claim: Claim
    signs: tuple[Sign, ...]
    near: int = 0

    @property
    def double(self) -> bool:
        return Sign.LOSS in self.signs


def note(claim: Claim) -> None:
    """Keep the numbers by which a filed claim is found to be like another; as often as you like."""
    values = [(Sign.DOCUMENT, _number(digest)) for digest in _documents(claim)]
    values += [(Sign.WORDS, one) for one in sorted(shingles(_told(claim)))[:KEPT]]
    holder = _holder(claim)
    if holder:
        values.append((Sign.HOLDER, _number(holder)))
    Trait.objects.bulk_create(
        [Trait(claim=claim, sign=sign, value=value) for sign, value in dict.fromkeys(values)],
        ignore_conflicts=True,
    )


def alike(claim: Claim, at: datetime) -> list[Alike]:
    """The claims that are like this one, doubles first, then those that share most."""
    signs: dict[int, set[Sign]] = defaultdict(set)
    for number in _others(mailbox_id=claim.mailbox_id, outage=claim.outage):
        signs[number].add(Sign.MAILBOX)
    for sign in (Sign.DOCUMENT, Sign.HOLDER):
        for number in _sharing(claim, sign):
            signs[number].add(sign)
    for number in _same_payee(claim, at):
        signs[number].add(Sign.PAYEE)
    shared = _sharing(claim, Sign.WORDS).most_common(NEWEST)
    near = _nearness(claim, {*signs, *(number for number, many in shared if many >= SHARED)})
    for number, hundredths in near.items():
        if hundredths >= NEAR:
            signs[number].add(Sign.WORDS)
    signs.pop(claim.pk, None)
    rows = Claim.objects.exclude(state=ClaimState.DRAFT).in_bulk(list(signs))
    made = [
        Alike(row, _signs(claim, row, signs[number]), near.get(number, 0))
        for number, row in rows.items()
    ]
    made.sort(key=lambda one: (not one.double, -len(one.signs), -one.near, one.claim.pk))
    return made[:MOST]


def shingles(text: str) -> frozenset[int]:
    """The runs of three words of a text, as numbers; none of a text that is too short to judge."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    if len(words) < FEWEST_WORDS:
        return frozenset()
    runs = (" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1))
    return frozenset(_number(run) for run in runs)


def nearness(one: frozenset[int], other: frozenset[int]) -> int:
    """Jaccard's index of two sets of shingles, in hundredths, rounded down."""
    both = len(one | other)
    return 100 * len(one & other) // both if both else 0


def _sharing(claim: Claim, sign: Sign) -> Counter[int]:
    """Other claims, and how many of this one's numbers of a sign each has."""
    own = Trait.objects.filter(claim=claim, sign=sign).order_by("value")
    shared: Counter[int] = Counter()
    for value in own.values_list("value", flat=True)[:LOOKED_UP]:
        others = Trait.objects.filter(sign=sign, value=value).order_by("-claim")
        shared.update(others.values_list("claim_id", flat=True)[:NEWEST])
    del shared[claim.pk]
    return shared


def _signs(claim: Claim, other: Claim, found: set[Sign]) -> tuple[Sign, ...]:
    if Sign.MAILBOX in found and _same_loss(claim, other):
        found = found | {Sign.LOSS}
    return tuple(sorted(found))


def _same_loss(claim: Claim, other: Claim) -> bool:
    if claim.lost != other.lost:
        return False
    party = claim.counterparty.strip().casefold() == other.counterparty.strip().casefold()
    return party or (
        claim.happened_on == other.happened_on and claim.cost_minor == other.cost_minor
    )


def _nearness(claim: Claim, others: Iterable[int]) -> dict[int, int]:
    own = shingles(_told(claim))
    rows = Claim.objects.filter(pk__in=list(others)).exclude(pk=claim.pk)
    return {row.pk: nearness(own, shingles(_told(row))) for row in rows} if own else {}


def _same_payee(claim: Claim, at: datetime) -> list[int]:
    """Claims about the outage whose holders named the account that this one's holder named."""
    others = Claim.objects.filter(outage=claim.outage).exclude(state=ClaimState.DRAFT)
    rows = others.exclude(mailbox_id=claim.mailbox_id).order_by("-pk")
    known = list(rows.values_list("pk", "mailbox_id")[:PAYEES_LOOKED_AT])
    found = payees.usable([claim.mailbox_id, *(mailbox for _, mailbox in known)], at)
    own = found.get(claim.mailbox_id)
    if own is None:
        return []
    same = {mailbox for mailbox, payee in found.items() if payee.iban == own.iban}
    return [number for number, mailbox in known if mailbox in same]


def _others(**like: object) -> list[int]:
    found = Claim.objects.filter(**like).exclude(state=ClaimState.DRAFT)
    return list(found.values_list("pk", flat=True)[:PAYEES_LOOKED_AT])


def _documents(claim: Claim) -> list[str]:
    found = Document.objects.filter(claim=claim, mailbox_id=claim.mailbox_id)
    return list(found.values_list("digest", flat=True))


def _holder(claim: Claim) -> str:
    """Who the snapshot says holds the mailbox; empty where it says nothing, or cannot be read."""
    run = None if claim.run_id is None else Run.objects.filter(pk=claim.run_id).first()
    if run is None:
        return ""
    try:
        row = find_mailbox(open_run(Path(run.directory)), claim.address).row
    except BadInput:
        return ""
    return str(row["holder_id"] or "")


def _told(claim: Claim) -> str:
    return claim.how


def _number(text: str) -> int:
    """63 bits of a text's SHA-256: a positive bigint."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1
