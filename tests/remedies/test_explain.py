"""An explanation is what a person with the policy and a desk calculator would write."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ristoro.estate.sample import sample
from ristoro.kernel.errors import Place
from ristoro.remedies.comparing.backdate import backdated
from ristoro.remedies.deciding.decide import Decision, decide
from ristoro.remedies.explaining import source
from ristoro.remedies.explaining.explain import Explanation, explain
from ristoro.remedies.explaining.sentences import EN, IT, Sentences
from ristoro.remedies.explaining.what_if import what_if

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
EVERYTHING = Path(__file__).with_name("everything.yaml")


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(1_000, 3, path)
    return path


@pytest.fixture(scope="module")
def run(estate: Path, tmp_path_factory: pytest.TempPathFactory) -> Decision:
    return decide(estate, OUTAGE, POLICY, tmp_path_factory.mktemp("runs") / "january")


def of_rule(run: Decision, rule: str, lang: str) -> Explanation:
    """The explanation of some mailbox that a rule decided."""
    rows = pq.read_table(run.folder / "outcomes.parquet").to_pylist()
    [number, *_] = [row["mailbox_id"] for row in rows if row["rule"] == rule]
    return explain(run.folder, number, lang)


def test_from_the_amount_to_the_rule_and_its_reference_it_is_two_lines(run: Decision) -> None:
    lines = explain(run.folder, "free@libero.it", "it").remedies[0].lines
    assert lines[0] == "Ristoro. Spetta: 214.748.365 byte di spazio in più."
    number = 1 + POLICY.read_text().splitlines().index("      - rule: free")
    assert lines[1].strip() == f"Regola «free», policy.yaml, riga {number}"
    assert lines[2].strip().startswith("Fonte: Terms by plan, 10 February 2023:")
    assert lines[3].strip() == f"{number}  - rule: free"
    assert lines[4].strip() == f"{number + 1}    when: was_free"


def test_the_rule_stands_there_as_its_author_wrote_it(run: Decision) -> None:
    written = POLICY.read_text().splitlines()
    for line in explain(run.folder, "free@libero.it", "en").remedies[0].lines:
        if found := re.fullmatch(r"    (\d+)  (.*)", line):
            assert written[int(found[1]) - 1].endswith(found[2])


def test_a_zero_names_for_each_rule_that_gives_what_stopped_it(run: Decision) -> None:
    text = of_rule(run, "abuse", "en").text()
    assert "Nothing is owed: The mailbox is suspended for abuse of the service. [abuse]" in text
    told = text[text.index("What would have had to be different") : text.index("Why this rule")]
    assert "“plus” (line" in told
    assert "“free” (line" in told
    assert "but “abuse” decides first" in told or "gives only if: was_free" in told
    italian = of_rule(run, "abuse", "it").text()
    assert "Che cosa sarebbe dovuto essere diverso" in italian


def test_the_last_entry_says_that_no_rule_holds(run: Decision) -> None:
    text = what_if(run.folder, "free@libero.it", "it", ["plan=odd"]).text()
    assert "Nessuna regola vale, perciò decide l'ultima voce, «otherwise»" in text
    assert "decide quando nessuna delle precedenti vale" in text
    assert "otherwise:" in text


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_operation_of_the_language_is_told_and_agrees(
    lang: str, estate: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "everything.yaml"
    text = EVERYTHING.read_text().replace("valid_from: 2026", "valid_from: 2020")
    policy.write_text(text)
    decided = decide(estate, OUTAGE, policy, tmp_path / "run")
    ids = pq.read_table(estate, columns=["mailbox_id"]).column(0).to_pylist()
    for number in ids[::40]:
        told = explain(decided.folder, number, lang)
        assert told.agrees, told.text()
        assert "None" not in told.text()
        json.dumps(told.as_dict())


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An estate of little more than the cast."""
    path = tmp_path_factory.mktemp("few") / "estate.parquet"
    sample(100, 5, path)
    return path


SHIPPED = [path for path in (ROOT / "policies").glob("*.yaml") if ".cases." not in path.name]


@pytest.mark.parametrize("policy", SHIPPED, ids=lambda path: path.stem)
def test_every_ending_of_every_shipped_policy_is_told(
    policy: Path, few: Path, tmp_path: Path
) -> None:
    held = backdated(policy, OUTAGE, tmp_path / "policy.yaml")
    run = decide(few, OUTAGE, held, tmp_path / "run").folder
    rows = pq.read_table(run / "outcomes.parquet").to_pylist()
    endings = {(row["remedy"], row["trail"]): row["mailbox_id"] for row in rows}
    for number in sorted(set(endings.values())):
        for lang in ("it", "en"):
            told = explain(run, number, lang)
            assert told.agrees, told.text()
            assert not re.search(r"None|Fraction|{\w+}", told.text().replace(held.read_text(), ""))


def test_what_was_proven_is_said_and_what_was_not(run: Decision) -> None:
    assert "only this mailbox was read" in explain(run.folder, "free@libero.it", "en").text()
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    explain(run.folder, "free@libero.it", "en", check_at=at)
    again = explain(run.folder, "free@libero.it", "en").text()
    assert "read whole on 2 Jan 2026, 04:04 and 2 Jan 2026, 04:04" in again


def test_both_languages_have_every_sentence_with_the_same_blanks() -> None:
    for field in dataclasses.fields(Sentences):
        italian, english = getattr(IT, field.name), getattr(EN, field.name)
        if isinstance(italian, Mapping):
            assert set(italian) == set(english)
            pairs = [(italian[key], english[key]) for key in italian]
        else:
            pairs = [(italian, english)]
        for one, other in pairs:
            assert blanks(one) == blanks(other), field.name


def blanks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [(3, 3, 5), (7, 7, 7), (9, 8, 10), (12, 12, 13)],
)
def test_an_entry_ends_where_the_next_begins(line: int, first: int, last: int) -> None:
    text = (
        "remedies:\n"  # 1
        "  rules:\n"
        "    - rule: one\n"  # 3
        "\n"
        "      when: a\n"  # 5
        "    # of the next\n"
        "    - {rule: two, when: b}\n"  # 7
        "  otherwise:\n"
        "    nothing: none\n"  # 9
        "    because: {}\n"
        "  # the end\n"
        "last:\n"  # 12
        "    x: y\n"
    )
    lines = source.lines_of(text, Place("x", line))
    assert (lines[0][0], lines[-1][0]) == (first, last)
    assert not lines[0][1].startswith(" ")


def test_a_place_without_a_line_has_no_lines() -> None:
    assert source.numbered("a: b\n", Place("x")) == []
