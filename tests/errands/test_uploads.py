"""Uploads: kept whole under their digest, or nothing is left of them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.databases import Database

from ristoro.errands import estates, mappings, places, uploads
from ristoro.errands.uploads import ABANDONED, Coming
from ristoro.estate.mapping import MAPPINGS
from ristoro.kernel.errors import BadInput, Missing, NotAllowed
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

AT = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def olga(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    del database
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    return people.add("Olga", "quattro parole scelte", [Role.OPERATOR], actor="test", at=AT)


def came(content: bytes, name: str = "estate.csv") -> Coming:
    coming = Coming(name)
    coming.write(content)
    return coming


def left() -> list[str]:
    return sorted(path.name for path in places.uploads().iterdir())


def test_what_came_whole_is_kept_once(olga: Person) -> None:
    first = came(b"a,b\n1,2\n").keep(olga, AT)
    again = came(b"a,b\n1,2\n", "other.csv").keep(olga, AT + timedelta(hours=1))
    assert again == first == uploads.find(first.name)
    assert left() == [first.name, f"{first.name}.json"]
    assert uploads.listed(10) == [first]
    assert estates.original_name(first.name) == "estate.csv"


def test_what_was_cut_off_is_dropped_or_swept(olga: Person) -> None:
    came(b"half").drop()
    assert left() == []
    path = places.uploads() / ".coming-killed"
    path.write_bytes(b"a,b")
    uploads.sweep(AT)
    assert left() == [path.name]
    old = (AT - ABANDONED - timedelta(seconds=1)).timestamp()
    os.utime(path, (old, old))
    uploads.sweep(AT)
    assert left() == []


def test_what_is_too_large_or_finds_no_room_is_refused(
    olga: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    coming = Coming("estate.csv", most=10)
    coming.write(b"0123456789")
    with pytest.raises(BadInput, match="too-large"):
        coming.write(b"x")
    coming.drop()
    monkeypatch.setattr(uploads, "LEFT_FREE", 1 << 80)
    coming = Coming("estate.csv")
    with pytest.raises(BadInput, match="no-room"):
        coming.write(b"x")
    coming.drop()
    assert left() == []


def test_only_an_operator_keeps_and_throws_away(olga: Person) -> None:
    kept = came(b"a\n1\n").keep(olga, AT)
    ivo = people.add("Ivo", "quattro parole scelte", [Role.AUDITOR], actor="test", at=AT)
    coming = came(b"b\n1\n")
    with pytest.raises(NotAllowed):
        coming.keep(ivo, AT)
    coming.drop()
    with pytest.raises(NotAllowed):
        uploads.discard(kept.name, ivo, AT)
    with pytest.raises(NotAllowed):
        mappings.keep(b"columns: {}", "text", ivo)
    assert left() == [kept.name, f"{kept.name}.json"]


@pytest.mark.parametrize("name", ["..", "../secrets/key", "", "nothing.csv", "a/b.csv"])
def test_a_name_that_leads_elsewhere_is_refused(olga: Person, name: str) -> None:
    with pytest.raises(Missing):
        uploads.find(name)
    with pytest.raises(Missing):
        mappings.text(name)
    with pytest.raises(Missing):
        estates.look(name)


def test_mappings_that_come_along_and_that_were_kept_are_read_by_name(olga: Person) -> None:
    for name in MAPPINGS:
        assert mappings.read(name).rules
    text = mappings.text(MAPPINGS[0]).replace("store: { value: main }", "store: domain")
    kept = mappings.keep(text.encode(), "mine.yaml", olga)
    assert mappings.keep(text.encode(), "again.yaml", olga) == kept
    assert mappings.kept(5) == [kept]
    assert mappings.read(kept).rules["store"].source == "domain"
    with pytest.raises(BadInput, match=r"mine\.yaml:1"):
        mappings.keep(b"columns: [", "mine.yaml", olga)
