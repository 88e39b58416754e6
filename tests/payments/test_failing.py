"""A transfer that its account did not take: told, not sent there again, and paid once elsewhere."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from tests.payees import made
from tests.payments.made import AT, DEBTOR, IBAN, OTHER_IBAN, Staff, account, payable, released
from tests.sepa import bank
from tests.sepa.bank import Line

from ristoro.fulfilment.payees import known
from ristoro.fulfilment.payees import letters as of_payees
from ristoro.fulfilment.payees.known import Stand
from ristoro.fulfilment.payees.models import Account, Place
from ristoro.fulfilment.payments import batches, deciding, files, letters, reading
from ristoro.fulfilment.payments.asking import Due, ask
from ristoro.fulfilment.payments.failing import take_up
from ristoro.fulfilment.payments.models import Batch, Payment, PaymentState, Stray
from ristoro.fulfilment.payments.steps import total_of
from ristoro.journal.models import Entry
from ristoro.journal.names import PAYMENT_TRIED_AGAIN
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.models import NoticeState
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.posting import To

LATER = AT + timedelta(days=1)
THEN = LATER + timedelta(days=3, hours=1)
"""When an account may be used that was given an hour after the bank's word came."""


def apply(team: Staff, folder: Path, raw: bytes) -> dict[str, int]:
    kept = reading.receive([raw], "bank.xml", folder, team.finance, LATER)
    return dict(reading.apply(kept, folder, team.finance, LATER).counts)


def stands(dues: list[Due]) -> list[str]:
    return [f"{one.ending.value} {one.code}" for one in ask(dues, THEN)]


def refused(batch: Batch, due: Due, code: str = "AC04") -> bytes:
    return bank.status_report(batch.name, [(due.key, "RJCT", code, "")], group="PART")


def gives_another(number: int = 1, iban: str = OTHER_IBAN) -> None:
    """As the webmail stores it, told at once and usable after its delay."""
    Account.objects.filter(mailbox_id=number).delete()
    account(number, iban=iban, usable_from=THEN).save()


def told() -> list[str]:
    return list(Single.objects.order_by("id").values_list("kind", flat=True))


def test_the_holder_is_told_once_of_what_the_bank_booked(each_team: Staff, tmp_path: Path) -> None:
    dues = payable(2)
    released(each_team, tmp_path)
    lines = [Line(due.key, "19.99") for due in dues]
    apply(each_team, tmp_path, bank.statement(lines, notification=True))
    apply(each_team, tmp_path, bank.statement(lines))
    assert told() == ["transfer-booked"] * 2
    letter = Single.objects.get(mailbox_id=1)
    assert (letter.address, letter.brand, letter.locale) == ("holder1@libero.it", "libero", "it")
    assert letter.words["tail"] == IBAN[-2:]
    assert letter.words["amount"] == "19 euro e 99 centesimi"
    assert IBAN[4:-2] not in str(list(Single.objects.values()))


