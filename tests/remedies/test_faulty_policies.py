# ruff: noqa: E501 - a fault a line is easier to read
"""Every faulty policy is refused with a code, a line, a reason and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from ristoro.kernel.errors import BadInput
from ristoro.remedies.language.check import load_bytes

GOOD = """\
policy: sample
version: 1
title: {it: Prova, en: Sample}
valid_from: 2023-01-01
zone: Europe/Rome
currency: EUR
references:
  art-6: Article 6
inputs:
  reported_on: {type: date}
  services: {type: count, default: 1}
amounts:
  daily:
    - {from: 2023-01-01, value: 6.00 EUR per day, reference: art-6}
measures:
  down:
    components: any of plan ways
    window: calendar month
values:
  a_month: price / billing_months
tables:
  share:
    of: down.uptime
    steps:
      - {below: 99 percent, gives: 30 percent}
      - {from: 99 percent, below: 99.9 percent, gives: 10 percent}
      - {from: 99.9 percent, gives: 0 percent}
remedies:
  - remedy: credit
    title: {it: Credito, en: Credit}
    lane: indemnity
    accounting: service-credit
    consent: automatic
    rules:
      - rule: late
        when: reported_on > outage.end_day + 3 months
        nothing: late
        because: {it: Tardi., en: Late.}
        reference: art-6
      - rule: share
        when: down.total > 60 minutes
        give:
          credit: share of a_month
          rounding: half-up
          at_most: 100.00 EUR
        reference: art-6
    otherwise:
      nothing: not-touched
      because: {it: Nulla., en: Nothing.}
