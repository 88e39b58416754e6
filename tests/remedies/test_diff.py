"""Two policies over one estate differ exactly where their outcomes do."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from ristoro.cli import policy_diff
from ristoro.estate.sample import sample
from ristoro.remedies.comparing import diff as differing
from ristoro.remedies.comparing.diff import Diff, diff
from ristoro.remedies.comparing.policy_changes import changes_between
from ristoro.remedies.deciding.decide import decide

ROOT = Path(__file__).parents[2]
OUTAGE = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
POLICY = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
GOOGLE = ROOT / "policies" / "google-workspace.yaml"


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("estate") / "estate.parquet"
    sample(1_500, 3, path)
    return path


def version(folder: Path, *edits: tuple[str, str]) -> Path:
    """Another version of the January policy."""
    text = POLICY.read_text().replace("version: 1", "version: 2", 1)
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "second.yaml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More space, a month less, and money for whoever is suspended."""
    return version(
        tmp_path_factory.mktemp("policies"),
        ("value: 20 percent", "value: 25 percent"),
        ("value: 6 months", "value: 5 months"),
        ("nothing: suspended\n        because:", "nothing: held\n        because:"),
    )


@pytest.fixture(scope="module")
def found(estate: Path, second: Path, tmp_path_factory: pytest.TempPathFactory) -> Diff:
    out = tmp_path_factory.mktemp("out") / "diff"
    return diff(POLICY, second, estate, OUTAGE, out)


def test_who_gains_and_who_loses_is_what_the_two_runs_say(
    estate: Path, second: Path, found: Diff, tmp_path: Path
) -> None:
    rows = []
    for name, policy in (("old", POLICY), ("new", second)):
        decided = decide(estate, OUTAGE, policy, tmp_path / name)
        rows.append(pq.read_table(decided.folder / "outcomes.parquet").to_pylist())
    expected: Counter[str] = Counter()
    apart = 0
    for old, new in zip(*rows, strict=True):
        assert old["mailbox_id"] == new["mailbox_id"]
        if new["amount"] != old["amount"]:
            expected["gains" if new["amount"] > old["amount"] else "loses"] += 1
            apart += new["amount"] - old["amount"] if new["unit"] == "bytes" else 0
        elif old["reason"] != new["reason"]:
            expected["told-otherwise"] += 1
    counted: Counter[str] = Counter()
    for line in found.lines:
        counted[line.effect] += line.mailboxes
    assert counted == expected
    assert {"gains", "loses", "told-otherwise"} == set(counted)
    assert apart == sum(line.difference for line in found.lines if line.unit == "bytes")
    assert found.unchanged == {"ristoro": found.mailboxes - sum(expected.values())}


def test_lines_are_by_rule_brand_and_plan(found: Diff) -> None:
    free = [one for one in found.lines if one.plan == "virgilio-free" and one.rule_after == "free"]
    assert [(line.effect, line.rule_before, line.rule_after) for line in free] == [
        ("gains", "free", "free")
    ]
    assert free[0].brand == "virgilio"


def test_samples_are_named_mailboxes(found: Diff) -> None:
    first = next(one for one in found.samples if one.effect == "gains")
    assert "@" in first.address
    assert first.after > first.before > 0
    for effect in ("gains", "loses"):
        told = [one for one in found.samples if one.effect == effect]
        assert 1 <= len(told) <= differing.SAMPLES


def test_the_file_has_one_row_for_each_change(
    estate: Path, second: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differing, "ROWS_AT_ONCE", 200)
    found = diff(POLICY, second, estate, OUTAGE, tmp_path / "out")
    rows = pq.read_table(tmp_path / "out" / "changes.parquet").to_pylist()
    assert len(rows) == sum(line.mailboxes for line in found.lines)
    assert sum(row["after"] for row in rows) == sum(line.after for line in found.lines)
    keys = [(row["bucket"], row["mailbox_id"]) for row in rows]
    assert keys == sorted(keys)
    written = json.loads((tmp_path / "out" / "diff.json").read_text())
    assert written == json.loads(json.dumps(found.as_dict()))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "changes.parquet",
        "diff.json",
    ]


