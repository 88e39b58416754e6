"""The reference pages are what the program says of itself now."""

from __future__ import annotations

import re

import pytest
from tests.docs.markdown import ROOT, pages

from docs import error_codes, generate, policy_reference
from ristoro.fulfilment.models import GrantState
from ristoro.journal import names
from ristoro.kernel.errors import bad_input
from ristoro.notices.models import NoticeState
from ristoro.remedies.language.vocabulary import ATTRIBUTES, FIELDS, RUN
from ristoro.remedies.models import RunState

REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_reference_page_is_not_stale(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == generate.PAGES[name](), "run `make docs`"


def test_no_other_page_stands_in_the_reference() -> None:
    assert {path.name for path in REFERENCE.iterdir()} == set(generate.PAGES)


def test_every_name_of_the_journal_is_declared_once_and_said() -> None:
    declared = [
        value
        for name, value in vars(names).items()
        if name.isupper() and isinstance(value, str)
    ]  # fmt: skip
    assert sorted(declared) == sorted(names.NAMES)
    assert all(said.endswith(".") for said in names.NAMES.values())


def test_every_state_is_in_the_tables() -> None:
    page = (REFERENCE / "states.md").read_text(encoding="utf-8")
    for state in (*RunState, *GrantState, *NoticeState):
        assert f"`{generate.word(state)}`" in page


def test_codes_are_words_with_hyphens() -> None:
    odd = {one.code for one in error_codes.codes() if not re.fullmatch(r"[a-z0-9…-]+", one.code)}
    assert not odd


def test_a_code_in_the_source_is_found_with_its_words() -> None:
    found = {(one.code, one.file): one.text for one in error_codes.codes()}
    assert found["no-windows", "outages/declare.py"] == "no window is declared"
    assert found["bad-name", "outages/declare.py"] == "… cannot name an outage"
    assert ("stray-quote", "edges/directories/csv.py") in found, "codes passed on by a function"


def test_every_make_of_a_problem_in_the_source_is_collected() -> None:
    # a problem whose code is neither a literal nor passed on by a function that is followed
    passed_on = {
        "estate/bad_rows.py",  # a row's fault, collected where the fault is made
        "estate/reading.py",  # likewise
        "cli/ledger.py",  # an ending's own code
        "notices/lint.py",  # notice-CODE, of the lint's table
    }
    collected = {one.file for one in error_codes.codes()}
    for path in sorted(error_codes.SOURCE.rglob("*.py")):
        file = path.relative_to(error_codes.SOURCE).as_posix()
        makes = re.search(rf"\b({bad_input.__name__}|Problem)\(\s", path.read_text("utf-8"))
        if makes and file not in ("kernel/errors.py", *passed_on):
            assert file in collected, file


def test_every_code_that_the_manual_names_in_brackets_exists() -> None:
    known = {one.code for one in error_codes.codes()}
    for page in pages():
        for code in re.findall(r"^\S.* \[([a-z][a-z0-9-]+)\]$", page.read_text("utf-8"), re.M):
            assert code in known, f"{page.name}: {code}"


def test_everything_that_a_policy_can_read_is_told_and_nothing_else() -> None:
    ways = policy_reference.WAYS
    plain = {name for name in FIELDS if name.partition(".")[0] not in ways}
    assert policy_reference.READ.keys() == plain | RUN.keys()
    assert policy_reference.MEASURED.keys() == ATTRIBUTES.keys()
