"""``ristoro notice`` as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.notices import cast
from typer.testing import CliRunner

from ristoro.cli.notice import app
from ristoro.notices.brands import read_brands
from ristoro.notices.keys import read_signers
from ristoro.notices.sign import sign

run = CliRunner()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RISTORO_HOME", str(tmp_path))
    return tmp_path


def test_keys_are_made_once_and_their_records_printed(home: Path) -> None:
    first = run.invoke(app, ["keys"])
    assert first.exit_code == 0
    assert "ristoro-rsa._domainkey.libero.it. IN TXT (" in first.output
    assert "ristoro-ed25519._domainkey.virgilio.it. IN TXT (" in first.output
    again = run.invoke(app, ["keys"])
    assert "; made" in first.output
    assert "; made" not in again.output


def test_a_genuine_notice_has_no_findings_and_holds(home: Path) -> None:
    run.invoke(app, ["keys"])
    signers = read_signers(home / "secrets" / "dkim", read_brands()["libero"])
    file = home / "a.eml"
    file.write_bytes(sign(cast.message(), signers, cast.APPROVED))
    found = run.invoke(app, ["lint", str(file), "--signed"])
    assert found.exit_code == 0
    assert "0 findings" in found.output
    assert "signature ristoro-rsa: holds" in found.output
    file.write_bytes(file.read_bytes().replace(b"1 GB", b"9 GB"))
    assert run.invoke(app, ["lint", str(file), "--signed"]).exit_code == 1


def test_a_message_with_a_link_is_refused_with_its_words(home: Path) -> None:
    file = home / "a.eml"
    file.write_bytes(cast.message().replace(b"Ce ne scusiamo", b"Vai su x.it"))
    found = run.invoke(app, ["lint", str(file)])
    assert found.exit_code == 1
    assert "x.it" in found.output


def test_a_code_typed_wrong_is_said_to_be_wrong() -> None:
    assert run.invoke(app, ["check", "rxjk vnqr"]).exit_code == 0
    found = run.invoke(app, ["check", "RXJK-VNQS"])
    assert found.exit_code == 1
    assert found.output.startswith("No:")
