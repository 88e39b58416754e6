"""What every billing system must do: subclass ``BillingContract`` and give it ``billing``."""

from __future__ import annotations

from datetime import date

from ristoro.edges.billing.contract import Billing, CreditAsk, ExtensionAsk, Where
from ristoro.kernel.outcome import Ending

PLUS = "plus@libero.it"
OTHER = "altra@virgilio.it"
NOBODY = "nessuno@libero.it"
PAID = {PLUS: date(2023, 8, 31), OTHER: date(2023, 8, 30)}
NEW = date(2024, 2, 29)


class BillingContract:
    """The fixture ``billing`` must hold the subscriptions of ``PAID`` and nothing else."""

    def test_an_extension_sets_the_new_day(self, billing: Billing) -> None:
        [result] = billing.extend([ask("k1")], reason="run one")
        assert (result.ending, result.code) == (Ending.DONE, "done")
        assert billing.read([PLUS])[0].paid_until == NEW

    def test_the_same_key_never_moves_a_date_twice(self, billing: Billing) -> None:
        billing.extend([ask("k1")], reason="run one")
        [result] = billing.extend([ask("k1")], reason="run one")
        assert (result.ending, result.code) == (Ending.DONE, "already")
        assert billing.read([PLUS])[0].paid_until == NEW

    def test_a_key_stays_done_when_the_date_has_moved_on(self, billing: Billing) -> None:
        billing.extend([ask("k1")], reason="run one")
        later = date(2025, 2, 28)
        billing.extend([ExtensionAsk("renewal", PLUS, NEW, later)], reason="renewed")
        assert billing.extend([ask("k1")], reason="run one")[0].code == "already"
        assert billing.read([PLUS])[0].paid_until == later

    def test_a_date_that_is_not_the_old_one_is_refused(self, billing: Billing) -> None:
        wrong = ExtensionAsk("k1", PLUS, date(2023, 7, 31), NEW)
        [result] = billing.extend([wrong], reason="run one")
        assert (result.ending, result.code) == (Ending.REFUSED, "base-changed")
        assert billing.read([PLUS])[0].paid_until == PAID[PLUS]
        assert billing.look(["k1"])[0].code == "absent"

    def test_a_renewal_that_reached_the_same_day_is_not_taken_for_the_grant(
        self, billing: Billing
    ) -> None:
        billing.extend([ask("renewal")], reason="renewed by the holder")
        [result] = billing.extend([ask("k1")], reason="run one")
        assert (result.ending, result.code) == (Ending.REFUSED, "base-changed")

    def test_a_key_booked_for_another_move_is_refused(self, billing: Billing) -> None:
        billing.extend([ask("k1")], reason="run one")
        other = ExtensionAsk("k1", OTHER, PAID[OTHER], NEW)
        assert billing.extend([other], reason="run one")[0].code == "key-reused"
        assert billing.read([OTHER])[0].paid_until == PAID[OTHER]

    def test_nobody_has_no_subscription(self, billing: Billing) -> None:
        [result] = billing.extend([ExtensionAsk("k1", NOBODY, NEW, NEW)], reason="run one")
        assert (result.ending, result.code) == (Ending.REFUSED, "no-subscription")
        assert billing.read([NOBODY])[0].result.code == "no-subscription"

    def test_a_batch_answers_for_each_member_in_order(self, billing: Billing) -> None:
        asks = [
            ask("k1"),
            ExtensionAsk("k2", NOBODY, NEW, NEW),
            ExtensionAsk("k3", OTHER, PAID[OTHER], NEW),
        ]
        codes = [result.code for result in billing.extend(asks, reason="run one")]
        assert codes == ["done", "no-subscription", "done"]

    def test_a_look_tells_booked_keys_from_unknown_ones(self, billing: Billing) -> None:
        billing.extend([ask("k1")], reason="run one")
        first, second = billing.look(["k1", "k2"])
        assert first.done
        assert (second.ending, second.code) == (Ending.REFUSED, "absent")

    def test_the_way_back_is_the_old_day_under_a_key_of_its_own(self, billing: Billing) -> None:
        asks = [ask("k1"), ExtensionAsk("k2", OTHER, PAID[OTHER], NEW)]
        billing.extend(asks, reason="run one")
        back = [
            ExtensionAsk(f"{one.key}/back", one.address, one.until, one.base_until) for one in asks
        ]
        assert all(result.done for result in billing.extend(back, reason="in error"))
        days = [reading.paid_until for reading in billing.read([PLUS, OTHER])]
        assert days == [date(2023, 8, 31), date(2023, 8, 30)]

    def test_a_credit_is_booked_and_read_back_with_its_figures(self, billing: Billing) -> None:
        asks = [credit("c1"), credit("c2", OTHER, where=Where.ACCOUNT)]
        assert [result.code for result in billing.credit(asks, reason="run one")] == ["done"] * 2
        assert [reading.credit for reading in billing.read_credits(["c1", "c2"])] == asks
        assert all(result.done for result in billing.look(["c1", "c2"]))

    def test_the_same_key_is_never_credited_twice(self, billing: Billing) -> None:
        assert billing.credit([credit("c1")], reason="run one")[0].code == "done"
        [result] = billing.credit([credit("c1")], reason="run one")
        assert (result.ending, result.code) == (Ending.DONE, "already")

    def test_a_key_booked_for_another_sum_place_or_holder_is_refused(
        self, billing: Billing
    ) -> None:
        billing.credit([credit("c1")], reason="run one")
        for other in (
            credit("c1", amount=1_000),
            credit("c1", where=Where.ACCOUNT),
            credit("c1", OTHER),
        ):
            assert billing.credit([other], reason="run one")[0].code == "key-reused"
        assert billing.read_credits(["c1"])[0].credit == credit("c1")

    def test_one_key_is_not_a_credit_and_an_extension(self, billing: Billing) -> None:
        billing.credit([credit("k1")], reason="run one")
        assert billing.extend([ask("k1")], reason="run one")[0].code == "key-reused"
        billing.extend([ask("k2")], reason="run one")
        assert billing.credit([credit("k2")], reason="run one")[0].code == "key-reused"

    def test_who_has_no_account_is_credited_nothing(self, billing: Billing) -> None:
        [result] = billing.credit([credit("c1", NOBODY)], reason="run one")
        assert (result.ending, result.code) == (Ending.REFUSED, "no-subscription")
        [reading] = billing.read_credits(["c1"])
        assert (reading.result.ending, reading.result.code) == (Ending.REFUSED, "absent")
        assert reading.credit is None
        assert billing.look(["c1"])[0].code == "absent"

    def test_a_credit_moves_no_date(self, billing: Billing) -> None:
        billing.credit([credit("c1")], reason="run one")
        assert billing.read([PLUS])[0].paid_until == PAID[PLUS]


def credit(
    key: str, address: str = PLUS, amount: int = 833, where: Where = Where.BILL
) -> CreditAsk:
    return CreditAsk(key, address, amount, "EUR", where)


def ask(key: str) -> ExtensionAsk:
    return ExtensionAsk(key, PLUS, PAID[PLUS], NEW)
