"""The folder of declared outages: each version once, in order, never edited."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from tests.outages.texts import GOOD, changed, correction, outage

from ristoro.kernel.errors import BadInput, Missing
from ristoro.outages import versions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "declared"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def declare(text: Path, folder: Path, words: str) -> versions.Declared:
    text.write_text(words, encoding="utf-8")
    return versions.declare(text, folder)


def code(refused: pytest.ExceptionInfo[BadInput]) -> tuple[str, int | None]:
    place = refused.value.problems[0].place
    assert place is not None
    return refused.value.problems[0].code, place.line


def test_an_outage_is_kept_as_it_was_written(text: Path, folder: Path) -> None:
    declared = declare(text, folder, GOOD + "# a remark\n")
    assert declared.already is False
    assert declared.path == folder / "small" / "v1.yaml"
    assert declared.path.read_text(encoding="utf-8") == GOOD + "# a remark\n"
    assert versions.versions(folder, "small") == (outage(),)
    assert sorted(os.listdir(folder / "small")) == ["v1.digest", "v1.yaml"]


def test_the_same_meaning_again_changes_nothing(text: Path, folder: Path) -> None:
    first = declare(text, folder, GOOD)
    again = declare(text, folder, "# otherwise written\n" + GOOD)
    assert again.already is True
    assert again.outage == first.outage
    assert first.path.read_text(encoding="utf-8") == GOOD


def test_a_correction_is_the_next_version(text: Path, folder: Path) -> None:
    first = declare(text, folder, GOOD).outage
    second = declare(text, folder, correction(first)).outage
    words = changed(f"corrects: {first.digest}", f"corrects: {second.digest}", correction(first))
    third = declare(text, folder, changed("version: 2", "version: 3", words)).outage
    assert versions.versions(folder, "small") == (first, second, third)
    assert versions.version(folder, "small") == third
    assert versions.version(folder, "small", 2) == second
    assert declare(text, folder, GOOD).already is True


def test_a_version_is_never_edited(text: Path, folder: Path) -> None:
    first = declare(text, folder, GOOD).outage
    declare(text, folder, correction(first))
    with pytest.raises(BadInput) as refused:
        declare(text, folder, changed("12.5 %", "12.6 %"))
    assert code(refused) == ("version-edited", 2)
    assert "version 3" in refused.value.problems[0].todo


def test_versions_leave_no_gap(text: Path, folder: Path) -> None:
    with pytest.raises(BadInput) as refused:
        declare(text, folder, correction(outage()))
    assert code(refused) == ("version-gap", 2)
    assert not (folder / "small").exists()


def test_a_correction_corrects_the_last_version_and_no_other(text: Path, folder: Path) -> None:
    first = declare(text, folder, GOOD).outage
    declare(text, folder, correction(first))
    third = changed("version: 2", "version: 3", correction(first))
    with pytest.raises(BadInput) as refused:
        declare(text, folder, third)
    assert code(refused) == ("corrects-other", 3)
    assert versions.version(folder, "small").version == 2


@pytest.mark.parametrize(("old", "new"), [("A fault", "No fault"), ("version: 1", "version: 3")])
def test_a_stored_text_that_was_changed_is_found(
    text: Path, folder: Path, old: str, new: str
) -> None:
    kept = declare(text, folder, GOOD).path
    words = changed(old, new)
    if new == "version: 3":
        words = changed(new, f"{new}\ncorrects: {'0' * 64}\nreason: none", words)
    kept.write_text(words, encoding="utf-8")
    for look in (
        lambda: versions.versions(folder, "small"),
        lambda: declare(text, folder, GOOD),
    ):
        with pytest.raises(BadInput) as refused:
            look()
        assert code(refused) == ("version-changed", None)


def test_a_comment_added_to_a_stored_text_changes_nothing(text: Path, folder: Path) -> None:
    kept = declare(text, folder, GOOD).path
    kept.write_text(GOOD + "# later\n", encoding="utf-8")
    assert versions.version(folder, "small") == outage()


def test_a_version_that_was_taken_away_is_missed(text: Path, folder: Path) -> None:
    first = declare(text, folder, GOOD).outage
    declare(text, folder, correction(first))
    (folder / "small" / "v1.yaml").unlink()
    with pytest.raises(BadInput) as refused:
        versions.versions(folder, "small")
    assert code(refused) == ("unreadable", None)


def test_an_interrupted_declaration_is_taken_up_again(text: Path, folder: Path) -> None:
    """The digest is written before the text that makes it count."""
    (folder / "small").mkdir(parents=True)
    (folder / "small" / "v1.digest").write_text("0" * 64, encoding="utf-8")
    assert versions.versions(folder, "small") == ()
    assert declare(text, folder, GOOD).already is False
    assert versions.version(folder, "small") == outage()


def test_a_faulty_text_leaves_nothing_behind(text: Path, folder: Path) -> None:
    with pytest.raises(BadInput):
        declare(text, folder, changed("12.5 %", "lots"))
    assert not folder.exists()


def test_what_was_never_declared_is_missing_with_the_nearest_name(text: Path, folder: Path) -> None:
    declare(text, folder, GOOD)
    assert versions.names(folder) == ("small",)
    with pytest.raises(Missing, match="did you mean 'small'"):
        versions.version(folder, "smal")
    with pytest.raises(Missing, match="no version 2"):
        versions.version(folder, "small", 2)
    with pytest.raises(Missing, match="declared: none"):
        versions.version(folder / "elsewhere", "small")


def test_of_two_corrections_at_once_one_is_kept_whole(text: Path, folder: Path) -> None:
    first = declare(text, folder, GOOD).outage
    barrier = Barrier(4)

    def correct(number: int) -> str:
        words = changed("a better log", f"log {number}", correction(first)).encode()
        barrier.wait()
        try:
            versions.declare_text(words, "text", folder)
        except BadInput as error:
            return error.problems[0].code
        return "declared"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(correct, range(4))) == ["declared", *["version-edited"] * 3]
    assert [one.version for one in versions.versions(folder, "small")] == [1, 2]
