"""``ristoro claims verify``: what it says of a whole bundle, a changed one, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.claims.test_bundle import KEY, WHOLE
from typer.testing import CliRunner

from ristoro.cli.program import program

run = CliRunner().invoke


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "ristoro-facts.pem"
    path.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return path


def test_a_whole_bundle_is_said_to_be_whole(tmp_path: Path, key: Path) -> None:
    file = tmp_path / "R-2023-000123.zip"
    file.write_bytes(WHOLE)
    done = run(program(), ["claims", "verify", str(file), "--key", str(key)])
    assert done.exit_code == 0
    assert "R-2023-000123" in done.output
    assert "unchanged" in done.output


def test_what_is_wrong_is_named_with_its_file(tmp_path: Path, key: Path) -> None:
    file = tmp_path / "changed.zip"
    file.write_bytes(WHOLE.replace(b'"pays_minor":7500', b'"pays_minor":9500'))
    done = run(program(), ["claims", "verify", str(file), "--key", str(key)])
    assert done.exit_code == 1
    assert "decisions.json: was changed" in done.output
