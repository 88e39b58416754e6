"""Alternatives that a holder chooses among: which remedies may be put to them as one question."""

from __future__ import annotations

from pathlib import Path

import pytest

from ristoro.kernel.errors import BadInput
from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.language.check import load_bytes

GOOD = (Path(__file__).parents[2] / "docs" / "examples" / "months-or-space.yaml").read_text("utf-8")
SECOND = "    choice: thanks\n    consent: {confirm: {by: last_day, silence: ask-again}}\n"
FAULTS = [
    ("unasked", SECOND, "    choice: thanks\n    consent: automatic\n", "choice-needs-yes"),
    ("claimed", SECOND, "    choice: thanks\n    consent: {claim: {by: last_day}}\n",
     "choice-needs-yes"),
    ("silence gives both", "silence: ask-again", "silence: give", "choice-two-fallbacks"),
    ("two days", SECOND, SECOND.replace("last_day", "last_day + 1 days"), "choice-differs"),
    ("other reminders", SECOND, SECOND.replace("again}", "again, remind: [9 days]}"),
     "choice-differs"),
    ("silence ends in two ways", "silence: give", "silence: forfeit", "choice-differs"),
    ("another lane", f"indemnity\n    accounting: goodwill\n{SECOND}",
     f"refund\n    accounting: goodwill\n{SECOND}", "choice-differs"),
    ("two silences in one remedy", "        give: {storage: extra_space}\n",
     ("        give: {storage: extra_space}\n"
     "        consent: {confirm: {by: last_day, silence: forfeit}}\n"
     "        reference: decision\n"
     "      - rule: a-day-or-more\n"
     "        when: down.total > 20 hours\n"
     "        give: {storage: extra_space}\n"), "choice-differs"),
    ("once a person", SECOND, f"    counted: once a person\n{SECOND}", "choice-by-person"),
]  # fmt: skip


def test_the_positions_of_alternatives_are_known_by_name() -> None:
    policy = load_bytes(GOOD.encode(), "choice.yaml").policy
    assert policy.choices == {"thanks": (0, 1)}
    assert policy.others(0) == {1}
    assert policy.others(1) == {0}


def test_a_remedy_of_no_choice_has_no_alternatives() -> None:
    text = GOOD.replace("    choice: thanks\n", "", 1)
    policy = load_bytes(text.encode(), "choice.yaml").policy
    assert policy.choices == {"thanks": (1,)}
    assert policy.others(0) == policy.others(1) == frozenset()


@pytest.mark.parametrize(("name", "old", "new", "code"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_choice_that_is_no_one_question_is_refused(
    name: str, old: str, new: str, code: str
) -> None:
    assert old in GOOD
    with pytest.raises(BadInput) as caught:
        load_bytes(GOOD.replace(old, new, 1).encode(), "choice.yaml")
    problem = caught.value.problems[0]
    assert problem.code == code, str(problem)
    assert problem.place is not None
    assert problem.place.line


@pytest.mark.parametrize("lang", ["it", "en"])
def test_an_explanation_says_that_one_is_given(lang: str) -> None:
    assert "thanks" in SENTENCES[lang].choice.format(name="thanks")
