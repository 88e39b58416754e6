"""``ristoro estate``: what the commands print, and what they leave behind."""

import re
from pathlib import Path

import pytest
from tests.estate.estates import row, write
from typer.testing import CliRunner

from ristoro.cli.estate import app
from ristoro.estate.snapshot import open_snapshot
from ristoro.kernel.errors import BadInput


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_sample_is_made_and_imported_and_imported_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path / "home"))
    source = tmp_path / "estate.csv"
    assert "300 mailboxes" in run("sample", "--mailboxes", 300, "--seed", 7, "--out", source)
    said = run("import", source, "--as-of", "2023-02-09T12:00+01:00")
    assert "Imported: 300 mailboxes as of 2023-02-09T11:00:00+00:00" in said
    [path] = re.findall(r"Snapshot: (\S+)", said)
    assert Path(path).parent == tmp_path / "home" / "estate"
    open_snapshot(Path(path)).check()
    again = run("import", source)
    assert "Already there: 300 mailboxes" in again
    assert path in again


def test_wrong_rows_are_refused_or_left_out(tmp_path: Path) -> None:
    source = write(tmp_path / "e.csv", row(1), row(2, locale="fr"))
    with pytest.raises(BadInput):
        run("import", source, "--home", tmp_path / "home")
    said = run("import", source, "--home", tmp_path / "home", "--allow-bad", 1)
    assert "Left out: 1 rows, listed in" in said
    assert "e.csv.bad.csv" in said


def test_an_instant_without_an_offset_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "e.csv", row(1))
    with pytest.raises(BadInput) as caught:
        run("import", source, "--home", tmp_path, "--as-of", "2023-02-09 12:00")
    assert caught.value.problems[0].code == "wrong-value"
