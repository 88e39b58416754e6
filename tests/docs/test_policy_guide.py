"""The guide for authors of policies: every command is run, every example passes its cases."""

from __future__ import annotations

import glob
import re
import shlex
from pathlib import Path

import pytest
from tests.docs.markdown import ROOT
from tests.remedies.mutants import mutants
from tests.remedies.plain_yaml import load
from tests.remedies.test_mutations import killed, subject
from tests.remedies.test_schema import checker
from typer.testing import CliRunner

from ristoro.cli.program import program
from ristoro.remedies.authoring.cases import policy_files, run_policy
from ristoro.remedies.authoring.coverage import cover_file
from ristoro.remedies.authoring.starter import Start

GUIDE = ROOT / "docs" / "policy-guide.md"
EXAMPLES = ROOT / "docs" / "examples"
POLICIES = policy_files([EXAMPLES])
COOKBOOK = "## Schemes by example"

WHOLE_TENS = "half of a whole sum of tens of euro is whole"
EQUIVALENT = {
    "air-passengers": {
        f"remedies.compensation.rules.rerouted.result.rounding half-up as {other}": WHOLE_TENS
        for other in ("up", "down", "half-even")
    }
}
"""Mutants of examples that no case can tell from them, and why."""

_STEP = re.compile(
    r"<!-- (?P<act>write|append to|mend|copy) (?P<path>\S+?)(?:: (?P<old>.+?) => ?(?P<new>.*?)"
    r"| to (?P<to>\S+))? -->|^```(?P<language>\w*)\n(?P<text>.*?)^```",
    re.M | re.S,
)


def run(command: str) -> list[str]:
    """The lines that one shown command prints; whether it may fail shows in what is printed."""
    words = shlex.split(command.removeprefix("$ ristoro "))
    found = [part for word in words for part in (sorted(glob.glob(word)) or [word])]
    about = {"RISTORO_HOME": "var", "COLUMNS": "100", "NO_COLOR": "1"}
    done = CliRunner().invoke(program(), found, env=about)
    assert done.exit_code in (0, 1), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return [line.rstrip() for line in done.stdout.strip("\n").splitlines()]


def agrees(said: list[str], shown: list[str]) -> bool:
    """Whether lines are those shown; a line ``…`` stands for any others."""
    if not shown:
        return not said
    if shown[0].strip() == "…":
        return any(agrees(said[skip:], shown[1:]) for skip in range(len(said) + 1))
    return bool(said) and said[0] == shown[0] and agrees(said[1:], shown[1:])


def act(step: re.Match[str], last: tuple[str, Path] | None) -> tuple[str, Path] | None:
    """What a comment of the guide tells to do; what waits for the block below it is given back."""
    path = Path(step["path"])
    if step["act"] in ("write", "append to"):
        return step["act"], path
    text = path.read_text("utf-8")
    if step["act"] == "copy":
        Path(step["to"]).parent.mkdir(exist_ok=True)
        Path(step["to"]).write_text(text, "utf-8")
    else:
        old, new = step["old"], step["new"].replace("\\n", "\n")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), "utf-8")
    return last


def test_the_guide_leads_from_a_promise_to_a_decided_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("outages").symlink_to(ROOT / "outages")
    waiting: tuple[str, Path] | None = None
    commands = 0
    for step in _STEP.finditer(GUIDE.read_text("utf-8").partition(COOKBOOK)[0]):
        if step["act"]:
            waiting = act(step, waiting)
        elif step["language"] == "yaml":
            assert waiting is not None, "a sample that nothing says what to do with"
            how, path = waiting
            with path.open("w" if how == "write" else "a", encoding="utf-8") as file:
                file.write(step["text"])
            waiting = None
        else:
            for part in re.split(r"^(?=\$ )", step["text"], flags=re.M)[1:]:
                command, *shown = part.rstrip("\n").splitlines()
                said = run(command)
                assert agrees(said, shown), "\n".join([command, *said])
                commands += 1
    assert commands >= 12


def test_lines_that_are_left_out_stand_for_any_others() -> None:
    assert agrees(["a", "b", "c"], ["a", "…", "c"])
    assert not agrees(["a", "b"], ["a"])
    assert not agrees(["a", "b"], ["…", "c"])


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_an_example_passes_its_cases_and_they_reach_all_of_it(path: Path) -> None:
    count, failures = run_policy(path)
    assert count >= 5
    assert [str(failure) for failure in failures] == []
    assert cover_file(path).fulfils(100, 100)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_mutant_of_an_example_fails_one_of_its_cases(path: Path) -> None:
    cases = list(subject(path).cases)
    survivors = {one.name for one in mutants(subject(path).policy) if not killed(one, cases)}
    assert survivors == set(EQUIVALENT.get(path.stem, ()))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_an_example_fits_its_schema_and_tells_editors_so(path: Path) -> None:
    for file, name in ((path, "policy"), (path.with_name(f"{path.stem}.cases.yaml"), "cases")):
        first = file.read_text("utf-8").splitlines()[0]
        assert first == f"# yaml-language-server: $schema=../../schemas/{name}.schema.json"
        assert list(checker(f"{name}.schema.json").iter_errors(load(file))) == []


def test_the_linter_finds_nothing_in_the_examples() -> None:
    result = CliRunner().invoke(program(), ["policy", "lint", str(EXAMPLES)])
    assert result.exit_code == 0, result.output


def test_what_the_guide_shows_of_an_example_stands_in_it() -> None:
    parts = GUIDE.read_text("utf-8").partition(COOKBOOK)[2].split("\n### ")[1:]
    named = []
    for part in parts:
        [name] = re.findall(r"\(examples/([a-z-]+)\.yaml\)", part)
        [snippet] = re.findall(r"```yaml\n(.*?)```", part, re.S)
        lines = (EXAMPLES / f"{name}.yaml").read_text("utf-8").splitlines()
        places = [lines.index(line) for line in snippet.splitlines()]
        assert places == sorted(places), name
        named.append(name)
    assert sorted(named) == [path.stem for path in POLICIES]


def test_every_kind_of_start_is_named_in_the_guide() -> None:
    text = GUIDE.read_text("utf-8")
    assert all(f"`{kind.value}`" in text for kind in Start)
