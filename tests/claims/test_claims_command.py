"""``ristoro claims verify``: what it says of a whole bundle, a changed one, and what is none."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.claims.test_bundle import KEY, WHOLE, files_of
from typer.testing import CliRunner

from ristoro.claims.bundle.pack import archive
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


def test_names_in_an_archive_do_not_steer_the_terminal(tmp_path: Path, key: Path) -> None:
    file = tmp_path / "hostile.zip"
    file.write_bytes(archive({**files_of(WHOLE), "a\x1b[2J\u202etxt.exe": b""}))
    done = run(program(), ["claims", "verify", str(file), "--key", str(key)])
    assert done.exit_code == 1
    assert "a\\x1b[2J\\u202etxt.exe: is there and not listed" in done.output
    assert not {"\x1b", "\u202e"} & set(done.output)


BY_HAND = re.search(
    r"```sh\n(unzip .*?)```",
    (Path(__file__).parents[2] / "docs/bundle.md").read_text(encoding="utf-8"),
    re.DOTALL,
)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (b"", "Signature Verified Successfully"),
        (b'"pays_minor":7500', "decisions.json: FAILED"),
        (b'"octets"', "Signature Verification Failure"),
    ],
)
def test_a_bundle_is_checked_by_hand_as_the_docs_say(
    tmp_path: Path, key: Path, changed: bytes, said: str
) -> None:
    files = files_of(WHOLE)
    for path, octets in files.items() if changed else ():
        if path == "decisions.json" or (path == "manifest.json" and changed == b'"octets"'):
            files[path] = octets.replace(changed, changed.replace(b"7", b"9").upper())
    (tmp_path / "R-2023-000123.zip").write_bytes(archive(files))
    assert BY_HAND
    done = subprocess.run(
        ["sh", "-c", BY_HAND[1]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said in done.stdout + done.stderr
    if not changed:
        assert "FAILED" not in done.stdout
        assert done.stdout.rstrip().endswith(str(len(files)))
