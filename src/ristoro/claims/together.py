"""One decision for claims whose facts are identical: a sample shown first, and four eyes.

Identical means that every value that a decision rests on is the same: the outage, what was lost,
from or for whom, on which day, the cost and what it is, what the evidence counts, what was given
before, and no document, for no two documents prove the same. What the holders wrote, and whose
mailbox it is, is not compared: the sample, drawn at random, is there for that. An examiner opens
every claim of the sample and writes one verdict; another person releases it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ristoro.claims import finding, setting_off
from ristoro.claims.finding import Verdict
from ristoro.claims.models import (
    Claim,
    ClaimState,
    Document,
    Evidence,
    Taken,
    Together,
    TogetherState,
)
from ristoro.claims.moving import locked
from ristoro.claims.reasons import Outcome
from ristoro.claims.terms import Terms
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, NotAllowed, Place, Problem
from ristoro.kernel.keys import digest_of
from ristoro.staff import people
from ristoro.staff.browsers import sightings
from ristoro.staff.models import Role
from ristoro.staff.people import Person

FEWEST = 2
MOST = 200
LOOKED_AT = 2_000
"""Claims that groups are looked for among, those due first."""


@dataclass(frozen=True, slots=True)
class Group:
    """Claims of identical facts that nobody has taken, by the digest of the facts."""

    facts: str
    told: Mapping[str, Any]
    claims: tuple[Claim, ...]


def sample_size(claims: int) -> int:
    """How many are opened: all of two or three, and a tenth of more, but three at least."""
    return min(claims, max(3, -(-claims // 10)))


def facts_of(claim: Claim, totals: Mapping[str, Any], given: int) -> dict[str, Any]:
    """What a decision on the claim rests on, with one spelling."""
    return {
        "outage": claim.outage_digest,
        "lost": claim.lost,
        "counterparty": " ".join(claim.counterparty.casefold().split()),
        "happened_on": claim.happened_on.isoformat() if claim.happened_on else None,
        "cost": claim.cost_minor,
        "currency": claim.currency,
        "cost_kind": claim.cost_kind,
        "evidence": dict(totals),
        "given": given,
        "locale": claim.locale,
    }


def groups() -> list[Group]:
    """The groups among the filed claims that nobody has taken, the largest first."""
    filed = Claim.objects.filter(state=ClaimState.FILED, appeal_of=None).order_by("due_on", "pk")
    free = filed.exclude(pk__in=Taken.objects.values("claim_id")).exclude(
        pk__in=Document.objects.values("claim_id")
    )
    busy = {number for one in _open() for number in one.claims}
    alike: dict[str, list[Claim]] = {}
    told: dict[str, dict[str, Any]] = {}
    rows = [one for one in free.defer("how")[:LOOKED_AT] if one.pk not in busy]
    coarse: dict[tuple[str, ...], list[Claim]] = {}
    for one in rows:
        coarse.setdefault(tuple(map(str, facts_of(one, {}, 0).values())), []).append(one)
    # The evidence and what was given before are read only where they can matter.
    several = [one for some in coarse.values() if len(some) >= FEWEST for one in some]
    totals = _totals(several)
    given = setting_off.of_claims(several)
    for one in several:
        before = sum(each.amount_minor for each in given.get(one.pk, ()))
        facts = facts_of(one, totals.get(one.pk, {}), before)
        digest = digest_of(facts)
        alike.setdefault(digest, []).append(one)
        told[digest] = facts
    found = [
        Group(facts, told[facts], tuple(claims[:MOST]))
        for facts, claims in alike.items()
        if len(claims) >= FEWEST
    ]
    return sorted(found, key=lambda one: (-len(one.claims), one.facts))


def prepare(facts: str, key: str, person: Person, at: datetime, chance: random.Random) -> Together:
    """Put the claims of a group together, and draw the sample; the same key, the same draw."""
    people.require(person, Role.EXAMINER)
    people.require_known(person)
    known = Together.objects.filter(key=key).first()
    if known is not None:
        return known
    group = next((one for one in groups() if one.facts == facts), None)
    if group is None:
        raise NotAllowed(_problem("together-gone", "these claims are no longer alike, or taken"))
    numbers = [one.pk for one in group.claims]
    with transaction.atomic():
        made = Together.objects.create(
            facts=facts,
            key=key,
            claims=numbers,
            sample=sorted(chance.sample(numbers, sample_size(len(numbers)))),
            state=TogetherState.PREPARED,
            currency=group.claims[0].currency,
            made_by=person.name,
            made_by_id=person.id,
            made_at=at,
        )
        _journal(made, names.TOGETHER_PREPARED, person, {"claims": len(numbers)}, at)
    return made


def opened(together: Together, claim: Claim, person: Person) -> None:
    """Note that the person who prepares it has opened a claim of the sample."""
    if person.id != together.made_by_id or claim.pk not in together.sample:
        return
    with transaction.atomic():
        row = _locked(together)
        if row.state == TogetherState.PREPARED and claim.pk not in row.opened:
            row.opened = sorted([*row.opened, claim.pk])
            row.save(update_fields=["opened"])


def ask(together: Together, person: Person, verdict: Verdict, at: datetime) -> Together:
    """Write the one verdict; a second person may release it then.

    ``NotAllowed`` before every claim of the sample was opened, and for anybody but who prepared it.
    """
    people.require(person, Role.EXAMINER)
    with transaction.atomic():
        row = _locked(together)
        if row.state != TogetherState.PREPARED or row.made_by_id != person.id:
            raise NotAllowed(_problem("together-gone", "somebody else prepares it, or it is over"))
        if set(row.opened) != set(row.sample):
            left = len(set(row.sample) - set(row.opened))
            what = f"{left} claims of the sample were not opened"
            raise NotAllowed(_problem("sample-not-opened", what))
        finding.check(claims_of(row)[0], verdict)
        row.outcome, row.codes = verdict.outcome.value, list(verdict.codes)
        row.words, row.amount_minor, row.asked_at = verdict.words, verdict.amount_minor, at
        row.save(update_fields=["outcome", "codes", "words", "amount_minor", "asked_at"])
        data = {"outcome": row.outcome, "reasons": row.codes, "amount": row.amount_minor}
        _journal(row, names.TOGETHER_ASKED, person, data, at)
    return row


def release(
    together: Together, person: Person, retyped: str, terms: Terms, at: datetime, browser: str = ""
) -> int:
    """A second person, who retypes how many claims there are, has all of them decided; how many.

    All or none: ``NotAllowed`` where one of them is no longer as it was put together, for whoever
    prepared it, by account, name or number, and in a browser where that person was signed in.
    """
    people.require(person, Role.EXAMINER, Role.APPROVER)
    people.require_known(person)
    with transaction.atomic():
        row = _locked(together)
        if row.state == TogetherState.RELEASED and row.released_by_id == person.id:
            return len(row.claims)
        if row.state != TogetherState.PREPARED or row.asked_at is None:
            raise NotAllowed(_problem("together-gone", "it has no verdict yet, or it is over"))
        _refuse_same(row, person, browser)
        if retyped.strip() != str(len(row.claims)):
            raise BadInput(
                _problem("wrong-count", f"{retyped.strip()!r} is not how many there are")
            )
        row.state, row.released_by = TogetherState.RELEASED, person.name
        row.released_by_id, row.released_at = person.id, at
        row.save(update_fields=["state", "released_by", "released_by_id", "released_at"])
        maker = Person(row.made_by_id, row.made_by, frozenset())
        for number in row.claims:
            claim = locked(Claim(pk=number))
            if claim.state != ClaimState.FILED or _facts(claim) != row.facts:
                what = f"claim {claim.number} is no longer as it was when they were put together"
                raise NotAllowed(_problem("together-changed", what))
            finding.write(claim, maker, verdict_of(row), terms, at, (row.pk, person))
        data = {"claims": len(row.claims), "made_by": row.made_by}
        _journal(row, names.TOGETHER_RELEASED, person, data, at)
    return len(row.claims)


def drop(together: Together, person: Person, at: datetime) -> None:
    """Decide each alone instead; dropped already, it stays so."""
    people.require(person, Role.EXAMINER, Role.APPROVER)
    with transaction.atomic():
        row = _locked(together)
        if row.state == TogetherState.PREPARED:
            row.state = TogetherState.DROPPED
            row.save(update_fields=["state"])
            _journal(row, names.TOGETHER_DROPPED, person, {}, at)


def verdict_of(together: Together) -> Verdict:
    """The verdict that was written for all of them."""
    return Verdict(
        Outcome(together.outcome), tuple(together.codes), together.words, together.amount_minor
    )


def claims_of(together: Together) -> list[Claim]:
    """The claims of it, by number."""
    return list(Claim.objects.filter(pk__in=together.claims).order_by("pk"))


def open_ones() -> list[Together]:
    """What is prepared, or waits for a second person."""
    return list(_open().order_by("pk"))


def holding(claim: Claim) -> Together | None:
    """What is being prepared with this claim in it."""
    return next((one for one in _open() if claim.pk in one.claims), None)


def _open() -> QuerySet[Together]:
    return Together.objects.filter(state=TogetherState.PREPARED)


def _facts(claim: Claim) -> str:
    if Document.objects.filter(claim=claim).exists() or Taken.objects.filter(claim=claim).exists():
        return ""
    totals = _totals([claim]).get(claim.pk, {})
    return digest_of(facts_of(claim, totals, _given(claim)))


def _given(claim: Claim) -> int:
    return sum(one.amount_minor for one in setting_off.of_claim(claim))


def _totals(claims: Sequence[Claim]) -> dict[int, dict[str, Any]]:
    wanted = {one.pk: one.evidence_digest for one in claims}
    rows = Evidence.objects.filter(claim__in=list(wanted)).values_list("claim_id", "digest", "body")
    found = {}
    for number, digest, body in rows.iterator():
        if wanted.get(number) == digest:
            found[number] = json.loads(body).get("totals", {})
    return found


def _refuse_same(together: Together, person: Person, browser: str) -> None:
    number = people.number_of(Person(together.made_by_id, together.made_by, frozenset()))
    people.require_another(person, together.made_by, together.made_by_id, number)
    since = together.made_at - finding.BEFORE
    if browser and sightings.was_seen(browser, together.made_by_id, since=since):
        raise NotAllowed(_problem("same-browser", f"{together.made_by!r} was signed in here"))


def _locked(together: Together) -> Together:
    return Together.objects.select_for_update().get(pk=together.pk)


def _journal(
    together: Together, name: str, person: Person, data: Mapping[str, Any], at: datetime
) -> None:
    about = {"facts": together.facts, "person": person.id, **data}
    append(person.name, name, f"claims together {together.pk}", about, at)


def _problem(code: str, what: str) -> Problem:
    return Problem(
        code,
        what,
        "one decision for many claims needs a sample that was read, and two people",
        "see where it stands",
        Place("form", field="together"),
    )
