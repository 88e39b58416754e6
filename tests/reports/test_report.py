"""A holder's report of a fault: taken with its facts, not too often, counted by where to look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ristoro.journal.models import Detail, Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.outages.reports.models import Report
from ristoro.outages.reports.report import MOST, PER, Known, Said, newest, report, stores, tallies

pytestmark = [pytest.mark.db, pytest.mark.usefixtures("database")]
AT = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
SAID = Said("imap", AT - timedelta(hours=2), "Non entra,\n  dice errore")
ANNA = Known("anna@libero.it", "libero", "lib-07")


def test_a_report_keeps_what_was_said_and_what_is_known() -> None:
    made = Report.objects.get(pk=report(SAID, ANNA, AT).pk)
    assert (made.way, made.since, made.words) == ("imap", SAID.since, "Non entra, dice errore")
    assert (made.address, made.brand, made.store) == (ANNA.address, "libero", "lib-07")


def test_the_journal_says_where_to_look_and_not_who_said_it() -> None:
    made = report(SAID, ANNA, AT)
    entry = Entry.objects.get()
    assert (entry.name, entry.subject) == ("outages.fault.reported", f"report {made.pk}")
    told = str(Detail.objects.get().data)
    assert "lib-07" in told
    assert "anna" not in told
    assert "errore" not in told


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (replace(SAID, way="fax"), "report-way"),
        (replace(SAID, since=AT - timedelta(days=31)), "report-since"),
        (replace(SAID, since=AT + timedelta(hours=1)), "report-since"),
        (replace(SAID, words=" \n"), "report-words"),
        (replace(SAID, words="x" * 2001), "report-words"),
    ],
)
def test_a_report_that_helps_nobody_is_refused(wrong: Said, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        report(wrong, ANNA, AT)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert not Report.objects.exists()


def test_a_mailbox_reports_so_many_times_an_hour() -> None:
    for _ in range(MOST):
        report(SAID, ANNA, AT)
    with pytest.raises(NotAllowed, match="within an hour"):
        report(SAID, ANNA, AT + PER / 2)
    report(SAID, replace(ANNA, address="bruno@libero.it"), AT)
    report(SAID, ANNA, AT + PER + timedelta(seconds=1))


def test_reports_are_counted_by_way_in_store_and_hour() -> None:
    for number in range(3):
        report(SAID, replace(ANNA, address=f"{number}@libero.it"), AT)
    report(replace(SAID, way="webmail"), ANNA, AT)
    report(SAID, Known("v@virgilio.it", "virgilio", "vir-01"), AT + timedelta(hours=1))
    told = [(one.way, one.store, one.hour.hour, one.count) for one in tallies(AT)]
    expected = [("imap", "vir-01", 11, 1), ("imap", "lib-07", 10, 3), ("webmail", "lib-07", 10, 1)]
    assert told == expected
    assert [one.count for one in tallies(AT, way="imap", store="lib-07")] == [3]
    assert len(newest(AT)) == 5
    assert newest(AT + timedelta(minutes=1), store="lib-07") == []
    assert stores(AT) == ["lib-07", "vir-01"]
