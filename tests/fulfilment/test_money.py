"""Refunds, credits and indemnities: by which way each is paid, once, whatever happens between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.databases import Database
from tests.fulfilment.doubles import Cut, MemoryBilling, MemoryHost
from tests.fulfilment.made import STORAGE

from ristoro.edges.billing.contract import SubscriptionReading, Where
from ristoro.fulfilment import act, states
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import GrantKind, GrantState, Route
from ristoro.fulfilment.payments.models import Payment, PaymentState
from ristoro.fulfilment.rows import GrantRow
from ristoro.fulfilment.ways import Contract, Payout, Payouts, Way, choose
from ristoro.kernel.outcome import Ending, Result

AT = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)
PAID, LAPSED = date(2023, 8, 31), date(2023, 2, 28)
ALL = (
    Way("bill"),
    Way("credit"),
    Way("transfer", over=10_000),
    Way("transfer", when_ended=True),
)
LARGE = (Way("transfer", over=10_000), Way("bill"), Way("credit"))
REFUND = replace(
    STORAGE, kind=GrantKind.REFUND, amount=833, currency="EUR", base=None, target=None, remedy=0
)


def refund(number: int, address: str, amount: int = 833, **changes: object) -> GrantRow:
    return replace(
        REFUND, id=number, mailbox_id=number + 10, address=address, amount=amount, **changes
    )


def doors(paid: dict[str, date], ways: tuple[Way, ...] = ALL) -> Doors:
    payouts = Payouts({0: Payout("Rimborso", "price-reduction", ways)}, ZoneInfo("Europe/Rome"))
    return Doors(MemoryHost({}), MemoryBilling(paid), "jan23", payouts)


def billing(to: Doors) -> MemoryBilling:
    assert isinstance(to.billing, MemoryBilling)
    return to.billing


CHOICES = [
    # ways, amount in cents, contract, code of the way
    (ALL, 10_001, Contract.OPEN, "bill"),
    (ALL, 10_000, Contract.ENDED, "transfer-ended"),
    (ALL, 10_001, Contract.ENDED, "transfer-over"),
    (ALL, 1, Contract.NONE, "transfer-ended"),
    (LARGE, 10_000, Contract.OPEN, "bill"),
    (LARGE, 10_001, Contract.OPEN, "transfer-over"),
    (LARGE, 10_000, Contract.ENDED, "credit"),
]


@pytest.mark.parametrize(("ways", "amount", "contract", "code"), CHOICES)
def test_the_first_way_that_is_open_is_taken(
    ways: tuple[Way, ...], amount: int, contract: Contract, code: str
) -> None:
    chosen = choose(ways, amount, contract)
    assert chosen is not None
    assert chosen.code == code


def test_without_a_bill_to_come_what_is_owed_stands_on_the_account() -> None:
    ways = (Way("bill"), Way("credit"))
    found = [choose(ways, 833, contract) for contract in Contract]
    assert [one.channel if one else None for one in found] == ["bill", "credit", None]


@given(
    st.lists(
        st.builds(
            Way,
            st.sampled_from(["bill", "credit", "transfer"]),
            st.none() | st.integers(0, 20),
            st.booleans(),
        ),
        max_size=5,
    ),
    st.integers(1, 30),
    st.sampled_from(Contract),
)
def test_the_way_is_one_of_the_policy_and_a_plain_transfer_is_open_to_everybody(
    ways: list[Way], amount: int, contract: Contract
) -> None:
    chosen = choose(ways, amount, contract)
    if chosen is None:
        assert Way("transfer") not in ways
        return
    assert chosen.channel in {way.channel for way in ways}
    assert chosen.code.partition("-")[0] == chosen.channel
    assert choose([way for way in ways if way.channel == chosen.channel], amount, contract)


def test_each_refund_goes_by_its_way_and_the_way_is_kept(database: Database) -> None:
    grants = [
        refund(1, "plus@libero.it"),
        refund(2, "tanto@libero.it", 12_000),
        refund(3, "scaduta@libero.it"),
        refund(4, "gratis@libero.it"),
    ]
    ways = (Way("transfer", over=10_000), Way("bill"), Way("transfer", when_ended=True))
    paid = {"plus@libero.it": PAID, "tanto@libero.it": PAID, "scaduta@libero.it": LAPSED}
    to = doors(paid, ways)
    results = act.apply(grants, to, AT)
    assert [(one.ending, one.code) for one in results] == [
        (Ending.DONE, "done"),
        *[(Ending.DEFERRED, "no-payee")] * 3,
    ]
    kept = Route.objects.order_by("grant_id").values_list("channel", "code")
    assert list(kept) == [
        ("bill", "bill"),
        ("transfer", "transfer-over"),
        ("transfer", "transfer-ended"),
        ("transfer", "transfer-ended"),
    ]
    [credited] = billing(to).credits.values()
    assert (credited.amount, credited.where) == (833, Where.BILL)
    payments = Payment.objects.order_by("key").values_list("key", "amount", "nature")
    assert list(payments) == [
        ("jan23/2", 12_000, "price-reduction"),
        ("jan23/3", 833, "price-reduction"),
        ("jan23/4", 833, "price-reduction"),
    ]


def test_nobody_is_asked_about_contracts_where_all_is_paid_by_transfer(
    database: Database,
) -> None:
    to = doors({}, (Way("transfer"),))
    act.apply([refund(1, "a@libero.it"), refund(2, "b@libero.it")], to, AT)
    assert billing(to).reads == 0
    assert Payment.objects.count() == 2


def test_a_contract_that_begins_again_does_not_get_a_credit_beside_the_transfer(
    database: Database,
) -> None:
    to = doors({"torna@libero.it": LAPSED})
    grant = refund(1, "torna@libero.it")
    act.apply([grant], to, AT)
    billing(to).paid["torna@libero.it"] = PAID
    assert act.apply([grant], to, AT)[0].code == "no-payee"
    assert billing(to).credits == {}
    assert Payment.objects.count() == 1


def test_a_contract_that_ends_before_the_booking_is_paid_by_the_next_way(
    database: Database,
) -> None:
    to = doors({"closed@libero.it": PAID})
    [result] = act.apply([refund(1, "closed@libero.it")], to, AT)
    assert result.code == "no-payee"
    route = Route.objects.get()
    assert (route.channel, route.code) == ("transfer", "transfer-ended")


def test_a_policy_without_an_open_way_leaves_it_to_a_person(database: Database) -> None:
    to = doors({"closed@libero.it": PAID}, (Way("bill"),))
    grants = [refund(1, "gratis@libero.it"), refund(2, "closed@libero.it")]
    results = act.apply(grants, to, AT)
    assert [(one.ending, one.code) for one in results] == [(Ending.REFUSED, "no-channel")] * 2
    assert billing(to).credits == {}


def test_a_credit_is_seen_with_its_figures_and_a_changed_one_is_not(database: Database) -> None:
    to = doors({"plus@libero.it": PAID})
    grant = refund(1, "plus@libero.it")
    act.apply([grant], to, AT)
    assert act.verify([grant], to, AT)[0].code == "seen"
    billing(to).credits["jan23/1"] = replace(billing(to).credits["jan23/1"], amount=1)
    assert act.verify([grant], to, AT)[0].code == "not-as-given"


def test_a_transfer_is_made_once_the_bank_has_booked_it(database: Database) -> None:
    to = doors({}, (Way("transfer"),))
    grant = refund(1, "a@libero.it")
    act.apply([grant], to, AT)
    assert not act.verify([grant], to, AT)[0].done
    Payment.objects.update(state=PaymentState.BOOKED)
    assert act.apply([grant], to, AT)[0].done
    assert act.verify([grant], to, AT)[0].code == "seen"
    assert act.settle([grant], to, AT)[0].done


def test_a_lost_answer_is_settled_by_looking(database: Database) -> None:
    to = doors({"dark@libero.it": PAID, "lost@libero.it": PAID})
    grants = [refund(1, "dark@libero.it"), refund(2, "lost@libero.it")]
    assert {one.ending for one in act.apply(grants, to, AT)} == {Ending.UNKNOWN}
    looked = [states.after_look(result) for result in act.settle(grants, to, AT)]
    assert looked == [GrantState.APPLIED, GrantState.PLANNED]


def test_what_was_never_begun_is_looked_for_and_absent(database: Database) -> None:
    [result] = act.settle([refund(1, "plus@libero.it")], doors({}), AT)
    assert (result.ending, result.code) == (Ending.REFUSED, "absent")


@pytest.mark.parametrize("die_after", range(6))
def test_a_worker_that_dies_after_any_credit_leaves_none_given_twice_or_lost(
    database: Database, die_after: int
) -> None:
    grants = [refund(number, f"casella{number}@libero.it") for number in range(1, 6)]
    to = doors({grant.address: PAID for grant in grants})
    billing(to).die_after = die_after
    try:
        act.apply(grants, to, AT)
    except Cut:
        billing(to).die_after = None
    looked = [states.after_look(result) for result in act.settle(grants, to, AT)]
    rest = [
        grant for grant, state in zip(grants, looked, strict=True) if state is GrantState.PLANNED
    ]
    assert all(result.done for result in act.apply(rest, to, AT))
    assert len(rest) == 5 - die_after
    assert sum(one.amount for one in billing(to).credits.values()) == 5 * 833


def test_a_billing_system_that_cannot_be_read_defers_and_decides_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = SubscriptionReading(Result(Ending.DEFERRED, "billing-unreachable"))
    to = doors({"plus@libero.it": PAID})
    monkeypatch.setattr(MemoryBilling, "read", lambda self, asked: [nowhere for _ in asked])
    [result] = act.apply([refund(1, "plus@libero.it")], to, AT)
    assert (result.ending, result.code) == (Ending.DEFERRED, "billing-unreachable")
    assert not Route.objects.exists()
