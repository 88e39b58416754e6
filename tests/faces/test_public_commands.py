"""The commands that publish: incidents from files, the copy of the pages, the check of facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from tests.faces.programme import PASSWORD, Programme
from typer.testing import CliRunner

from ristoro.cli.program import program
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.outages.incidents.models import Incident

EXAMPLES = Path(__file__).parents[2] / "docs/incidents"
OPEN, GOES_ON = EXAMPLES / "opened.yaml", EXAMPLES / "goes-on.yaml"


def run(*words: object, password: str = PASSWORD) -> str:
    done = CliRunner().invoke(
        program(), [str(word) for word in words], env={"RISTORO_PASSWORD": password}
    )
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return f"{done.exit_code}: {done.output}"


def test_an_incident_is_opened_and_goes_on_from_files(
    programme: Programme, visitor: Client
) -> None:
    del programme
    slug = "2023-01-23-caselle-non-raggiungibili"
    assert run("incident", "open", OPEN, "--as", "Olga").startswith(f"0: Published: {slug}")
    assert "identified" in run("incident", "update", slug, GOES_ON, "--as", "Olga")
    assert slug in run("incident", "list")
    board = visitor.get("/it/stato/").content.decode()
    assert "non funziona per alcuni" in board
    assert "Le prime caselle si aprono di nuovo" in board


def test_a_file_of_the_other_verb_is_refused(programme: Programme) -> None:
    del programme
    with pytest.raises(BadInput, match="no-title"):
        run("incident", "open", GOES_ON, "--as", "Olga")
    run("incident", "open", OPEN, "--as", "Olga")
    with pytest.raises(BadInput, match="title-again"):
        run("incident", "update", Incident.objects.get().slug, OPEN, "--as", "Olga")


def test_only_an_operator_with_the_right_password_publishes(programme: Programme) -> None:
    del programme
    with pytest.raises(NotAllowed, match="role-missing"):
        run("incident", "open", OPEN, "--as", "Gina")
    with pytest.raises(NotAllowed, match="sign-in"):
        run("incident", "open", OPEN, "--as", "Olga", password="another one")
    assert not Incident.objects.exists()


def test_the_facts_of_a_copy_are_checked_by_its_key(programme: Programme, tmp_path: Path) -> None:
    programme.approve()
    out = tmp_path / "public"
    assert "octets, new" in run("public", "copy", "--out", out, "--url", "https://stato.example.it")
    facts = out / f"en/remedies/{programme.name}.json"
    key = out / ".well-known/ristoro-facts.pem"
    assert run("public", "check", facts, "--key", key).startswith("0: ")
    forged = tmp_path / "forged.json"
    forged.write_text(
        facts.read_text(encoding="utf-8").replace('"paused": false', '"paused": true')
    )
    assert forged.read_bytes() != facts.read_bytes()
    assert run("public", "check", forged, "--key", key).startswith("1: ")
    with pytest.raises(BadInput, match="it is no key in PEM"):
        run("public", "check", facts, "--key", facts)
    with pytest.raises(BadInput, match="it is no JSON"):
        run("public", "check", key, "--key", key)
    with pytest.raises(BadInput, match="No such file"):
        run("public", "check", tmp_path / "nothing", "--key", key)
