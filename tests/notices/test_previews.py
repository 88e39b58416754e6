"""The letters of a decided run are judged before it is loaded: seen, or refused by their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.databases import Database
from tests.notices import cast
from typer.testing import CliRunner

from ristoro import env
from ristoro.cli.init import make_secrets
from ristoro.cli.program import program
from ristoro.estate.sample import sample
from ristoro.kernel import clock
from ristoro.notices.brands import SHIPPED
from ristoro.notices.sheet import likeness_of, sheet_of
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role

ROOT = Path(__file__).parents[2]
PASSWORD = "una frase lunga"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was decided for the cast."""
    base = tmp_path_factory.mktemp("decided")
    sample(90, 2023, base / "estate.parquet")
    name = "libero-virgilio-2023-01.yaml"
    decide(base / "estate.parquet", ROOT / "outages" / name, ROOT / "policies" / name, base / "run")
    return base / "run"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    make_secrets(env.current())
    return tmp_path


@pytest.fixture
def linking(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brands of which one has a webmail whose name is a domain."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert "webmail: Virgilio Mail" in text
    brands = home / "brands.yaml"
    brands.write_text(text.replace("webmail: Virgilio Mail", "webmail: mail.virgilio.it"))
    monkeypatch.setenv("RISTORO_BRANDS", str(brands))


def preview(folder: Path, *more: str) -> tuple[int, str]:
    told = CliRunner().invoke(program(), ["notice", "preview", "--run", str(folder), *more])
    return told.exit_code, told.output


def test_a_preview_shows_each_letter_before_anything_is_loaded(folder: Path) -> None:
    code, told = preview(folder)
    assert code == 0
    for letter in (
        "storage-done, libero, it",
        "storage-done, libero, en",
        "extension-confirm, virgilio, en",
        "extension-done, libero, it",  # follows a yes
    ):
        assert f"=== {letter} ===" in told
    assert "no link, and nothing that becomes one" in told
    assert "1,2 GB" in told


def test_a_preview_in_one_language_shows_that_one(folder: Path) -> None:
    code, told = preview(folder, "--lang", "en")
    assert code == 0
    assert ", it ===" not in told
    assert "1.2 GB" in told


def test_a_letter_with_a_link_is_refused_at_preview_with_its_words(
    folder: Path, linking: None
) -> None:
    code, told = preview(folder, "--lang", "it")
    assert code == 1
    assert "'mail.virgilio.it'" in told
    assert "REFUSED" in told


def test_a_run_whose_letters_have_a_link_is_not_loaded(
    folder: Path, linking: None, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.add("anna", PASSWORD, [Role.OPERATOR], actor="test", at=clock.now())
    monkeypatch.setenv("RISTORO_PASSWORD", PASSWORD)
    told = CliRunner().invoke(program(), ["load", "--run", str(folder), "--as", "anna"])
    assert told.exit_code != 0
    assert "mail.virgilio.it" in str(told.exception)
    assert not Run.objects.exists()


def test_letters_that_are_alike_have_one_shape_and_others_another() -> None:
    subjects = [
        replace(subject, grants=(replace(grant, deadline=day, base_until=day),))
        for locale in ("it", "en")
        for subject in (cast.six_months(locale),)
        for grant in subject.grants
        for day in (date(2023, month, number) for month in (4, 6) for number in range(1, 31))
    ]
    shapes: dict[str, set[str]] = {}
    for subject in subjects:
        shapes.setdefault(likeness_of(subject), set()).add(sheet_of(subject).shape)
    assert all(len(each) == 1 for each in shapes.values())
    assert len({shape for each in shapes.values() for shape in each}) == len(shapes) < 40