def test_who_has_removed_the_account_meanwhile_is_told_without_its_end(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    released(team, tmp_path)
    Account.objects.all().delete()
    # the letter of its removal is there: nothing is paid to an account that was not told of
    of_payees.tell_at(of_payees.REMOVED, 1, To(1, due.address, "virgilio", "en"), "", AT, made.ZONE)
    apply(team, tmp_path, bank.statement([Line(due.key, "19.99")]))
    letter = Single.objects.get(kind="transfer-booked")
    assert (letter.brand, letter.locale, letter.words["tail"]) == ("virgilio", "en", "")


def test_an_account_that_was_refused_is_used_no_more_and_another_is_asked_for_and_paid_once(
    each_team: Staff, tmp_path: Path
) -> None:
    team, dues = each_team, payable(2)
    batch = released(team, tmp_path)
    apply(team, tmp_path, refused(batch, dues[0]))
    assert told() == ["transfer-refused"]
    assert stands(dues) == ["deferred account-refused", "deferred sent"]
    assert known.standing(1, THEN).stand is Stand.REFUSED
    assert list(known.usable([1, 2], THEN)) == [2]
    assert take_up(THEN) == 0
    gives_another()
    assert take_up(THEN - timedelta(seconds=1)) == 0, "not before it may be used"
    assert take_up(THEN) == 1
    assert take_up(THEN) == 0
    assert Entry.objects.get(name=PAYMENT_TRIED_AGAIN).actor == "payments"
    second = released(team, tmp_path, THEN)
    (order,) = bank.received(tmp_path / files.named(second.digest)).payments
    assert (order.iban, order.end_to_end != dues[0].key) == (OTHER_IBAN, True)
    # the same report again, in another file, touches the second attempt as little as it tells anew
    again = bank.status_report(batch.name, [(dues[0].key, "RJCT", "AC04", "")], message_id="2")
    apply(team, tmp_path, again)
    assert stands(dues)[0] == "deferred sent"
    assert told() == ["transfer-refused"]
    apply(team, tmp_path, bank.statement([Line(order.end_to_end, "19.99")]))
    assert stands(dues)[0] == "done transfer"
    assert told() == ["transfer-refused", "transfer-booked"]
    assert take_up(THEN) == 0


def test_preparing_a_batch_takes_up_what_waited_for_another_account(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    apply(team, tmp_path, refused(released(team, tmp_path), due))
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        batches.prepare(team.finance, DEBTOR, THEN, single_known=True)
    gives_another(iban=IBAN)  # the same number, given anew: its holder says that it is right
    assert released(team, tmp_path, THEN).count == 1


def test_what_came_back_is_told_in_any_case_and_asks_for_another_account_where_that_helps(
    team: Staff, tmp_path: Path
) -> None:
    one, two = payable(2)
    released(team, tmp_path)
    apply(team, tmp_path, bank.statement([Line(due.key, "19.99") for due in (one, two)]))
    back = [Line(one.key, "19.99", returned="AC06"), Line(two.key, "19.99", returned="FOCR")]
    apply(team, tmp_path, bank.statement(back, message_id="2"))
    assert told() == ["transfer-booked"] * 2 + ["transfer-returned"] * 2
    letters_ = Single.objects.filter(kind="transfer-returned").order_by("mailbox_id")
    assert [letter.words["asks"] for letter in letters_] == ["yes", ""]
    assert stands([one, two]) == ["deferred account-refused", "refused returned-FOCR"]
    assert list(known.usable([1, 2], THEN)) == [2]


def test_what_was_booked_and_came_back_in_one_file_is_told_once_as_it_ended(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    released(team, tmp_path)
    lines = [Line(due.key, "19.99"), Line(due.key, "19.99", returned="AC04")]
    apply(team, tmp_path, bank.statement(lines))
    assert told() == ["transfer-returned"]


def test_a_refusal_that_is_not_the_accounts_leaves_it_in_use_and_writes_nobody(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    apply(team, tmp_path, refused(released(team, tmp_path), due, "AM04"))
    assert told() == []
    assert stands([due]) == ["refused AM04"]
    assert list(known.usable([1], THEN)) == [1]


def test_the_account_before_is_shredded_if_it_is_the_one_that_was_refused(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    batch = released(team, tmp_path)
    Account.objects.update(place=Place.FORMER)
    account(1, iban=OTHER_IBAN, usable_from=THEN).save()
    apply(team, tmp_path, refused(batch, due))
    assert [(row.place, row.refused_at) for row in Account.objects.all()] == [(Place.PRESENT, None)]
    assert take_up(THEN) == 1


def test_what_the_bank_says_two_things_of_is_not_paid_again_on_either(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    batch = released(team, tmp_path)
    apply(team, tmp_path, refused(batch, due))
    apply(team, tmp_path, bank.statement([Line(due.key, "19.99")]))
    assert Stray.objects.get().code == "contradicts"
    gives_another()
    assert take_up(THEN) == 0
    row = Payment.objects.get()
    with pytest.raises(NotAllowed, match="says something else"):
        deciding.try_again(row, "the holder gave another", team.finance, THEN)
    reading.handle(Stray.objects.get(), "the bank took it back", team.finance, THEN)
    assert take_up(THEN) == 1


def test_what_is_on_the_list_again_is_held_once_the_bank_says_that_it_had_booked_it(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    apply(team, tmp_path, refused(released(team, tmp_path), due))
    gives_another()
    assert take_up(THEN) == 1
    apply(team, tmp_path, bank.statement([Line(due.key, "19.99")]))
    assert stands([due]) == ["deferred bank-contradicts"]
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        batches.prepare(team.finance, DEBTOR, THEN, single_known=True)


def test_a_prepared_batch_is_not_released_once_the_bank_contradicts_itself(
    team: Staff, tmp_path: Path
) -> None:
    (due,) = payable(1)
    apply(team, tmp_path, refused(released(team, tmp_path), due))
    gives_another()
    batch = batches.prepare(team.finance, DEBTOR, THEN, single_known=True)
    apply(team, tmp_path, bank.statement([Line(due.key, "19.99")]))
    with pytest.raises(NotAllowed, match="batch-changed"):
        batches.release(batch, team.approver, total_of(batch), "1", DEBTOR, tmp_path, THEN)
    batches.drop(batch, team.finance, "the bank says two things", THEN)
    assert Payment.objects.get().state == PaymentState.LISTED
    with pytest.raises(NotAllowed, match="nothing-to-pay"):
        batches.prepare(team.finance, DEBTOR, THEN, single_known=True)


@pytest.mark.parametrize("kind", letters.KINDS.values())
@pytest.mark.parametrize("locale", ["it", "en"])
def test_every_letter_passes_the_lint(kind: str, locale: str) -> None:
    for number, (amount, nature, tail, why) in enumerate(
        (
            (1, "price-reduction", "56", "AC04"),
            (123_456_789, "damages", "", ""),
            (500, "indemnity", "07", "FOCR"),
        )
    ):
        payment = Payment(amount=amount, currency="EUR", nature=nature, why=why)
        on = None if number == 1 else (AT + timedelta(days=number)).date()
        single = Single(
            pk=9, address="carla@libero.it", brand="libero", locale=locale, kind=kind, at=AT,
            words=letters.words_of(payment, tail, on, locale), state=NoticeState.PLANNED,
        )  # fmt: skip
        written = made.writer().write(single)
        parsed = message_from_bytes(written.letter.message, policy=policy.default)
        part = parsed.get_body(("plain",))
        assert part is not None
        text = " ".join(part.get_content().split())
        assert tail in text
        assert "{{" not in text
