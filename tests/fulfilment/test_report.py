"""The closing statement: parts that sum up, differences that show, words for both languages."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.databases import Database
from tests.fulfilment import decided, stage
from tests.fulfilment.doubles import MemoryBilling, MemoryHost
from tests.fulfilment.made import FIFTH_MORE, GIB
from tests.fulfilment.stage import AT

from ristoro.fulfilment import wording
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Grant, GrantKind, GrantState
from ristoro.fulfilment.reconcile import reconcile
from ristoro.fulfilment.report import report
from ristoro.fulfilment.statement import Discrepancy, Standing, Statement, as_data, standing_of
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run

S = GrantState
numbers = itertools.count()


def loaded(folder: Path, grants: Sequence[Grant], mailboxes: int = 0) -> Run:
    """A run whose outcomes, grants and notices agree."""
    number = next(numbers)
    covered = sorted({*range(1, mailboxes + 1), *(one.mailbox_id for one in grants)})
    run = stage.run(name=f"run{number}", **decided.write(folder / str(number), grants, covered))
    stage.load(run, grants)
    Notice.objects.bulk_create(
        Notice(
            id=(number << 32) + mailbox,
            run_id=run.id,
            mailbox_id=mailbox,
            bucket=0,
            address="",
            brand="libero",
            locale="it",
            kind=1,
            state=NoticeState.VERIFIED,
            result="",
            body_hash="",
        )
        for mailbox in {one.mailbox_id for one in grants}
    )
    return run


mixes = some.lists(
    some.tuples(
        some.integers(1, 12),
        some.sampled_from([0, 1]),
        some.sampled_from(list(GrantState)),
        some.integers(1, 2**62 // 12),
    ),
    unique_by=lambda one: one[:2],
    max_size=20,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mix=mixes, mailboxes=some.integers(0, 15))
def test_parts_equal_totals_for_any_mix_of_states(
    database: Database, tmp_path: Path, mix: list[tuple[int, int, S, int]], mailboxes: int
) -> None:
    makers = (stage.storage, stage.extension)
    grants = [
        makers[remedy](box, state, amount=amount, result="why")
        for box, remedy, state, amount in mix
    ]
    run = loaded(tmp_path, grants, mailboxes)
    found = report(run, AT)
    assert found.discrepancies == ()
    for line in found.lines:
        mine = [one for one in grants if one.remedy == line.remedy_no]
        assert line.owed == line.loaded
        assert (line.owed.grants, line.owed.amount) == (len(mine), sum(one.amount for one in mine))
        parts = [line.of(state) for state in S]
        assert sum(part.grants for part in parts) == line.owed.grants
        assert sum(part.amount for part in parts) == line.owed.amount
        refused = line.refused_by.values()
        assert sum(part.amount for part in refused) == line.of(S.REFUSED).amount
    boxes = found.mailboxes
    assert boxes.covered == boxes.nothing_owed + sum(boxes.by_standing.values())
    expected: Counter[Standing] = Counter()
    order = list(Standing)
    for box in {one.mailbox_id for one in grants}:
        ranks = [order.index(standing_of(S(one.state))) for one in grants if one.mailbox_id == box]
        expected[order[min(ranks)]] += 1
    assert boxes.by_standing == {standing: expected[standing] for standing in Standing}
    zeros = sum(zero.mailboxes for zero in found.zeros)
    assert zeros == 2 * boxes.covered - len(grants)
    json.dumps(as_data(found), allow_nan=False)
    for lang in wording.LANGUAGES:
        assert wording.text(found, lang)


@pytest.fixture
def run(database: Database, tmp_path: Path) -> Run:
    grants = [
        stage.storage(1, S.VERIFIED),
        stage.storage(2, S.REFUSED, result="no-mailbox"),
        stage.storage(3, S.APPLIED),
        stage.extension(4),
        stage.extension(5, S.VERIFIED),
    ]
    return loaded(tmp_path, grants, 8)


def codes(statement: Statement) -> dict[str, int]:
    return {one.code: one.count for one in statement.obstacles}


def test_a_run_can_be_closed_when_nothing_is_pending(database: Database, tmp_path: Path) -> None:
    ended = (S.VERIFIED, S.REFUSED, S.DECLINED, S.LAPSED, S.REVERSED)
    run = loaded(tmp_path, [stage.storage(at, state) for at, state in enumerate(ended, 1)])
    assert report(run, AT).obstacles == ()


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (S.WAITING, "waiting-for-yes"),
        (S.PLANNED, "to-make"),
        (S.SENDING, "unknown"),
        (S.UNKNOWN, "unknown"),
        (S.DEFERRED, "deferred"),
        (S.APPLIED, "not-verified"),
    ],
)
def test_what_is_pending_keeps_a_run_open(
    database: Database, tmp_path: Path, state: S, code: str
) -> None:
    assert codes(report(loaded(tmp_path, [stage.storage(1, state)]), AT)) == {code: 1}


def test_money_that_is_owed_keeps_the_run_open_until_it_is_paid(
    database: Database, tmp_path: Path
) -> None:
    money = stage.storage(
        1, kind=GrantKind.REFUND, amount=999, currency="EUR", base=None, target=None
    )
    found = report(loaded(tmp_path, [money]), AT)
    assert codes(found) == {"to-make": 1}
    assert "to be made     1, €9.99\n" in wording.text(found, "en")


def test_a_lost_grant_shows_as_a_difference(run: Run) -> None:
    Grant.objects.filter(mailbox_id=1).delete()
    assert report(run, AT).discrepancies == (
        Discrepancy("grants", 0, 3, 2),
        Discrepancy("amounts", 0, 3 * (FIFTH_MORE - GIB), 2 * (FIFTH_MORE - GIB)),
        Discrepancy("mailboxes", None, 5, 4),
        Discrepancy("no-grant", None, 0, 1),
    )


def test_a_changed_amount_shows_as_a_difference(run: Run) -> None:
    Grant.objects.filter(mailbox_id=4).update(amount=7)
    assert report(run, AT).discrepancies == (Discrepancy("amounts", 1, 12, 13),)


def test_a_missing_letter_shows_as_a_difference(run: Run) -> None:
    Notice.objects.filter(mailbox_id=2).delete()
    assert report(run, AT).discrepancies == (Discrepancy("no-notice", None, 0, 1),)


def test_another_run_is_not_counted(run: Run, tmp_path: Path) -> None:
    before = report(run, AT)
    loaded(tmp_path, [stage.storage(1, S.UNKNOWN)])
    assert report(run, AT) == before


def test_the_words_carry_the_figures_in_both_languages(run: Run) -> None:
    found = report(run, AT)
    english, italian = wording.text(found, "en"), wording.text(found, "it")
    assert "STATEMENT SO FAR OF RUN" in english
    assert "8 mailboxes were looked at." in english
    assert "owed           3 mailboxes, 644,245,095 byte (0.6 GiB) in all" in english
    assert "to be answered 1, 6 months, until 30 April 2023" in english
    assert "1: the mailbox is no longer there" in english
    assert "Yes: every mailbox and every amount is accounted for exactly once." in english
    assert "spetta         a 3 caselle, 644.245.095 byte (0,6 GiB) in tutto" in italian
    assert "da confermare  1, 6 mesi, entro il 30 aprile 2023" in italian
    assert "Non chiediamo mai password" in italian


def test_the_text_has_no_empty_figure_and_no_markup(run: Run) -> None:
    for lang in wording.LANGUAGES:
        text = wording.text(report(run, AT), lang)
        assert not any(mark in text for mark in ("{", "%}", "None", "&#", "<"))


class TestReconcile:
    @pytest.fixture
    def doors(self, run: Run) -> Doors:
        host = MemoryHost(dict.fromkeys(("casella1@libero.it", "casella3@libero.it"), FIFTH_MORE))
        return Doors(host, MemoryBilling({"casella5@libero.it": date(2024, 2, 29)}), run.name)

    def test_every_made_grant_is_read_and_the_statement_says_when(
        self, run: Run, doors: Doors
    ) -> None:
        found = reconcile(run, doors, AT)
        assert (found.made, found.read, found.agreed, found.differences) == (3, 3, 3, ())
        back = report(run, AT).read_back
        assert back is not None
        assert (back.at, back.made, back.agreed) == (AT, 3, 3)
        assert "On 1 March 2023, 09:00 UTC the mailboxes and subscriptions of 3 of 3" in (
            wording.text(report(run, AT), "en")
        )

    def test_what_differs_is_listed_and_nothing_is_changed(self, run: Run, doors: Doors) -> None:
        changes: dict[str, Any] = {"casella1@libero.it": 5 * GIB}
        doors.host.limits.update(changes)  # type: ignore[attr-defined]
        found = reconcile(run, doors, AT)
        [difference] = found.differences
        assert (found.differed, difference.mailbox_id) == (1, 1)
        assert "5242880 KiB" in difference.text
        assert Grant.objects.get(mailbox_id=1).state == S.VERIFIED

    def test_a_mailbox_that_cannot_be_read_is_neither_right_nor_wrong(
        self, run: Run, doors: Doors
    ) -> None:
        Grant.objects.filter(mailbox_id=3).update(address="blind@libero.it")
        found = reconcile(run, doors, AT)
        assert (found.agreed, found.differed, found.unreadable) == (2, 0, 1)

    def test_a_sample_is_spread_over_the_run(self, run: Run, doors: Doors) -> None:
        for wanted in range(5):
            seen: list[int] = []
            found = reconcile(run, doors, AT, sample=wanted, progress=seen.append)
            assert found.read == sum(seen) == min(wanted, 3)
