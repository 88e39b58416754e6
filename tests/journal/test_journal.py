"""The journal's chain: gapless, linked, guarded by the database, and shreddable."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.databases import Database

from ristoro.journal.append import Head, append
from ristoro.journal.models import Detail, Entry
from ristoro.journal.names import NAMES
from ristoro.journal.shred import shred
from ristoro.journal.verify import verify
from ristoro.kernel.errors import Missing, NotAllowed

AT = datetime(2023, 3, 1, 9, 30, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
import ristoro.start
from django.db import transaction
from ristoro.journal.append import append
print("ready", flush=True)
sys.stdin.readline()
for number in range(40):
    with transaction.atomic():
        append(sys.argv[1], "remedies.run.paused", "run", {"n": number}, datetime.now(UTC))
"""


def write(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            append("anna", "remedies.run.paused", f"run {number}", {"address": f"m{number}@x"}, AT)


def unguarded(statement: str, params: list[object]) -> None:
    """Do what a person with the database's own tools could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER ALL")
            cursor.execute("ALTER TABLE journal_detail DISABLE TRIGGER ALL")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement, params)


def test_entries_count_from_one_and_link_to_the_one_before(each_database: Database) -> None:
    write(3)
    entries = list(Entry.objects.order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries] == ["0" * 64, entries[0].hash, entries[1].hash]
    done = verify()
    assert done.whole
    assert (done.entries, done.shredded) == (3, 0)
    assert done.head == Head(3, entries[2].hash)


def test_an_empty_journal_is_whole(database: Database) -> None:
    assert verify().whole


def test_an_entry_falls_with_its_transaction(each_database: Database) -> None:
    write(1)
    with transaction.atomic():
        append("anna", "remedies.run.paused", "run", {}, AT)
        transaction.set_rollback(True)
    write(1)
    assert verify().entries == 2
    assert verify().whole


def test_appending_outside_a_transaction_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="transaction"):
        append("anna", "remedies.run.paused", "run", {}, AT)


def test_unknown_names_and_floats_are_refused(database: Database) -> None:
    with transaction.atomic():
        with pytest.raises(ValueError, match="names"):
            append("anna", "remedies.run.danced", "run", {}, AT)
        with pytest.raises(TypeError):
            append("anna", "remedies.run.paused", "run", {"euro": 1.5}, AT)


def test_every_name_has_three_parts_and_a_sentence() -> None:
    for name, sentence in NAMES.items():
        assert len(name.split(".")) == 3, name
        assert sentence.endswith("."), name


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET actor = 'bruno' WHERE number = 2",
        "DELETE FROM journal_entry WHERE number = 2",
        "UPDATE journal_detail SET data = '{}' WHERE number = 2",
        "UPDATE journal_detail SET data = NULL WHERE number = 2",
        "DELETE FROM journal_detail WHERE number = 2",
    ],
)
def test_the_database_refuses_to_edit_the_journal(each_database: Database, statement: str) -> None:
    write(3)
    with (
        pytest.raises((DatabaseError, IntegrityError), match="journal"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify().whole


@pytest.mark.parametrize(
    ("statement", "code", "line"),
    [
        ("UPDATE journal_entry SET actor = 'bruno' WHERE number = 2", "journal-entry", 2),
        (
            "UPDATE journal_entry SET at = '2023-03-02 09:30:00+00:00' WHERE number = 1",
            "journal-entry",
            1,
        ),
        ("DELETE FROM journal_entry WHERE number = 2", "journal-gap", 2),
        ("DELETE FROM journal_entry WHERE number = 1", "journal-gap", 1),
        ("DELETE FROM journal_entry WHERE number = 4", "journal-cut", 4),
        ("UPDATE journal_entry SET previous = hash WHERE number = 3", "journal-link", 3),
        ("UPDATE journal_detail SET data = '{\"a\": 1}' WHERE number = 3", "journal-detail", 3),
        ("UPDATE journal_detail SET data = NULL WHERE number = 3", "journal-detail", 3),
        ("DELETE FROM journal_detail WHERE number = 2", "journal-detail", 2),
    ],
)
def test_an_edit_behind_its_back_is_found_where_it_is(
    each_database: Database, statement: str, code: str, line: int
) -> None:
    write(4)
    unguarded(statement, [])
    problem = verify().problem
    assert problem is not None
    assert problem.code == code
    assert problem.place is not None
    assert problem.place.line == line


def test_a_chain_made_anew_is_found_by_a_head_noted_earlier(database: Database) -> None:
    write(3)
    noted = verify().head
    assert noted is not None
    unguarded("DELETE FROM journal_entry WHERE number > 1", [])
    unguarded("DELETE FROM journal_detail WHERE number > 1", [])
    assert verify().whole
    write(3)
    assert verify().whole
    problem = verify(expected=noted).problem
    assert problem is not None
    assert problem.code == "journal-cut"


def test_a_shredded_detail_is_gone_and_the_chain_is_whole(each_database: Database) -> None:
    write(2)
    shred(1, "anna", "request 7 of 1 March", AT)
    detail = Detail.objects.get(number=1)
    assert (detail.data, detail.salt, detail.shredded_at) == (None, "", AT)
    done = verify()
    assert done.whole
    assert (done.entries, done.shredded) == (3, 1)
    with pytest.raises(Missing):
        shred(1, "anna", "again", AT)
    with pytest.raises(NotAllowed):
        shred(2, "anna", " ", AT)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="ascii", min_codepoint=97), max_size=5), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=97)), plain))
def test_whatever_is_written_reads_back_to_the_same_hash(
    each_database: Database, data: dict[str, object]
) -> None:
    with transaction.atomic():
        append("anna", "remedies.run.paused", "run", data, AT)
    assert verify().whole


def test_two_processes_racing_for_the_head_leave_one_chain(each_database: Database) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, name],
            env=each_database.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for name in ("anna", "bruno")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
    for writer in writers:
        writer.communicate(b"go\n")
    assert [writer.returncode for writer in writers] == [0, 0]
    done = verify()
    assert done.whole
    assert done.entries == 80
    assert set(Entry.objects.values_list("actor", flat=True)) == {"anna", "bruno"}
