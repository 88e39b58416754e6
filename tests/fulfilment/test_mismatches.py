"""What a full reading finds otherwise is kept, handled with a reason, and counted."""

from __future__ import annotations

import pytest
from tests.databases import Database
from tests.fulfilment import stage
from tests.fulfilment.doubles import MemoryBilling, MemoryHost
from tests.fulfilment.made import FIFTH_MORE
from tests.fulfilment.stage import AT

from ristoro.fulfilment import mismatches
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Grant, GrantState, Mismatch
from ristoro.fulfilment.reconcile import reconcile
from ristoro.remedies.models import Run

S = GrantState


@pytest.fixture
def run(each_database: Database) -> Run:
    del each_database
    made = stage.run()
    stage.load(made, [stage.storage(number, S.VERIFIED) for number in range(1, 8)])
    for number, grant in enumerate(Grant.objects.filter(run=made).order_by("mailbox_id")):
        name = "blind" if number == 6 else "box"
        Grant.objects.filter(pk=grant.pk).update(address=f"{name}{number}@libero.it")
    return made


def read(run: Run, limits: dict[str, int], sample: int | None = None) -> None:
    reconcile(run, Doors(MemoryHost(limits), MemoryBilling({}), run.name), AT, sample=sample)


def limits() -> dict[str, int]:
    """All as given but one, one mailbox gone, one that cannot be read."""
    found = {f"box{number}@libero.it": FIFTH_MORE for number in range(1, 6)}
    return {**found, "box5@libero.it": 1024}


def test_what_differs_is_kept_by_code_and_what_agrees_again_is_dropped(run: Run) -> None:
    read(run, limits())
    kinds = {one.code: one.count for one in mismatches.kinds(run)}
    assert kinds == {"no-mailbox": 1, "not-as-given": 1, "unreadable:imap-unavailable": 1}
    everything = {f"box{number}@libero.it": FIFTH_MORE for number in range(6)}
    reconcile(run, Doors(MemoryHost(everything), MemoryBilling({}), run.name), AT.replace(hour=10))
    assert {one.code for one in Mismatch.objects.all()} == {"unreadable:imap-unavailable"}


def test_a_sample_keeps_nothing(run: Run) -> None:
    read(run, limits(), sample=7)
    assert not Mismatch.objects.exists()


def test_one_that_was_handled_may_stay_applied(run: Run) -> None:
    operator = stage.staff().operator
    read(run, limits())
    gone = Mismatch.objects.get(code="no-mailbox")
    Grant.objects.filter(run=run, mailbox_id=gone.mailbox_id).update(state=S.APPLIED)
    assert mismatches.handled_in(run, S.APPLIED) == 0
    assert mismatches.handle(run, operator, "closed in May", AT, code="no-mailbox") == 1
    assert mismatches.handled_in(run, S.APPLIED) == 1
    assert [(one.code, one.open) for one in mismatches.kinds(run) if not one.open] == [
        ("no-mailbox", 0)
    ]
    assert [one.code for one in mismatches.listed(run, only_open=True)] == [
        "not-as-given",
        "unreadable:imap-unavailable",
    ]


def test_pages_and_the_walk_are_in_the_order_of_finding(run: Run) -> None:
    read(run, {})
    found = mismatches.listed(run)
    first = mismatches.page(found, 0, 3)
    rest = mismatches.page(found, first[-1].pk, 100)
    assert [one.pk for one in [*first, *rest]] == [one.pk for one in mismatches.walk(found, 2)]
    assert len(first) + len(rest) == 7
