"""Finding: what an examiner says of a claim, checked, and agreed to by a second person above a sum.

A finding is never changed. One that a second person sends back, and one that an appeal is against,
stay as they were, and another follows with the next ``round``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ristoro.claims import appeal, offers, queue, setting_off, settle, states
from ristoro.claims.models import Claim, ClaimState, Finding
from ristoro.claims.moving import journal, locked, move, moved, note
from ristoro.claims.reasons import ACCEPTED, REASONS, Outcome
from ristoro.claims.terms import Terms
from ristoro.journal import names
from ristoro.kernel.errors import BadInput, NotAllowed, Place, Problem
from ristoro.staff import people
from ristoro.staff.browsers import sightings
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_WORDS = 2000
BEFORE = timedelta(hours=12)
"""A browser in which the first person was signed in so long before counts as theirs."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found: an outcome, its reasons, words of one's own, the loss recognised, and what
    is offered in kind."""

    outcome: Outcome
    codes: tuple[str, ...]
    words: str = ""
    amount_minor: int = 0
    gift: offers.Gift | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """The loss recognised, what is taken off it, and what is paid: exact, in minor units."""

    amount: int
    given: tuple[setting_off.Given, ...]

    @property
    def set_off(self) -> int:
        """What is taken off: never more than the loss."""
        return min(self.amount, sum(one.amount_minor for one in self.given))

    @property
    def pays(self) -> int:
        return self.amount - self.set_off


def check(claim: Claim, verdict: Verdict) -> None:
    """``BadInput`` with everything that keeps a verdict from being one on this claim."""
    problems = list(_wrong(claim, verdict))
    if problems:
        raise BadInput(*problems)


def check_gift(claim: Claim, verdict: Verdict, terms: Terms) -> None:
    """``BadInput`` where what a right verdict offers in kind cannot be offered beside its money."""
    if verdict.gift is None:
        return
    pays = sums(claim, verdict).pays
    problems = list(offers.wrong(verdict.gift, verdict.outcome.accepted, pays, terms))
    if problems:
        raise BadInput(*problems)


def sums(claim: Claim, verdict: Verdict) -> Sums:
    """What the verdict comes to."""
    if not verdict.outcome.accepted:
        return Sums(0, ())
    return Sums(verdict.amount_minor, setting_off.of_claim(claim))


def needs_second(paid: int, terms: Terms, gift: offers.Gift | None = None) -> bool:
    """Whether a second person has to agree before so much is settled, or offered besides it all."""
    return paid > terms.second_above or (gift is not None and not gift.instead_minor)


def rounds(claim: Claim) -> int:
    """How many findings there are: the next one is the next in number."""
    return Finding.objects.filter(claim=claim, mailbox_id=claim.mailbox_id).count()


def latest(claim: Claim) -> Finding | None:
    """The last finding of a claim."""
    found = Finding.objects.filter(claim=claim, mailbox_id=claim.mailbox_id)
    return found.order_by("-round").first()


def find(
    claim: Claim, person: Person, verdict: Verdict, seen: int, terms: Terms, at: datetime
) -> Finding:
    """Write what an examiner found; ``seen`` is how many findings the page had that it was made on.

    The same verdict sent twice is one finding. Where no second person is needed it is carried out
    at once. ``BadInput`` for a verdict that is none; ``NotAllowed`` for a claim that somebody else
    has taken, was decided meanwhile, or whose earlier decision the person had a part in.
    """
    people.require(person, Role.EXAMINER)
    people.require_known(person)
    with transaction.atomic():
        row = locked(claim)
        known = _same(row, person, verdict, seen)
        if known is not None:
            return known
        if row.state not in states.TO_EXAMINE or rounds(row) != seen:
            raise moved(row)
        queue.refuse_taken(row, person)
        return write(row, person, verdict, terms, at)


def write(
    row: Claim,
    person: Person,
    verdict: Verdict,
    terms: Terms,
    at: datetime,
    together: tuple[int, Person] | None = None,
) -> Finding:
    """Write a finding of a locked claim, in the caller's transaction, and what follows from it.

    ``together`` is the decision for identical facts that it is part of, with the person who
    released it: they are the second person, whatever the sum.
    """
    appeal.refuse(row, person)
    check(row, verdict)
    check_gift(row, verdict, terms)
    worth = sums(row, verdict)
    second = needs_second(worth.pays, terms, verdict.gift) and together is None
    made = Finding.objects.create(
        mailbox_id=row.mailbox_id,
        bucket=row.bucket,
        claim=row,
        round=rounds(row) + 1,
        accepted=verdict.outcome.accepted,
        amount_minor=worth.amount,
        set_off_minor=worth.set_off,
        currency=row.currency,
        reasons=reasons_in(verdict, row.locale),
        outcome=verdict.outcome.value,
        codes=list(verdict.codes),
        words=verdict.words,
        given=[one.as_data() for one in worth.given],
        evidence_digest=row.evidence_digest,
        in_kind={} if verdict.gift is None else verdict.gift.as_data(),
        second=second,
        together=None if together is None else together[0],
        found_by=person.name,
        found_by_id=person.id,
        found_at=at,
        agreed_by="" if together is None else together[1].name,
        agreed_by_id=None if together is None else together[1].id,
        agreed_at=None if together is None else at,
    )
    appealed = row.state == ClaimState.APPEALED
    move(row, ClaimState.EXAMINED, at)
    note(row, "found", f"found {made.round}", person.name, verdict.outcome.value, at, shown=False)
    if not second:
        settle.carry_out(row, made, terms, at)
    queue.give_back(row)
    data = {
        "round": made.round,
        "appeal": appealed,
        "outcome": made.outcome,
        "reasons": made.codes,
        "amount": made.amount_minor,
        "set_off": made.set_off_minor,
        "in_kind": made.in_kind,
        "second": second,
        "together": made.together,
        "evidence": made.evidence_digest,
    }
    journal(row, names.CLAIM_FOUND, person, data, at)
    return made


def agree(finding: Finding, person: Person, terms: Terms, at: datetime, browser: str = "") -> None:
    """A second person agrees, and the finding is carried out; agreed already, it is left so.

    ``NotAllowed`` for whoever found it, by account, name or number, for whoever had a part in a
    decision that is appealed against, and in a browser where the first was signed in.
    """
    with transaction.atomic():
        row, found = _waiting(finding, person, browser)
        if found.agreed_by and found.agreed_by_id == person.id:
            return
        if row.state != ClaimState.EXAMINED or found.agreed_by or not found.second:
            raise moved(row)
        found.agreed_by, found.agreed_by_id, found.agreed_at = person.name, person.id, at
        found.save(update_fields=["agreed_by", "agreed_by_id", "agreed_at"])
        note(row, "agreed", f"agreed {found.round}", person.name, "", at, shown=False)
        settle.carry_out(row, found, terms, at)
        journal(row, names.CLAIM_AGREED, person, {"round": found.round}, at)


def send_back(finding: Finding, person: Person, why: str, at: datetime, browser: str = "") -> None:
    """A second person does not agree: the claim is examined again, and the reason is kept."""
    if not why.strip():
        raise BadInput(_problem("reason-missing", "words", "nothing says why", "write why"))
    with transaction.atomic():
        row, found = _waiting(finding, person, browser)
        if row.state != ClaimState.EXAMINED or found.agreed_by or found.sent_back_at:
            raise moved(row)
        found.sent_back_at = at
        found.save(update_fields=["sent_back_at"])
        to = ClaimState.APPEALED if row.appeal_of else ClaimState.FILED
        move(row, to, at)
        text = why.strip()[:LONGEST_WORDS]
        note(row, "sent-back", f"sent-back {found.round}", person.name, text, at, shown=False)
        data = {"round": found.round, "why": text}
        journal(row, names.CLAIM_SENT_BACK, person, data, at)


def reasons_in(verdict: Verdict, lang: str) -> str:
    """The reasons as the holder reads them, one a line, and the examiner's own words after them."""
    told = [REASONS[code].words[lang] for code in verdict.codes]
    return "\n".join([*told, *([verdict.words.strip()] if verdict.words.strip() else [])])


