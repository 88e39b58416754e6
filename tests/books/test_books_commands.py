"""``ristoro books``: what accountants get, exact and with its digests, and what does not agree."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from tests.books.stage import AT, CREDIT, filled
from tests.books.test_deriving import given_to
from tests.databases import Database
from typer.testing import CliRunner

from ristoro.cli.program import program
from ristoro.fulfilment.books import Account, Entry, Nature
from ristoro.fulfilment.books.entries import Sum
from ristoro.fulfilment.books.exporting import SUMS
from ristoro.fulfilment.books.posting import post
from ristoro.fulfilment.books.reading import Wanted, page, rows, summed
from ristoro.fulfilment.models import Grant
from ristoro.journal import names
from ristoro.journal.models import Entry as JournalEntry
from ristoro.remedies.models import Run
from ristoro.workers.books import open_books


@pytest.fixture
def begun(each_database: Database, tmp_path: Path) -> Run:
    """A run in the books, of which two sums were given, and a claim of no run."""
    run = filled(tmp_path / "run")
    open_books(run, AT)
    given_to(
        run, list(Grant.objects.filter(bucket=3, remedy=CREDIT).values_list("id", flat=True)[:2])
    )
    sum_ = Sum(Nature.DAMAGES, 1250, "EUR")
    post([Entry("R-2023-000001/owed", AT, '=HYPERLINK("x")', sum_.owed(), "owed", mailbox_id=17)])
    return run


def ristoro(*words: str, fails: bool = False) -> str:
    found = CliRunner().invoke(program(), ["books", *words], catch_exceptions=False)
    assert (found.exit_code != 0) is fails, found.output
    return found.output


def test_the_archive_is_exact_and_checks_itself(begun: Run, tmp_path: Path) -> None:
    out = tmp_path / "books.zip"
    ristoro("export", "--out", str(out))
    with zipfile.ZipFile(out) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for line in files[SUMS].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files.pop(name)).hexdigest() == digest
    assert set(files) == {SUMS}
    with zipfile.ZipFile(out) as archive:
        text = archive.read("journal.csv").decode("utf-8-sig")
        told = archive.read("trial-balance.csv").decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    both = [sum(int(line[side]) for line in lines if line["unit"] == "EUR")
            for side in ("debit_units", "credit_units")]  # fmt: skip
    assert both[0] == both[1] > 0
    damages = next(line for line in lines if line["nature"] == "damages")
    assert (damages["debit"], damages["account_name"]) == ("12,50", "Risarcimenti")
    assert damages["about"].startswith("'=")
    payable = next(line for line in csv.DictReader(io.StringIO(told)) if line["account"] == "210")
    assert payable["balance_credit"].replace(",", "") == str(
        int(payable["credit_units"]) - int(payable["debit_units"])
    )
    assert JournalEntry.objects.filter(name=names.BOOKS_EXPORTED).exists()


def test_entries_are_found_by_run_account_and_nature(begun: Run) -> None:
    every = page(Wanted(), None, 100)
    assert len(every) == 4 + 12 + 2 + 1  # in kind by bucket and kind, owed, given, and the claim
    assert all(sum(1 for line in one.lines) == 2 for one in every)
    given = page(Wanted(account=Account.BILL_CREDITS), None, 100)
    assert {one.code for one in given} == {"given"}
    assert len(page(Wanted(run_id=begun.pk), None, 100)) == len(every) - 1
    assert [one.about for one in page(Wanted(run_id=0), None, 5)] == ['=HYPERLINK("x")']
    found, below = [], None
    while some := page(Wanted(run_id=begun.pk, nature=Nature.SERVICE_CREDIT), below, 3):
        found += some
        below = some[-1].id
    assert [one.id for one in found] == [
        one.id for one in every if one.run_id and one.lines[0].nature is Nature.SERVICE_CREDIT
    ]
    assert {row.balance for row in summed(rows(), by_account=False)} == {0}


def test_the_commands_show_and_name_what_differs(database: Database, tmp_path: Path) -> None:
    run = filled(tmp_path / "run")
    open_books(run, AT)
    assert "210 Payable to holders" in " ".join(ristoro("show", "--run", run.name).split())
    assert "EUR" in ristoro("trial")
    assert "210" in ristoro("show", "5")
    assert "agrees to the cent" in ristoro("reconcile")
    grant = Grant.objects.filter(remedy=CREDIT).earliest("id")
    Grant.objects.filter(id=grant.id).update(state=9)
    assert f"grant {grant.id}" in ristoro("reconcile", fails=True)
