"""Links lead somewhere, and nothing in the project knows the machine it was made on."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from tests.docs.markdown import ROOT, anchors, links, pages, tracked

ELSEWHERE = re.compile(r"[a-z]+:")
BUILD = re.compile(rb"/(?:home|Users|root|work)/[\w.-]+|/tmp/[\w.-]+/[\w.-]+")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        if ELSEWHERE.match(target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.relative_to(ROOT)}: {target}"
        assert there.is_relative_to(ROOT), target
        if anchor:
            assert anchor in anchors(there), f"{page.relative_to(ROOT)}: {target}"


def test_every_page_of_the_manual_is_named_in_the_readme() -> None:
    named = {(ROOT / target.partition("#")[0]).resolve() for target in links(ROOT / "README.md")
             if not ELSEWHERE.match(target)}  # fmt: skip
    for page in sorted((ROOT / "docs").rglob("*.md")):
        assert page.resolve() in named, page.relative_to(ROOT)


def test_no_file_names_a_place_of_the_machine_that_made_it() -> None:
    itself = Path(__file__).resolve()
    for path in tracked():
        if path == itself or path.suffix in (".png", ".mo"):
            continue
        found = BUILD.findall(path.read_bytes())
        assert found == [], path.relative_to(ROOT)


def test_no_file_names_the_machine_that_tests_it() -> None:
    name = socket.gethostname().encode()
    if len(name) < 6 or name.isalpha():
        pytest.skip("this machine's name is a word")
    for path in tracked():
        assert name not in path.read_bytes(), path.relative_to(ROOT)


def test_the_view_from_above_names_the_folders_that_there_are() -> None:
    page = (ROOT / "docs" / "from-above.md").read_text("utf-8")
    source = ROOT / "src" / "ristoro"
    there = {path.name for path in source.iterdir() if (path / "__init__.py").exists()}
    assert there == set(re.findall(r"`([a-z]+)/`", page))
