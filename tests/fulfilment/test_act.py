"""Making grants so on a host and in a billing system: once, absolute, settled by looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from tests.fulfilment.doubles import Cut, MemoryBilling, MemoryHost
from tests.fulfilment.made import EXTENSION, FIFTH_MORE, GIB, STORAGE, extension, storage

from ristoro.fulfilment import act, states
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import GrantKind, GrantState
from ristoro.fulfilment.rows import GrantRow
from ristoro.kernel.outcome import Ending

AT = datetime(2023, 3, 1, 9, 0, tzinfo=UTC)


def doors(limits: dict[str, int] | None = None, paid: dict[str, date] | None = None) -> Doors:
    return Doors(MemoryHost(limits or {}), MemoryBilling(paid or {}), "jan23")


def test_a_fifth_more_given_twice_is_still_a_fifth_more() -> None:
    to = doors({STORAGE.address: GIB})
    assert act.apply([STORAGE], to, AT)[0].code == "done"
    assert act.apply([STORAGE], to, AT)[0].code == "already"
    assert to.host.limits == {STORAGE.address: FIFTH_MORE}  # type: ignore[attr-defined]


def test_results_come_in_the_order_of_mixed_grants() -> None:
    grants = [
        extension(4, "plus@libero.it"),
        storage(3, "gratis@libero.it"),
        extension(2, "nessuno@libero.it"),
        storage(1, "chiusa@libero.it"),
    ]
    to = doors({"gratis@libero.it": GIB}, {"plus@libero.it": date(2023, 8, 31)})
    codes = [result.code for result in act.apply(grants, to, AT)]
    assert codes == ["done", "done", "no-subscription", "no-mailbox"]
    assert [result.code for result in act.verify(grants, to, AT)] == [
        "seen",
        "seen",
        "no-subscription",
        "no-mailbox",
    ]


def test_a_plan_changed_since_the_decision_is_a_named_case() -> None:
    to = doors({STORAGE.address: 5 * GIB}, {EXTENSION.address: date(2024, 8, 31)})
    results = act.apply([STORAGE, EXTENSION], to, AT)
    assert [(one.ending, one.code) for one in results] == [(Ending.REFUSED, "base-changed")] * 2


def test_the_days_of_an_extension_are_those_decided() -> None:
    """LI-4 and LI-5: two old days have one new day, and each keeps its own way back."""
    grants = [EXTENSION, extension(3, "trenta@libero.it", base_until=date(2023, 8, 30))]
    to = doors({}, {grant.address: grant.base_until for grant in grants if grant.base_until})
    assert all(result.done for result in act.apply(grants, to, AT))
    assert set(to.billing.paid.values()) == {date(2024, 2, 29)}  # type: ignore[attr-defined]
    booked = to.billing.booked.values()  # type: ignore[attr-defined]
    assert [ask.base_until.day for ask in booked] == [31, 30]


def test_service_days_go_the_way_of_extensions() -> None:
    days = extension(5, "plus@libero.it", kind=GrantKind.SERVICE_DAYS, until=date(2023, 9, 15))
    to = doors({}, {"plus@libero.it": date(2023, 8, 31)})
    assert act.apply([days], to, AT)[0].done
    assert act.verify([days], to, AT)[0].code == "seen"


@pytest.mark.parametrize("missing", ["base", "target"])
def test_a_storage_grant_without_figures_was_never_decided(missing: str) -> None:
    with pytest.raises(ValueError, match="no base and target"):
        act.apply([replace(STORAGE, **{missing: None})], doors(), AT)  # type: ignore[arg-type]


def test_an_extension_without_its_new_day_was_never_decided() -> None:
    with pytest.raises(ValueError, match="no days"):
        act.apply([replace(EXTENSION, until=None)], doors(), AT)


def test_a_mailbox_that_was_paid_until_no_day_is_refused_beside_others_that_are_extended() -> None:
    to = doors({}, {EXTENSION.address: date(2023, 8, 31)})
    unpaid = replace(EXTENSION, id=9, address="gratis@libero.it", base_until=None)
    refused, made = act.apply([unpaid, EXTENSION], to, AT)
    assert (refused.ending, refused.code) == (Ending.REFUSED, "no-subscription")
    assert made.done


def test_what_shows_another_figure_is_not_verified() -> None:
    to = doors({STORAGE.address: GIB}, {EXTENSION.address: date(2023, 8, 31)})
    first, second = act.verify([STORAGE, EXTENSION], to, AT)
    assert first.code == second.code == "not-as-given"
    assert "1048576 KiB" in first.text
    assert "2023-08-31" in second.text


SETTLING = [
    # address, limit now, ending and code of the look, state that follows
    ("a@libero.it", GIB, Ending.REFUSED, "absent", GrantState.PLANNED),
    ("a@libero.it", FIFTH_MORE, Ending.DONE, "seen", GrantState.APPLIED),
    ("a@libero.it", 5 * GIB, Ending.REFUSED, "base-changed", GrantState.REFUSED),
    ("a@libero.it", None, Ending.REFUSED, "no-mailbox", GrantState.REFUSED),
    ("blind@libero.it", GIB, Ending.UNKNOWN, "imap-unavailable", GrantState.UNKNOWN),
]


@pytest.mark.parametrize(("address", "limit", "ending", "code", "state"), SETTLING)
def test_an_unknown_storage_grant_is_settled_by_looking(
    address: str, limit: int | None, ending: Ending, code: str, state: GrantState
) -> None:
    to = doors({} if limit is None else {address: limit})
    [result] = act.settle([storage(1, address, state=GrantState.UNKNOWN)], to, AT)
    assert (result.ending, result.code) == (ending, code)
    assert states.after_look(result) is state
    assert to.host.writes == []  # type: ignore[attr-defined]


def test_a_grant_smaller_than_the_unit_shown_is_tried_again_safely() -> None:
    grant = storage(1, "a@libero.it", base=GIB - 10, target=GIB)
    to = doors({"a@libero.it": GIB})
    assert act.settle([grant], to, AT)[0].code == "absent"
    assert act.apply([grant], to, AT)[0].code == "already"


def test_an_unknown_extension_is_settled_by_its_key() -> None:
    to = doors({}, {EXTENSION.address: date(2023, 8, 31)})
    assert act.settle([EXTENSION], to, AT)[0].code == "absent"
    act.apply([EXTENSION], to, AT)
    assert act.settle([EXTENSION], to, AT)[0].done


@pytest.mark.parametrize("die_after", range(6))
def test_a_worker_that_dies_after_any_grant_leaves_nothing_given_twice_or_lost(
    die_after: int,
) -> None:
    grants = [storage(number, f"casella{number}@libero.it") for number in range(1, 6)]
    host = MemoryHost({grant.address: GIB for grant in grants}, die_after=die_after)
    to = Doors(host, MemoryBilling({}), "jan23")
    try:
        act.apply(grants, to, AT)
    except Cut:
        host.die_after = None
    after = _take_over(grants, to)
    assert set(after) == {GrantState.APPLIED}
    assert set(host.limits.values()) == {FIFTH_MORE}
    assert sorted(host.writes) == sorted(grant.address for grant in grants)


def test_what_ended_unknown_is_looked_for_whether_it_happened_or_not() -> None:
    grants = [storage(1, "dark@libero.it"), storage(2, "lost@libero.it")]
    to = doors({grant.address: GIB for grant in grants})
    assert {one.ending for one in act.apply(grants, to, AT)} == {Ending.UNKNOWN}
    looked = [states.after_look(result) for result in act.settle(grants, to, AT)]
    assert looked == [GrantState.APPLIED, GrantState.PLANNED]


def _take_over(grants: list[GrantRow], to: Doors) -> list[GrantState]:
    """What a second worker does with rows that stand in SENDING: look, then make the rest."""
    after = [states.after_look(result) for result in act.settle(grants, to, AT)]
    rest = [at for at, state in enumerate(after) if state is GrantState.PLANNED]
    for at, result in zip(rest, act.apply([grants[at] for at in rest], to, AT), strict=True):
        after[at] = states.after_act(result)
    return after