def _waiting(finding: Finding, person: Person, browser: str) -> tuple[Claim, Finding]:
    people.require(person, Role.EXAMINER, Role.APPROVER)
    people.require_known(person)
    row = locked(finding.claim)
    found = Finding.objects.select_for_update().get(pk=finding.pk)
    appeal.refuse_maker(found, person)
    appeal.refuse(row, person)
    since = found.found_at - BEFORE
    if browser and sightings.was_seen(browser, found.found_by_id, since=since):
        raise NotAllowed(
            Problem(
                "same-browser",
                f"{found.found_by!r}, who found this, was signed in in this browser",
                "whoever sits at it could be the same person, with another's sign-in",
                "agree in your own browser",
            )
        )
    return row, found


def _same(claim: Claim, person: Person, verdict: Verdict, seen: int) -> Finding | None:
    """The finding that this very verdict has already become, in a form that was sent twice."""
    found = Finding.objects.filter(
        claim=claim, mailbox_id=claim.mailbox_id, round=seen + 1, found_by_id=person.id
    ).first()
    if found is None:
        return None
    amount = verdict.amount_minor if verdict.outcome.accepted else 0
    told = (verdict.outcome.value, list(verdict.codes), verdict.words, amount, verdict.gift)
    gift = offers.gift_of(found)
    kept = (found.outcome, found.codes, found.words, found.amount_minor, gift)
    return found if told == kept else None


def _wrong(claim: Claim, verdict: Verdict) -> Iterator[Problem]:
    outcome = verdict.outcome
    if not verdict.codes:
        yield _problem("claim-reasons", "reasons", "no reason is given", "choose one at least")
    for code in verdict.codes:
        if code not in REASONS or outcome not in REASONS[code].outcomes:
            what = f"{code!r} is no reason for {outcome.value}"
            yield _problem("claim-reasons", "reasons", what, "choose among those that are shown")
    if len(verdict.words) > LONGEST_WORDS:
        what = f"the words are longer than {LONGEST_WORDS} characters"
        yield _problem("claim-words", "words", what, "say it in fewer")
    asked = claim.cost_minor or 0
    if outcome in ACCEPTED and verdict.amount_minor < 1:
        yield _problem("claim-amount", "amount", "no loss is written", "write it, above nought")
    if outcome is Outcome.PROVED and verdict.amount_minor != asked:
        what = f"a loss that is proved is the {asked} that was asked for"
        yield _problem("claim-amount", "amount", what, "choose `proved in part` for another sum")
    if outcome is Outcome.PARTLY and verdict.amount_minor >= asked:
        what = f"a part is less than the {asked} that was asked for"
        yield _problem("claim-amount", "amount", what, "write less, or choose `proved`")


def _problem(code: str, field: str, what: str, todo: str) -> Problem:
    why = "the holder is told the reason and the exact sum"
    return Problem(code, what, why, todo, Place("form", field=field))
