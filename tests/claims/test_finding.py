"""Deciding a claim: exact sums, two people, reasons, the books, the letter, the appeal."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.claims.made import NOW, claim, give, person, run_in
from tests.databases import Database

from ristoro.claims import appeal, finding, queue, settle, together, twins
from ristoro.claims.finding import Verdict
from ristoro.claims.models import Claim, ClaimState, Note, Settlement, TogetherState
from ristoro.claims.queue import View
from ristoro.claims.reasons import Outcome, fitting
from ristoro.claims.terms import Terms
from ristoro.claims.twins import Sign
from ristoro.fulfilment.books.accounts import Account
from ristoro.fulfilment.books.models import BookLine
from ristoro.fulfilment.models import GrantState
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.notices.singles.models import Single
from ristoro.remedies.deciding.decide import POLICY
from ristoro.staff.models import Role

ROOT = Path(__file__).parents[2]
TERMS = Terms(second_above=10_000, zone=ZoneInfo("Europe/Rome"))
PART = Verdict(Outcome.PARTLY, ("late", "cost-in-part"), "", 5_000)
WHOLE = Verdict(Outcome.PROVED, ("late", "cost-proved"), "", 20_000)
NOT_SHOWN = Verdict(Outcome.NOT_PROVABLE, ("no-cost",))


@pytest.fixture
def db(database: Database) -> Database:
    return database


def state_of(one: Claim) -> ClaimState:
    return ClaimState(Claim.objects.get(pk=one.pk).state)


def test_a_settled_claim_is_paid_once_booked_and_told(db: Database) -> None:
    carla, one = person("Carla", Role.EXAMINER), claim(1)
    first = finding.find(one, carla, PART, 0, TERMS, NOW)
    again = finding.find(one, carla, PART, 0, TERMS, NOW)
    assert first.pk == again.pk
    assert state_of(one) is ClaimState.SETTLED
    payment = Payment.objects.get()
    assert (payment.key, payment.amount, payment.nature) == ("R-2023-000001-1", 5_000, "damages")
    lines = set(BookLine.objects.values_list("account", "side", "amount", "unit"))
    assert lines == {(Account.DAMAGES, 1, 5_000, "EUR"), (Account.PAYABLE, 2, 5_000, "EUR")}
    [letter] = Single.objects.all()
    assert letter.kind == "claim-settled"
    assert letter.words["pays"] == "50 euro"
    assert letter.words["appeal_until"] == "fino all'11 del mese di aprile compreso, nel 2023"
    assert "claims.claim.found" in set(Entry.objects.values_list("name", flat=True))


def test_a_refusal_has_reasons_and_pays_nothing(db: Database) -> None:
    carla, one = person("Carla", Role.EXAMINER), claim(1)
    finding.find(one, carla, NOT_SHOWN, 0, TERMS, NOW)
    assert state_of(one) is ClaimState.REFUSED
    assert not Settlement.objects.exists()
    [letter] = Single.objects.all()
    assert letter.words["reasons"] == "I documenti non mostrano quanto ti è costato."
    shown = Note.objects.filter(claim=one, shown=True).values_list("what", flat=True)
    assert list(shown) == ["refused"]


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(Outcome.PROVED, (), "", 8_000),
        Verdict(Outcome.PROVED, ("no-cost",), "", 8_000),
        Verdict(Outcome.PROVED, ("late",), "", 7_999),
        Verdict(Outcome.PARTLY, ("late",), "", 8_000),
        Verdict(Outcome.PARTLY, ("late",), "", 0),
        Verdict(Outcome.NOT_OURS, ("made-up",)),
    ],
)
def test_a_verdict_without_a_fitting_reason_or_an_exact_sum_is_none(
    db: Database, verdict: Verdict
) -> None:
    carla, one = person("Carla", Role.EXAMINER), claim(1)
    with pytest.raises(BadInput):
        finding.find(one, carla, verdict, 0, TERMS, NOW)
    assert state_of(one) is ClaimState.FILED


def test_above_the_sum_another_person_agrees_first(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.APPROVER)
    one = claim(1, cost_minor=20_000)
    found = finding.find(one, carla, WHOLE, 0, TERMS, NOW)
    assert state_of(one) is ClaimState.EXAMINED
    assert not Payment.objects.exists()
    assert not Single.objects.exists()
    with pytest.raises(NotAllowed, match="Carla"):
        finding.agree(found, carla, TERMS, NOW)
    finding.agree(found, dino, TERMS, NOW)
    finding.agree(found, dino, TERMS, NOW)
    assert state_of(one) is ClaimState.SETTLED
    assert Payment.objects.get().amount == 20_000


def test_a_finding_that_is_sent_back_is_kept_and_followed_by_another(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.EXAMINER)
    one = claim(1, cost_minor=20_000)
    found = finding.find(one, carla, WHOLE, 0, TERMS, NOW)
    finding.send_back(found, dino, "La fattura è di un altro giorno.", NOW)
    assert state_of(one) is ClaimState.FILED
    with pytest.raises(NotAllowed):
        finding.agree(found, dino, TERMS, NOW)
    second = finding.find(one, carla, PART, 1, TERMS, NOW)
    assert (second.round, state_of(one)) == (2, ClaimState.SETTLED)


def test_an_appeal_is_decided_by_somebody_else_and_what_was_paid_counts(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.EXAMINER)
    one = claim(1)
    finding.find(one, carla, PART, 0, TERMS, NOW)
    later = NOW + timedelta(days=10)
    appeal.ask(one, "Ho trovato anche la seconda fattura.", "k", TERMS, later)
    appeal.ask(one, "Ho trovato anche la seconda fattura.", "k", TERMS, later)
    with pytest.raises(NotAllowed, match="may not judge"):
        finding.find(one, carla, PART, 1, TERMS, later)
    whole = Verdict(Outcome.PROVED, ("late", "cost-proved"), "", 8_000)
    second = finding.find(one, dino, whole, 1, TERMS, later)
    assert (second.amount_minor, second.set_off_minor) == (8_000, 5_000)
    sums = list(Payment.objects.order_by("id").values_list("amount", flat=True))
    assert sums == [5_000, 3_000]


@pytest.mark.parametrize(("right", "set_off"), [("deducted", 300), ("kept", 0)])
def test_what_was_given_counts_only_where_the_policy_says_so(
    db: Database, tmp_path: Path, right: str, set_off: int
) -> None:
    carla = person("Carla", Role.EXAMINER)
    text = (ROOT / "policies/de-tkg-58.yaml").read_text(encoding="utf-8")
    remedy = "    other_rights: deducted\n"
    assert remedy in text
    (tmp_path / POLICY).write_text(text.replace(remedy, f"    other_rights: {right}\n"))
    run = run_in(tmp_path)
    one = claim(1, run=run, outage_digest=run.outage_digest)
    for remedy_no, state in ((0, GrantState.VERIFIED), (1, GrantState.WAITING)):
        give(run, one, remedy_no, state, 300)
    made = finding.find(one, carla, PART, 0, TERMS, NOW)
    assert made.set_off_minor == set_off
    assert Payment.objects.get().amount == 5_000 - set_off


def test_after_the_last_day_no_appeal_is_taken(db: Database) -> None:
    carla, one = person("Carla", Role.EXAMINER), claim(1)
    finding.find(one, carla, NOT_SHOWN, 0, TERMS, NOW)
    with pytest.raises(NotAllowed, match="2023-04-11"):
        appeal.ask(one, "Non sono d'accordo.", "k", TERMS, NOW + timedelta(days=60))


def test_what_was_decided_meanwhile_is_not_decided_again(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.EXAMINER)
    one = claim(1)
    finding.find(one, carla, NOT_SHOWN, 0, TERMS, NOW)
    with pytest.raises(NotAllowed, match="refused now"):
        finding.find(one, dino, PART, 0, TERMS, NOW)


def test_a_payment_that_the_bank_booked_is_followed_once(db: Database) -> None:
    carla, one = person("Carla", Role.EXAMINER), claim(1)
    finding.find(one, carla, PART, 0, TERMS, NOW)
    Payment.objects.update(state=PaymentState.BOOKED)
    assert (settle.follow(NOW), settle.follow(NOW)) == (1, 0)
    assert Settlement.objects.get().state == settle.PAID
    given = BookLine.objects.filter(account=Account.CLEARING).values_list("side", "amount")
    assert list(given) == [(2, 5_000)]


def test_the_queue_is_in_the_order_of_its_clocks(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.EXAMINER)
    late = claim(1, due_on=NOW.date() - timedelta(days=3))
    soon, last = claim(2, due_on=NOW.date()), claim(3)
    page = queue.page(View.TO_EXAMINE, carla, TERMS, NOW)
    assert [row.claim.pk for row in page.rows] == [late.pk, soon.pk, last.pk]
    assert [row.left for row in page.rows] == [-1, 0, 15]
    queue.take(late, dino, NOW)
    assert queue.following(carla, TERMS, NOW) == soon
    assert queue.following(dino, TERMS, NOW) == late
    with pytest.raises(NotAllowed, match="Dino"):
        queue.take(late, carla, NOW)
    with pytest.raises(NotAllowed, match="Dino"):
        finding.find(late, carla, NOT_SHOWN, 0, TERMS, NOW)
    queue.take(late, carla, NOW, over=True)
    counted = queue.counts(carla, TERMS, NOW)
    assert (counted[View.MINE], counted[View.LATE], counted[View.TO_EXAMINE]) == (1, 1, 3)


def test_doubles_and_look_alikes_are_named_with_what_they_share(db: Database) -> None:
    one = claim(1)
    double = claim(2, mailbox_id=one.mailbox_id, address=one.address)
    copied = claim(3, how=one.how.replace("quattro", "tre"), counterparty="altri@example.org")
    other = claim(
        4,
        how="Non sono riuscito a spedire una domanda di iscrizione entro il termine"
        " che scadeva il venti, e ho pagato una mora di trenta euro alla scuola.",
    )
    for each in (one, double, copied, other):
        twins.note(each)
        twins.note(each)
    found = {one.claim.pk: one for one in twins.alike(one, NOW)}
    assert found[double.pk].double
    assert found[copied.pk].signs == (Sign.WORDS,)
    assert found[copied.pk].near >= twins.NEAR
    assert other.pk not in found


def test_where_many_share_one_text_the_newest_of_them_are_named(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twins, "NEWEST", 5)
    many = [claim(number) for number in range(1, 15)]
    for each in many:
        twins.note(each)
    named = [one.claim.pk for one in twins.alike(many[0], NOW)]
    assert named == [one.pk for one in many[-5:]]


def test_identical_facts_are_decided_together_after_a_sample_and_by_two(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.APPROVER)
    alike = [claim(number) for number in range(1, 13)]
    claim(20, cost_minor=9_000)
    [group] = together.groups()
    assert len(group.claims) == 12
    made = together.prepare(group.facts, "form", carla, NOW, random.Random(1))
    assert len(made.sample) == 3
    assert together.groups() == []
    with pytest.raises(NotAllowed, match="3 claims of the sample"):
        together.ask(made, carla, PART, NOW)
    for one in alike:
        together.opened(made, one, dino)
        together.opened(made, one, carla)
    together.ask(made, carla, PART, NOW)
    with pytest.raises(NotAllowed):
        together.release(made, carla, "12", TERMS, NOW)
    with pytest.raises(BadInput):
        together.release(made, dino, "11", TERMS, NOW)
    assert together.release(made, dino, "12", TERMS, NOW) == 12
    assert together.release(made, dino, "12", TERMS, NOW) == 12
    assert Payment.objects.count() == 12
    assert {state_of(one) for one in alike} == {ClaimState.SETTLED}


def test_none_is_decided_together_where_one_has_changed(db: Database) -> None:
    carla, dino = person("Carla", Role.EXAMINER), person("Dino", Role.APPROVER)
    alike = [claim(number) for number in range(1, 4)]
    [group] = together.groups()
    made = together.prepare(group.facts, "form", carla, NOW, random.Random(1))
    for one in alike:
        together.opened(made, one, carla)
    together.ask(made, carla, PART, NOW)
    queue.take(alike[1], carla, NOW)
    with pytest.raises(NotAllowed, match="no longer"):
        together.release(made, dino, "3", TERMS, NOW)
    assert not Payment.objects.exists()
    together.drop(made, dino, NOW)
    made.refresh_from_db()
    assert made.state == TogetherState.DROPPED


def test_every_outcome_has_reasons_for_the_nine_keys() -> None:
    assert all(1 <= len(fitting(outcome)) <= 9 for outcome in Outcome)
