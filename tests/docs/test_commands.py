"""Commands, options, settings and make targets that the manual names are there, and the reverse."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.docs.markdown import ROOT, code, pages

from ristoro.cli.program import program
from ristoro.staff.models import Role
from ristoro.workers.job import Habits

PROGRAM = typer.main.get_command(program())
SETTING = re.compile(r"RISTORO_[A-Z]+(?:_[A-Z]+)*")
RUNNING = ROOT / "docs" / "running.md"
FOR_TESTS = {"RISTORO_TEST"}
"""Beginnings of what only tests set."""


def shown_commands(page: Path) -> list[list[str]]:
    """Each ``ristoro …`` that a page shows, as words; after a pipe or a comment nothing counts."""
    found = []
    for line in code(page):
        line = re.split(r"\s+#|[|;>&]|…", line.removeprefix("$ "))[0].strip()
        line = re.sub(r"^(?:[A-Z_]+=\S+ )*", "", line).replace("[", "").replace("]", "")
        if line.startswith("ristoro ") and not re.match(r"ristoro [A-Z]", line):
            found.append(shlex.split(line.replace("'", ""))[1:])
    return found


def wrong(words: list[str]) -> str:
    """What of a command is not there; nothing where all is."""
    command: Any = PROGRAM
    while words and (below := getattr(command, "commands", None)):
        if words[0] not in below:
            return words[0]
        command, words = below[words[0]], words[1:]
    known = {"--help"}.union(*(parameter.opts for parameter in command.params))
    return " ".join(
        word.split("=")[0] for word in words if word.startswith("--") and word not in known
    )


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_shows_is_there(page: Path) -> None:
    for words in shown_commands(page):
        assert not wrong(words), f"ristoro {' '.join(words)}"


def test_the_manual_shows_commands() -> None:
    assert len(shown_commands(RUNNING)) > 30


def test_an_unheard_of_command_or_option_is_noticed() -> None:
    assert wrong(["estate", "imprt"]) == "imprt"
    assert wrong(["estate", "import", "x.csv", "--as-off", "now"]) == "--as-off"


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_a_page_shows_is_there(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in code(page):
        for target in re.findall(r"^\$? ?make ([a-z]+)$", line):
            assert re.search(rf"^{target}:", makefile, re.M), target


def test_every_verb_is_in_the_operators_manual() -> None:
    shown = {tuple(words[:1]) for words in shown_commands(RUNNING)}
    for verb in PROGRAM.commands:  # type: ignore[attr-defined]
        assert (verb,) in shown, verb


def test_every_setting_has_a_line_in_the_operators_manual_and_no_other_is_named() -> None:
    read = set()
    for path in [*(ROOT / "src").rglob("*.py"), ROOT / "Makefile"]:
        read |= set(SETTING.findall(path.read_text("utf-8")))
    read = {name for name in read if not name.startswith(tuple(FOR_TESTS))}
    text = RUNNING.read_text("utf-8")
    for name in read:
        assert f"| `{name}` |" in text, name
    for page in pages():
        for name in SETTING.findall(page.read_text("utf-8")):
            assert name.removesuffix("_FILE") in read, f"{page.name}: {name}"


def test_every_role_is_in_the_operators_manual() -> None:
    text = RUNNING.read_text("utf-8")
    for role in Role:
        assert f"| `{role.value}` |" in text


def test_the_defaults_of_workers_are_those_in_the_operators_manual() -> None:
    text = RUNNING.read_text("utf-8")
    usual = Habits()
    for name, value in (
        ("RISTORO_LEASE_SECONDS", usual.lease_seconds),
        ("RISTORO_SETTLE_SECONDS", usual.settle_seconds),
        ("RISTORO_BATCH", usual.batch),
        ("RISTORO_READ_BACK_EVERY", usual.read_back),
    ):
        assert re.search(rf"^\| `{name}` \| .* \| {int(value)} \|$", text, re.M), name
