"""Nobody but the holder, in the webmail, can enter an account: no agent, no program, no command.

The contract of imports in ``pyproject.toml`` says so of whole packages; this looks at addresses,
forms and shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command
from django.urls import URLPattern, URLResolver, get_resolver
from typer.main import get_command

from ristoro import faces
from ristoro.cli.program import program
from ristoro.faces.api import contract

FACES = Path(faces.__file__).parent
OTHERS = ("api", "console", "desk", "entrance", "status")
TAKES = re.compile(
    r"""(?:name="|\.(?:POST|GET)(?:\.get)?[(\[]\s*['"])(?:iban|account_?holder|intestatario|payee)""",
    re.I,
)


def addresses(found: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """Every address with the module of its view."""
    for one in (found or get_resolver()).url_patterns:
        place = f"{before}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from addresses(one, place)
        elif isinstance(one, URLPattern):
            yield place, one.callback.__module__


def test_the_addresses_of_accounts_are_the_webmail_s_own() -> None:
    found = [(place, module) for place, module in addresses() if "payee" in module]
    assert len(found) == 5
    assert all(place.startswith("ristoro/conto/") for place, _ in found)
    assert all(module.startswith("ristoro.faces.webmail.payee") for _, module in found)


@pytest.mark.parametrize("face", OTHERS)
def test_no_form_and_no_view_of_another_face_takes_a_number(face: str) -> None:
    for path in (FACES / face).rglob("*"):
        if path.suffix in (".py", ".html"):
            text = path.read_text(encoding="utf-8")
            assert not TAKES.search(text), path
            assert "payees.giving" not in text, path
            assert "payees import giving" not in text, path


def test_no_command_takes_a_number() -> None:
    words = {
        str(param.name) for command in commands(get_command(program())) for param in command.params
    }
    assert "name" in words
    assert not {word for word in words if re.search("iban|holder|payee", word, re.I)}


def commands(found: Command) -> Iterator[Command]:
    """A command and all below it."""
    yield found
    for one in getattr(found, "commands", {}).values():
        yield from commands(one)


def test_the_api_s_contract_has_no_account() -> None:
    written = Path(contract.__file__).parent
    text = "".join(path.read_text(encoding="utf-8").lower() for path in written.glob("*.py"))
    assert "iban" not in text
    assert "payee" not in text
