"""The register of breaches: opened once, its clock from awareness, written on, not rewritten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.databases import Database
from tests.outages.estates import Box, write

from ristoro.journal.models import Entry as JournalEntry
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.outages.breaches import paper, register
from ristoro.outages.breaches.models import Kind, Record, Risk, Standing
from ristoro.outages.breaches.numbers import Touched, numbers
from ristoro.outages.declare import read_outage
from ristoro.outages.outage import Outage
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

ROME = ZoneInfo("Europe/Rome")
FILE = Path(__file__).parents[3] / "outages/libero-virgilio-2023-01.yaml"
AWARE = datetime(2023, 1, 22, 23, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAME = "libero-virgilio-2023-01"


@pytest.fixture(scope="module")
def outage() -> Outage:
    return read_outage(FILE)


@pytest.fixture
def olga(database: Database) -> Person:
    del database
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AWARE)


@pytest.fixture
def aldo(olga: Person) -> Person:
    del olga
    return people.add("Aldo", "quattro parole scelte", [Role.APPROVER], actor="test", at=AWARE)


def test_the_clock_runs_72_hours_from_awareness(outage: Outage, olga: Person) -> None:
    record = register.open_record(outage, AWARE, olga, AWARE + HOUR)
    assert record.due_at == datetime(2023, 1, 25, 23, 0, tzinfo=UTC)
    assert paper.left(record, AWARE + 70 * HOUR) == 2 * HOUR
    assert paper.left(record, AWARE + 73 * HOUR) == -HOUR
    assert record.standing == Standing.DRAFT
    (entry,) = record.entries.all()
    assert entry.data["digest"] == outage.digest
    assert entry.data["components"] == [
        "webmail", "imap", "pop3", "submission", "ios", "android", "inbound",
    ]  # fmt: skip


def test_a_correction_is_an_entry_and_the_clock_stays(outage: Outage, olga: Person) -> None:
    register.open_record(outage, AWARE, olga, AWARE)
    register.open_record(outage, AWARE + HOUR, olga, AWARE + HOUR)
    corrected = replace(outage, version=2, corrects=outage.digest, reason="an hour less")
    record = register.open_record(corrected, AWARE + 9 * HOUR, olga, AWARE + 9 * HOUR)
    assert record.aware_at == AWARE
    assert [entry.data["version"] for entry in record.entries.all()] == [1, 2]


def test_the_numbers_are_those_of_every_mailbox(
    outage: Outage, olga: Person, tmp_path: Path
) -> None:
    boxes = [
        Box(1, "lib-01", ("webmail", "imap")),
        Box(2, "lib-48", ("webmail",)),
        Box(3, "vir-01", ("ios",)),
        Box(4, "lib-02", ("webmail",), closed=datetime(2023, 1, 1, tzinfo=UTC)),
        Box(5, "els-01", ("webmail",)),
    ]
    estate = write(boxes, tmp_path / "estate.parquet")
    found = numbers(estate, outage, None)
    by_name = {one.component: one for one in found.components}
    assert (found.mailboxes, found.touched) == (5, 3)
    assert set(by_name) == {"webmail", "imap", "ios", "inbound"}
    assert by_name["imap"] == Touched(
        "imap", 1, 0, int(timedelta(hours=85).total_seconds()) * 10**6
    )
    assert (by_name["webmail"].down, by_name["ios"].down) == (2, 1)
    register.open_record(outage, AWARE, olga, AWARE)
    entry = register.count(NAME, found, "abc", olga, AWARE)
    assert entry.data["components"][0]["component"] == "webmail"
    assert json.dumps(paper.as_data(register.named(NAME)))


def test_the_paper_says_what_is_known_and_what_is_not_yet(outage: Outage, olga: Person) -> None:
    record = register.open_record(outage, AWARE, olga, AWARE)
    text = paper.as_text(record, AWARE + HOUR, ROME)
    assert "Consapevolezza:        23/01/2023 00:00" in text
    assert "Termine delle 72 ore:  26/01/2023 00:00" in text
    assert text.count("Da precisare") == 5
    register.write(NAME, Kind.NATURE, "Guasto di un'unità di memoria.", olga, AWARE + HOUR)
    text = paper.as_text(record, AWARE + HOUR, ROME)
    assert "3. Natura della violazione\n   Guasto di un'unità di memoria.\n" in text
    assert text.count("Da precisare") == 4


def test_it_is_settled_once_and_later_only_towards_the_authority(
    outage: Outage, olga: Person, aldo: Person
) -> None:
    record = register.open_record(outage, AWARE, olga, AWARE)
    later = AWARE + 50 * HOUR
    with pytest.raises(NotAllowed, match="role-missing"):
        register.settle(NAME, Kind.NOT_NOTIFIED, "no risk", later, olga, later)
    register.settle(NAME, Kind.NOT_NOTIFIED, "no risk to anybody", later, aldo, later)
    record.refresh_from_db()
    assert (record.standing, paper.left(record, later)) == (Standing.NOT_NOTIFIED, None)
    late = AWARE + 80 * HOUR
    with pytest.raises(BadInput, match="delay-unexplained"):
        register.settle(NAME, Kind.NOTIFIED, "no. 17", late, aldo, late)
    words = "no. 17; loss of mail became known on the third day only"
    register.settle(NAME, Kind.NOTIFIED, words, late, aldo, late)
    with pytest.raises(NotAllowed, match="breach-settled"):
        register.settle(NAME, Kind.NOT_NOTIFIED, "on second thoughts", late, aldo, late)
    assert [entry.kind for entry in record.entries.all()] == [
        "declared", "not-notified", "notified",
    ]  # fmt: skip


def test_what_cannot_be_is_refused(outage: Outage, olga: Person) -> None:
    with pytest.raises(BadInput, match="aware-later"):
        register.open_record(outage, AWARE + HOUR, olga, AWARE)
    with pytest.raises(Missing, match="no-breach"):
        register.write(NAME, Kind.NATURE, "x", olga, AWARE)
    register.open_record(outage, AWARE, olga, AWARE)
    with pytest.raises(BadInput, match="is not written by hand"):
        register.write(NAME, Kind.DECLARED, "x", olga, AWARE)
    with pytest.raises(BadInput, match="the text has 0 characters"):
        register.write(NAME, Kind.NATURE, "  ", olga, AWARE)
    assert Record.objects.get().entries.count() == 1


def test_every_entry_is_in_the_journal(outage: Outage, olga: Person) -> None:
    register.open_record(outage, AWARE, olga, AWARE)
    register.write(NAME, Kind.MEASURES, "Ripristino dalle copie.", olga, AWARE)
    told = JournalEntry.objects.filter(name__startswith="outages.breach").order_by("number")
    assert [entry.name for entry in told] == [
        "outages.breach.opened",
        "outages.breach.written",
        "outages.breach.written",
    ]


def test_what_the_authority_is_told_in_phases_follows_the_first_time(
    outage: Outage, olga: Person, aldo: Person
) -> None:
    register.open_record(outage, AWARE, olga, AWARE)
    register.assess(NAME, Risk.LIKELY, "deadlines were missed", olga, AWARE + HOUR)
    sent, more = AWARE + 20 * HOUR, AWARE + 90 * HOUR
    with pytest.raises(NotAllowed, match="breach-not-notified"):
        register.supplement(NAME, "the cause", more, aldo, more)
    with pytest.raises(BadInput, match="sent-never"):
        register.settle(NAME, Kind.NOTIFIED, "no. 17", more, aldo, sent)
    register.settle(NAME, Kind.NOTIFIED, "no. 17", sent, aldo, sent)
    with pytest.raises(NotAllowed, match="role-missing"):
        register.supplement(NAME, "the cause", more, olga, more)
    register.supplement(NAME, "the cause: a fault of the storage", more, aldo, more)
    record = register.named(NAME)
    assert [entry.kind for entry in record.entries.all()] == [
        "declared", "risk", "notified", "supplement",
    ]  # fmt: skip
    text = paper.as_text(record, more, ROME)
    assert "Probabile. deadlines were missed" in text
    assert "26/01/2023 18:00: the cause: a fault of the storage" in text
    assert "9. Che cosa è stato scritto" in text
