"""A policy in plain words, examined with its cases, and held beside another text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ristoro.kernel.errors import BadInput
from ristoro.outages import versions
from ristoro.remedies.authoring.examining import cases_beside, examine
from ristoro.remedies.comparing.side_by_side import ADDED, CHANGED, REMOVED, SAME, side_by_side
from ristoro.remedies.explaining.overview import overview
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import CheckedGive

ROOT = Path(__file__).parents[2]
NAME = "libero-virgilio-2023-01"
POLICY = ROOT / f"policies/{NAME}.yaml"
TEXTS = st.lists(st.sampled_from("abcd"), max_size=12).map("\n".join)


def test_cases_are_judged_by_the_declared_outage_that_they_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has been declared"):
        cases_beside(POLICY, tmp_path)
    versions.declare(ROOT / f"outages/{NAME}.yaml", tmp_path)
    done: list[int] = []
    found = examine(POLICY, tmp_path, done.append)
    assert cases_beside(POLICY, tmp_path) == len(found["cases"]) == sum(done) == 30
    assert not any(case["failures"] for case in found["cases"])
    first = found["cases"][0]
    assert first["name"] == "LI-1"
    assert "spazio in più" in first["told"]["it"][0][0]
    assert "extra storage" in first["told"]["en"][0][0]
    assert all(band["cases"] for band in found["bands"])
    assert all(edge["tried"] for edge in found["edges"])


def test_a_policy_without_cases_is_examined_for_what_it_says(tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_bytes(POLICY.read_bytes())
    found = examine(alone, tmp_path)
    assert (found["cases"], found["bands"], found["edges"]) == ([], [], [])


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "policies").glob("*.yaml")) if "cases" not in path.name],
    ids=lambda path: path.stem,
)
def test_every_rule_of_every_policy_is_told(path: Path, lang: str) -> None:
    checked = load_policy(path)
    told = overview(checked, lang)
    for remedy, one in zip(checked.remedies, told, strict=True):
        assert [rule.name for rule in one.rules] == [rule.name for rule in remedy.rules]
        for rule, words in zip(remedy.rules, one.rules, strict=True):
            gives = isinstance(rule.result, CheckedGive)
            assert bool(words.gives) == bool(words.consent) == gives
            assert bool(words.because) != gives


@given(TEXTS, TEXTS)
def test_two_texts_side_by_side_are_both_there(before: str, after: str) -> None:
    pairs = [pair for stretch in side_by_side(before, after, around=100) for pair in stretch]
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        assert pairs == []
        return
    assert [pair.before for pair in pairs if pair.old is not None] == old
    assert [pair.after for pair in pairs if pair.new is not None] == new
    assert [pair.old for pair in pairs if pair.old] == list(range(1, len(old) + 1))
    for pair in pairs:
        assert (pair.how == SAME) == (
            pair.old is not None and pair.new is not None and pair.before == pair.after
        ) or pair.how == CHANGED
        assert (pair.how == ADDED) == (pair.old is None)
        assert (pair.how == REMOVED) == (pair.new is None)
