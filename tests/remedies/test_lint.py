"""Every faulty policy has exactly its one finding, and no published policy has any."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from docs import error_codes, linter
from ristoro.cli.policy_lint import lint as command
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.lint.beside import Beside, in_estate
from ristoro.remedies.authoring.lint.findings import Finding, catalogue
from ristoro.remedies.authoring.lint.lint import lint, lint_file

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FAULTY = sorted(path for path in (HERE / "faulty").glob("*.yaml") if ".cases" not in path.name)
PUBLISHED = sorted(path for path in (ROOT / "policies").glob("*.yaml") if ".cases" not in path.name)
OF_AN_ESTATE = {"plan-not-there"}
"""Codes that no text alone can have."""
_HEAD = re.compile(r"# ([a-z0-9-]+) (\d+) (\d+)\n")


def expected(path: Path) -> tuple[str, int, int]:
    """The code, line and column in the first line of a faulty policy."""
    match = _HEAD.match(path.read_text(encoding="utf-8"))
    assert match is not None, path
    return match[1], int(match[2]), int(match[3])


def told(findings: list[Finding]) -> str:
    return "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_a_faulty_policy_has_exactly_its_finding(path: Path) -> None:
    findings = lint_file(path)
    places = [(f.code, f.place.line, f.place.column) for f in findings]
    assert places == [expected(path)], told(findings)
    assert findings[0].what
    assert findings[0].why
    assert findings[0].todo


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_a_published_policy_has_no_finding(path: Path) -> None:
    findings = lint_file(path)
    assert not findings, told(findings)


def test_there_are_enough_faulty_policies_and_one_for_every_code() -> None:
    assert len(FAULTY) >= 60
    assert {expected(path)[0] for path in FAULTY} == set(catalogue()) - OF_AN_ESTATE


def test_every_code_that_the_checker_refuses_with_is_in_the_catalogue() -> None:
    refused = {
        one.code
        for one in error_codes.codes()
        if one.kind == error_codes.PROBLEM and one.file.startswith("remedies/language/")
    }
    assert refused <= set(catalogue())


@pytest.mark.parametrize("name", [name for name in catalogue() if name not in OF_AN_ESTATE])
def test_the_example_of_a_code_is_part_of_a_faulty_policy(name: str) -> None:
    code = catalogue()[name]
    wanted = _flat(code.before)
    texts = [_flat(path.read_text("utf-8")) for path in FAULTY if expected(path)[0] == name]
    assert any(wanted in text for text in texts)
    assert code.before != code.after
    assert code.family


def _flat(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (HERE / "faulty" / "no-rounding.yaml").read_text(encoding="utf-8")
    text = text.replace("below: 99 percent, gives", "below: 98 percent, gives")
    text = text.replace("claimed_on > last_day", "claimed_at > last_day")
    text = text.replace("en: The claim came late.", "en: TODO")
    text = text.replace("channel: bill\n    consent: automatic", "consent: automatic")
    findings = lint(text.encode(), "several.yaml")
    assert [finding.code for finding in findings] == [
        "tier-gap",
        "unknown-name",
        "unfinished-text",
        "missing-rounding",
        "channel-unfit",
    ], told(findings)


def test_what_hangs_on_something_unreadable_is_not_told_again() -> None:
    text = (HERE / "faulty" / "bracket-left-open.yaml").read_text(encoding="utf-8")
    text = text.replace("outage.end_day + 30 days", "outage.end_day + + 30 days")
    findings = lint(text.encode(), "two.yaml")
    assert [finding.code for finding in findings] == ["bad-expression", "bad-expression"]


def test_a_departure_with_its_reason_is_allowed() -> None:
    text = (HERE / "faulty" / "fixed-zone.yaml").read_text(encoding="utf-8")
    stated = "\nlint: {allow: [fixed-zone], because: The contract names this clock.}\nreferences:"
    findings = lint(text.replace("\nreferences:", stated, 1).encode(), "allowed.yaml")
    assert not findings, told(findings)


def test_a_departure_without_a_reason_is_not_allowed() -> None:
    text = (HERE / "faulty" / "fixed-zone.yaml").read_text(encoding="utf-8")
    stated = "\nlint: {allow: [fixed-zone]}\nreferences:"
    findings = lint(text.replace("\nreferences:", stated, 1).encode(), "allowed.yaml")
    assert {finding.code for finding in findings} == {"missing-field", "fixed-zone"}


def test_what_the_checker_refuses_cannot_be_allowed() -> None:
    text = (HERE / "faulty" / "no-rounding.yaml").read_text(encoding="utf-8")
    stated = "\nlint: {allow: [missing-rounding], because: None is needed.}\nreferences:"
    findings = lint(text.replace("\nreferences:", stated, 1).encode(), "allowed.yaml")
    assert "missing-rounding" in {finding.code for finding in findings}


def lint_of(*arguments: str) -> Result:
    """The command run as an app of its own."""
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, arguments)


def test_the_command_prints_a_block_for_each_finding_and_exits_with_one() -> None:
    path = HERE / "faulty" / "exactly-an-hour.yaml"
    result = lint_of(str(path))
    assert result.exit_code == 1
    code, line, column = expected(path)
    assert result.output.startswith(f"{path}:{line}:{column} {code}\n  what: ")
    assert "\n  why:  " in result.output
    assert "\n  do:   " in result.output
    assert result.output.endswith("1 policies, 1 findings\n")


def test_the_command_is_silent_about_good_policies() -> None:
    result = lint_of(str(ROOT / "policies" / "proton.yaml"))
    assert (result.exit_code, result.output) == (0, "1 policies, 0 findings\n")


def test_the_command_prints_json() -> None:
    path = HERE / "faulty" / "exactly-an-hour.yaml"
    result = lint_of(str(path), "--format", "json")
    assert result.exit_code == 1
    (one,) = json.loads(result.output)
    assert (one["code"], one["line"], one["column"]) == expected(path)
    assert set(one) == {"file", "line", "column", "code", "what", "why", "todo"}


def snapshot_of(folder: Path, plan: str, currency: str) -> Path:
    """A snapshot of one paid mailbox, as far as the linter reads it."""
    path = folder / "estate.parquet"
    columns = {"plan": [plan], "currency": [currency], "price_minor": [1999]}
    before = {"before_plan": ["libero-free"], "before_price_minor": [0]}
    pq.write_table(pa.table({**columns, **before}), path)
    return path


def test_an_estate_tells_which_plans_there_are(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, "libero-plus-5", "EUR")
    path = ROOT / "policies" / "libero-virgilio-2023-01.yaml"
    findings = lint_file(path, in_estate(snapshot))
    missing = [
        finding.what.split("'")[1] for finding in findings if finding.code == "plan-not-there"
    ]
    assert len(missing) == len(findings)
    assert sorted(missing) == ["libero-plus-1tb", "virgilio-free", "virgilio-plus-100"]


def test_a_deadline_is_held_against_a_day_where_one_is_given() -> None:
    path = HERE / "faulty" / "exactly-an-hour.yaml"
    text = (HERE / "faulty" / "deadline-next-week.yaml").read_text(encoding="utf-8")
    good = text.replace("by: 2023-02-05", "by: 2023-04-30").encode()
    assert not lint(good, path.name)
    late = lint(good, path.name, Beside(on=date(2023, 5, 1)))
    assert [finding.code for finding in late] == ["deadline-past"]
    short = lint(good, path.name, Beside(on=date(2023, 4, 20)))
    assert [finding.code for finding in short] == ["deadline-short"]


@pytest.mark.parametrize(
    ("remind", "days", "short"),
    [("30 days", 36, True), ("30 days", 37, False), ("", 6, True), ("", 7, False)],
)
def test_a_deadline_leaves_a_week_before_the_policys_own_first_reminder(
    remind: str, days: int, short: bool
) -> None:
    path = HERE / "faulty" / "deadline-shorter-than-reminders.yaml"
    asked = f"by: today + {days} days, silence: give, remind: [{remind}]"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("by: today + 10 days, silence: give", asked)
    found = [finding.code for finding in lint(changed.encode(), path.name)]
    assert ("deadline-short" in found) == short


def test_a_day_that_is_none_is_refused() -> None:
    result = lint_of(str(HERE / "faulty" / "fixed-zone.yaml"), "--on", "yesterday")
    assert isinstance(result.exception, BadInput)


def test_an_estate_tells_in_which_currency_plans_are_sold(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path, "libero-plus-5", "CHF")
    path = ROOT / "policies" / "att-guarantee.yaml"
    findings = lint(path.read_bytes(), path.name, in_estate(snapshot))
    assert [finding.code for finding in findings] == ["currency-not-sold"]


def test_the_manual_page_of_the_linter_is_not_stale() -> None:
    assert linter.PAGE.read_text(encoding="utf-8") == linter.page(), "run `python -m docs.linter`"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        # a lower end that is there for the reader
        ("exactly-an-hour", "= 90 minutes", "between 0 minutes and 90 minutes"),
        # narrower first, as a cascade is written
        ("narrower-rule-second", ">= 72 hours", ">= 12 hours"),
        # whole numbers have nothing between 3 and 4
        ("rules-leave-a-gap", "down.total", "services"),
        # the same day by another name
        ("lapsed-undefined", "first_known(paid_until", "later(paid_until"),
        # asked only of who gets there
        ("input-not-reported", "days_poor > 0 days", "days_poor > 0 days and towers > 0"),
    ],
)
def test_what_is_meant_so_is_not_found(name: str, old: str, new: str) -> None:
    text = (HERE / "faulty" / f"{name}.yaml").read_text(encoding="utf-8")
    text = text.replace(old, new)
    if name == "rules-leave-a-gap":
        text = text.replace("< 71 hours", "<= 3").replace("services >= 24 hours", "services >= 1")
        text = text.replace("services >= 72 hours", "services >= 4")
        text = text.replace("units(services, 24 hours)", "units(down.total, 24 hours)")
    findings = lint(text.encode(), "meant.yaml")
    assert not findings, told(findings)