def test_a_policy_beside_itself_changes_nothing(estate: Path) -> None:
    found = diff(POLICY, POLICY, estate, OUTAGE)
    assert (found.lines, found.samples, found.rules) == ((), (), ())


def test_a_remedy_that_only_one_has_is_a_zero_in_the_other(estate: Path) -> None:
    found = diff(POLICY, GOOGLE, estate, OUTAGE)
    by_remedy = {line.remedy: line.effect for line in found.lines if line.before}
    assert by_remedy == {"ristoro": "loses"}
    assert not [line for line in found.lines if line.remedy == "ristoro" and line.rule_after]


def test_a_version_that_holds_only_later_is_compared_as_if_it_had_held(
    estate: Path, tmp_path: Path
) -> None:
    later = version(
        tmp_path,
        ("valid_from: 2023-01-22", "valid_from: 2024-06-01"),
        ("from: 2023-01-22, value: 20 percent", "from: 2024-06-01, value: 25 percent"),
        ("from: 2023-01-22, value: 6 months", "from: '2024-06-01', value: 6 months"),
    )
    found = diff(POLICY, later, estate, OUTAGE)
    assert (found.old.as_if_in_force, found.new.as_if_in_force) == (False, True)
    assert {line.effect for line in found.lines} == {"gains"}
    assert later.read_text().count("2024-06-01") == 3


def test_each_policy_is_given_the_facts_it_has_inputs_for(estate: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.parquet"
    days = pa.array([None], pa.date32())
    number = pq.read_table(estate, columns=["mailbox_id"]).column(0).slice(0, 1)
    pq.write_table(pa.table({"mailbox_id": number, "claimed_on": days}), facts)
    assert diff(POLICY, GOOGLE, estate, OUTAGE, facts=facts).mailboxes > 0


def test_the_rules_that_differ_are_told_in_words(second: Path) -> None:
    at = {text: number for number, text in enumerate(POLICY.read_text().splitlines(), 1)}
    line, value = (
        at["version: 1"],
        at["    - {from: 2023-01-22, value: 20 percent, reference: programme}"],
    )
    told = [change.words() for change in changes_between(POLICY, second)]
    assert told[0] == f"version was `1` (line {line}) and is `2` (line {line})"
    assert told[1] == (
        f"amount extra_space, from 2023-01-22, value was `20 percent` (line {value})"
        f" and is `25 percent` (line {value})"
    )
    assert told[-1].startswith("remedy ristoro, rule suspended, nothing was `suspended` (line")


def test_a_rule_added_removed_or_moved_is_told(tmp_path: Path) -> None:
    def policy(name: str, *rules: str) -> Path:
        path = tmp_path / f"{name}.yaml"
        text = "".join(f"      - {{rule: {rule}, when: x}}\n" for rule in rules)
        path.write_text(f"remedies:\n  - remedy: r\n    rules:\n{text}")
        return path

    old, new = policy("old", "a", "b", "c", "d"), policy("new", "c", "a", "b", "e")
    told = [change.words() for change in changes_between(old, new)]
    assert told == [
        "remedy r, rule e is new (line 7)",
        "remedy r, rule c was tried 3rd and is tried 1st",
        "remedy r, rule a was tried 1st and is tried 2nd",
        "remedy r, rule b was tried 2nd and is tried 3rd",
        "remedy r, rule d is gone (it stood on line 7)",
    ]


def test_comments_and_the_order_of_fields_are_no_difference(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("policy: x\nvalues:\n  a: 1 +  2\n  b: 3\n")
    (tmp_path / "b.yaml").write_text("# why\nvalues: {b: 3, a: 1 + 2}\npolicy: x\n")
    assert changes_between(tmp_path / "a.yaml", tmp_path / "b.yaml") == ()


def test_the_command_shows_rules_totals_and_samples(estate: Path, second: Path) -> None:
    app = typer.Typer()
    app.command()(policy_diff.diff)
    words = [POLICY, second, "--estate", estate, "--outage", OUTAGE]
    done = CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    assert "amount extra_space, from 2023-01-22, value was `20 percent`" in done.stdout
    assert "ristoro: " in done.stdout
    assert "e.g. " in done.stdout
    assert "together" in done.stdout
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert json.loads(done.stdout)["format"] == "ristoro-diff-1"
