"""``ristoro notice`` as a person uses it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.notices import cast
from typer.testing import CliRunner

from ristoro.cli.notice import app
from ristoro.notices.brands import read_brands
from ristoro.notices.codes import code_of
from ristoro.notices.facts import NoticeKind
from ristoro.notices.keys import read_signers
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.sign import sign
from ristoro.remedies.models import Run, RunState

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


@pytest.mark.db
@pytest.mark.django_db
def test_a_code_is_known_in_its_own_mailbox_only(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISTORO_NOTICE_SECRET", "a secret of the tests")
    noon = cast.APPROVED
    entered = Run.objects.create(
        name="jan-2023", totals={}, state=RunState.LOADED, entered_at=noon, entered_by="olga"
    )
    for number, box in ((7, "carla@libero.it"), (8, "dino@libero.it")):
        Notice.objects.create(
            id=number,
            run=entered,
            mailbox_id=number,
            bucket=0,
            address=box,
            brand="libero",
            locale="it",
            kind=NoticeKind.STORAGE_DONE,
            state=NoticeState.VERIFIED,
        )
    code = code_of(b"a secret of the tests", "jan-2023", 7).lower().replace("-", " ")
    known = run.invoke(app, ["check", code, "--mailbox", "carla@libero.it"])
    assert "Yes: notice 7 of run jan-2023 to carla@libero.it, verified." in known.output
    other = run.invoke(app, ["check", code, "--mailbox", "dino@libero.it"])
    assert other.exit_code == 1