"""

FAULTS = [
    ("unknown field", "version: 1", "version: 1\ncurency: EUR", "unknown-field", 3),
    ("no zone", "zone: Europe/Rome\n", "", "missing-field", 1),
    ("a zone that is none", "Europe/Rome", "Europe/Roma", "wrong-value", 5),
    ("a currency that is none", "currency: EUR", "currency: EURO", "wrong-value", 6),
    ("a day that is none", "valid_from: 2023-01-01", "valid_from: 2023-02-30", "wrong-value", 4),
    ("a bad day in a condition", "outage.end_day + 3 months", "2023-02-30", "bad-date", 36),
    ("money plus bytes", "share of a_month", "1.00 EUR + 1 GiB", "wrong-unit", 43),
    ("bytes where money goes", "share of a_month", "storage", "wrong-unit", 43),
    ("hours against a calendar day", "> 60 minutes", "> 1 day", "wrong-unit", 41),
    ("an instant against a day", "down.total > 60 minutes", "created > today", "wrong-unit", 41),
    ("text against a number", "down.total > 60 minutes", "plan = 5", "wrong-unit", 41),
    ("a truth against a number", "down.total > 60 minutes", "allows.imap = 1", "wrong-unit", 41),
    ("a number for a condition", "down.total > 60 minutes", "storage", "wrong-unit", 41),
    ("another currency", "at_most: 100.00 EUR", "at_most: 100.00 GBP", "wrong-currency", 45),
    ("too many decimals", "at_most: 100.00 EUR", "at_most: 100.001 EUR", "bad-number", 45),
    ("a share without a unit", "share of a_month", "0.2 * a_month", "bad-number", 43),
    ("a float", "share of a_month", "2e-1 * a_month", "float", 43),
    ("an unknown unit", "> 60 minutes", "> 60 parsecs", "bad-number", 41),
    ("an unknown name", "reported_on >", "reported_at >", "unknown-name", 36),
    ("an unknown column", "down.total > 60 minutes", "quota > 1 GiB", "unknown-name", 41),
    ("an unknown measure", "down.total", "lost.total", "unknown-name", 41),
    ("an unknown attribute", "down.total", "down.minutes", "unknown-attribute", 41),
    ("a measure as a value", "down.total", "down", "unknown-attribute", 41),
    ("an unknown function", "share of a_month", "round(a_month)", "unknown-function", 43),
    ("wrong operands", "share of a_month", "min(a_month, 3)", "wrong-operands", 43),
    ("an unknown standing", "down.total > 60 minutes", "standing = 'gud'", "unknown-word", 41),
    ("an unknown component", "any of plan ways", "any of webmail, fax", "unknown-component", 17),
    ("a window that is none", "calendar month", "month", "wrong-value", 18),
    ("no rounding", "          rounding: half-up\n", "", "missing-rounding", 43),
    ("a rounding that is none", "half-up", "commercial", "wrong-value", 44),
    ("no otherwise", GOOD[GOOD.index("    otherwise:"):], "", "missing-field", 29),
    ("a rule without a reference", "        reference: art-6\n      - rule: share", "      - rule: share", "missing-field", 35),
    ("an unknown reference", "reference: art-6}", "reference: art-7}", "unknown-reference", 14),
    ("a rule twice", "- rule: share", "- rule: late", "rule-twice", 40),
    ("nothing without a reason why", "        because: {it: Tardi., en: Late.}\n", "", "missing-field", 35),
    ("a give and a nothing", "        nothing: late", "        nothing: late\n        give: {credit: 1.00 EUR}", "wrong-value", 35),
    ("one language", "because: {it: Tardi., en: Late.}", "because: {it: Tardi.}", "missing-field", 38),
    ("a gap between steps", "from: 99 percent,", "from: 99.5 percent,", "tier-gap", 26),
    ("a step that leaves out its bound", "from: 99 percent,", "over: 99 percent,", "tier-gap", 26),
    ("steps that overlap", "from: 99 percent,", "from: 98 percent,", "tier-overlap", 26),
    ("no last step", "      - {from: 99.9 percent, gives: 0 percent}\n", "", "tier-gap", 26),
    ("a bound in another unit", "below: 99 percent, gives: 30", "below: 99 minutes, gives: 30", "wrong-unit", 25),
    ("a value that reads itself", "a_month: price", "a_month: a_month", "reads-itself", 20),
    ("a difference as divisor", "price / billing_months", "price / (billing_months - 1)", "bad-divisor", 20),
    ("dates subtracted", "down.total > 60 minutes", "today - created > 3 days", "wrong-unit", 41),
    ("a condition of nothing", "down.total > 60 minutes", "1 = 1", "constant-condition", 40),
    ("a bracket left open", "down.total > 60 minutes", "(down.total > 60 minutes", "bad-expression", 41),
    ("SQL", "down.total > 60 minutes", "down.total > 60 minutes; drop table m", "bad-expression", 41),
    ("a comment of SQL", "down.total > 60 minutes", "down.total > 60 minutes -- all", "bad-expression", 41),
    ("a number beside nothing", "down.total > 60 minutes", "down.total > 60 minutes 5", "bad-expression", 41),
    ("an extension without a day", "credit: share of a_month\n          rounding: half-up\n          at_most: 100.00 EUR", "extension: 6 months", "bad-extension", 43),
    ("a name in capitals", "a_month: price", "aMonth: price", "bad-name", 20),
    ("a name of two things", "inputs:\n", "inputs:\n  daily: {type: count}\n", "name-twice", 15),
    ("a name of Ristoro's own", "  reported_on: {type: date}", "  storage: {type: bytes}", "name-twice", 10),
    ("used ways since no day", "any of plan ways", "any of used ways", "missing-field", 17),
    ("an input read by a default", "default: 1", "default: billing_months", "wrong-default", 11),
    ("amounts out of order", "    - {from: 2023-01-01, value: 6.00 EUR per day, reference: art-6}", "    - {from: 2023-01-01, value: 6.00 EUR per day, reference: art-6}\n    - {from: 2022-01-01, value: 5.00 EUR per day, reference: art-6}", "wrong-value", 15),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "line"), FAULTS, ids=[f[0] for f in FAULTS])
def test_a_faulty_policy_is_refused_at_its_line(
    name: str, old: str, new: str, code: str, line: int
) -> None:
    assert old in GOOD
    with pytest.raises(BadInput) as caught:
        load_bytes(GOOD.replace(old, new, 1).encode(), "sample.yaml")
    problem = caught.value.problems[0]
    assert problem.code == code, str(problem)
    assert problem.place is not None
    assert problem.place.line == line, str(problem)
    assert problem.why
    assert problem.todo


def test_the_policy_that_the_faults_are_made_of_is_good() -> None:
    checked = load_bytes(GOOD.encode(), "sample.yaml")
    assert [rule.name for rule in checked.remedies[0].rules] == ["late", "share", "otherwise"]


def test_everything_wrong_is_told_at_once() -> None:
    text = GOOD.replace("down.total > 60 minutes", "quota > 1 GiB").replace("reported_on >", "x >")
    with pytest.raises(BadInput) as caught:
        load_bytes(text.encode(), "sample.yaml")
    assert len(caught.value.problems) == 2


def test_the_column_of_a_fault_is_that_of_the_word() -> None:
    with pytest.raises(BadInput) as caught:
        load_bytes(GOOD.replace("> 60 minutes", "> 60 minutes and x").encode(), "sample.yaml")
    place = caught.value.problems[0].place
    assert place is not None
    line = GOOD.replace("> 60 minutes", "> 60 minutes and x").splitlines()[place.line - 1]  # type: ignore[operator]
    assert line[place.column - 1 :] == "x"  # type: ignore[operator]


def test_policies_of_the_repository_are_good() -> None:
    folder = Path(__file__).parents[2] / "policies"
    for path in sorted(folder.glob("*.yaml")):
        if not path.name.endswith(".cases.yaml"):
            load_bytes(path.read_bytes(), path.name)
