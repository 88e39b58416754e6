"""Posting: each entry once, balanced in each unit, and never changed after."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from tests.databases import Database

from ristoro.fulfilment.books import Account, Entry, Line, Nature, Side
from ristoro.fulfilment.books.entries import Sum, Unlawful
from ristoro.fulfilment.books.models import Balance, BookEntry, BookLine
from ristoro.fulfilment.books.posting import post

AT = datetime(2023, 3, 1, 9, tzinfo=UTC)
DAMAGES = Sum(Nature.DAMAGES, 12_50, "EUR")


def entry(key: str, lines: tuple[Line, ...] = DAMAGES.owed()) -> Entry:
    return Entry(key, AT, "claim R-2023-000001", lines, mailbox_id=17)


def test_an_entry_is_posted_once_with_its_balances(each_database: Database) -> None:
    assert post([entry("a"), entry("b")]) == 2
    assert post([entry("a"), entry("b"), entry("c")]) == 1
    assert list(BookEntry.objects.order_by("id").values_list("key", flat=True)) == ["a", "b", "c"]
    assert BookLine.objects.count() == 6
    owed = Balance.objects.get(account=Account.PAYABLE)
    assert (owed.debit, owed.credit, owed.lines) == (0, 37_50, 3)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        DAMAGES.owed()[:1],
        (DAMAGES.owed()[0], Sum(Nature.DAMAGES, 12_51, "EUR").owed()[1]),
        (DAMAGES.owed()[0], Sum(Nature.DAMAGES, 12_50, "GBP").owed()[1]),
        Sum(Nature.DAMAGES, 0, "EUR").owed(),
        Sum(Nature.DAMAGES, -1, "EUR").owed(),
        Sum(Nature.DAMAGES, 1 << 63, "EUR").owed(),
        Sum(Nature.GOODWILL, 5, "bytes").owed(),
        Sum(Nature.GOODWILL, 5, "EUR").moved(Account.IN_KIND_OWED, Account.IN_KIND_GIVEN),
        Sum(Nature.GOODWILL, 5, "ROC").owed(),
    ],
)
def test_what_does_not_balance_is_refused_whole(
    database: Database, lines: tuple[Line, ...]
) -> None:
    with pytest.raises(Unlawful):
        post([entry("good"), entry("bad", lines)])
    assert not BookEntry.objects.exists()


def test_a_key_stands_for_one_entry(database: Database) -> None:
    other = Sum(Nature.DAMAGES, 1, "EUR").owed()
    with pytest.raises(Unlawful):
        post([entry("a"), entry("a", other)])
    post([entry("a")])
    with pytest.raises(Unlawful):
        post([entry("b"), entry("a", other)])
    assert BookEntry.objects.count() == 1


def test_the_database_refuses_to_change_what_was_posted(each_database: Database) -> None:
    post([entry("a")])
    for change in (
        lambda: BookEntry.objects.update(about=""),
        lambda: BookEntry.objects.all().delete(),
        lambda: BookLine.objects.update(amount=1),
        lambda: BookLine.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_each_side_has_another() -> None:
    assert [side.other for side in Side] == [Side.CREDIT, Side.DEBIT]


@pytest.mark.parametrize("nature", Nature)
def test_a_nature_is_known_by_its_word(nature: Nature) -> None:
    assert Nature.of(nature.word) is nature


def test_the_database_refuses_a_line_of_no_nature(each_database: Database) -> None:
    bad = Line(Account.BANK, Nature.DAMAGES, Side.DEBIT, 1, "EUR")
    row = {"account": bad.account, "side": bad.side, "amount": 1, "unit": "EUR"}
    with pytest.raises(DatabaseError, match="nature"), transaction.atomic():
        BookLine.objects.create(id=640, nature=9, **row)
    with pytest.raises(DatabaseError), transaction.atomic():
        BookLine.objects.create(id=640, nature=None, **row)


def test_postgresql_refuses_lines_that_do_not_balance(postgres_database: Database) -> None:
    one, other = DAMAGES.owed()
    good = [BookLine(id=640 + place, account=line.account, nature=line.nature, side=line.side,
                     amount=line.amount, unit=line.unit)
            for place, line in enumerate((one, other))]  # fmt: skip
    BookLine.objects.bulk_create(good)
    for field, wrong in (("amount", 12_51), ("unit", "CHF"), ("side", int(Side.DEBIT))):
        rows = [BookLine(id=row.id + 64, account=row.account, nature=row.nature, side=row.side,
                         amount=row.amount, unit=row.unit) for row in good]  # fmt: skip
        setattr(rows[1], field, wrong)
        with pytest.raises(DatabaseError, match="does not balance"), transaction.atomic():
            BookLine.objects.bulk_create(rows)
    assert BookLine.objects.count() == 2
