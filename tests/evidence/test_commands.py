"""``ristoro evidence`` imports, lists and shows, and says what is wrong in words."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from ristoro.cli import evidence
from ristoro.kernel.errors import BadInput, Missing

LOG = Path(__file__).parent / "logs" / "mail-outage.iso.log.xz"
UNKNOWN = b"2026-11-22T01:09:10.000000+00:00 mx1 evil\x1b[31m[1]: [bold]x[/bold]\n"


def run(*arguments: str | Path) -> tuple[int, str, BaseException | None]:
    done = CliRunner().invoke(evidence.app, [str(one) for one in arguments])
    return done.exit_code, done.output, done.exception


def test_logs_are_imported_listed_and_shown(tmp_path: Path) -> None:
    other = tmp_path / "other.log"
    other.write_bytes(UNKNOWN)
    code, told, _ = run("import", LOG, other, "--home", tmp_path)
    assert code == 0
    assert "Imported" in told
    assert "sent" in told
    assert "629" in told
    assert "Lines not understood: 1 of 7,863" in told
    assert "\x1b[31m" not in told
    assert "[bold]x[/bold]" in told
    assert run("import", LOG, other, "--home", tmp_path)[1].strip().startswith("Already there")
    assert "7,863" in run("list", "--home", tmp_path)[1]
    code, told, _ = run("show", "--home", tmp_path)
    assert (code, "Every table is as it was written." in told) == (0, True)


def test_a_table_that_was_changed_is_told(tmp_path: Path) -> None:
    run("import", LOG, "--home", tmp_path)
    [table] = tmp_path.glob("evidence/*/doors.parquet")
    table.write_bytes(b"else")
    error = run("show", "--home", tmp_path)[2]
    assert isinstance(error, BadInput)
    assert "doors" in str(error)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    assert "no-evidence" in str(run("show", "--home", tmp_path)[2])
    assert isinstance(run("show", "--home", tmp_path)[2], Missing)
    half = run("import", LOG, "--home", tmp_path, "--year", "2023")[2]
    assert "half-stated" in str(half)
    zone = run("import", LOG, "--home", tmp_path, "--year", "2023", "--zone", "Rome")[2]
    assert "wrong-value" in str(zone)
    host = run("import", LOG, "--home", tmp_path, "--host", "mx 1")[2]
    assert "wrong-value" in str(host)


def test_what_is_stated_is_shown(tmp_path: Path) -> None:
    log = tmp_path / "dovecot.log"
    log.write_bytes(b"2026-11-22 20:06:08 master: Warning: Killed with signal 15 (by pid=1)\n")
    stated = ("--zone", "Europe/Rome", "--host", "mx1")
    assert run("import", log, "--home", tmp_path, *stated)[0] == 0
    assert "zone Europe/Rome, host mx1" in run("show", "--home", tmp_path)[1]
