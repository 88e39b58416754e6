"""One outage under many rules: 132 hours of everything, from 23 to 28 January 2023, at noon.

The mailbox costs 19.99 a year. Figures are those published beside the rules; that of AT&T, which
nobody published for such an outage, is worked by hand from its text.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from ristoro.kernel import frames
from ristoro.kernel.money import Money, Rounding
from ristoro.remedies.case_files import read_cases
from ristoro.remedies.cases import policy_files, run_case
from ristoro.remedies.language.check import load_policy

POLICIES = Path(__file__).parents[2] / "policies"
CASES = """
policy: {policy}
defaults:
  mailbox: {{plan: {plan}, price: {price}, billing_months: 12, paid_until: {year}-12-31}}
  outage: [{{from: {year}-01-23T00:00, to: {year}-01-28T12:00}}]
cases:
  - case: 132 hours
    {more}expect: {expect}
"""


@dataclass(frozen=True)
class Rule:
    """What one policy owes for it."""

    policy: str
    expect: str
    plan: str = "plus"
    price: str = "19.99 EUR"
    more: str = ""
    year: int = 2023


RULES = [
    # 82.258 percent of January: Proton's lowest tier is 30 percent of a month
    Rule("proton", "{service-credit: {owed: 0.50 EUR}}"),
    # the whole of a month's fee
    Rule("microsoft-365", "{service-credit: {owed: 1.67 USD}}", price="19.99 USD"),
    Rule("google-workspace", "{days-of-service: {owed: 15 days}}", price="19.99 USD"),
    # five whole days at 6.00 euro, and at 1.00 euro for a free service
    Rule("agcom-347-18", "{on-next-bill: {owed: 30.00 EUR}}"),
    Rule("agcom-347-18", "{on-next-bill: {owed: 5.00 EUR}}", price="0.00 EUR"),
    # what was given; the test below has its worth
    Rule(
        "libero-virgilio-2023-01",
        "{ristoro: {owed: 6 months, consent: confirm}}",
        plan="libero-plus-5",
    ),
    # not in force before 2025; a day for the first hour and five for the 131 after it, each
    # 19.99 / 12 / 31
    Rule(
        "att-guarantee",
        "{day-credit: {owed: 0.32 USD}}",
        price="19.99 USD",
        more="inputs: {towers: 10}\n    ",
        year=2026,
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.policy} {rule.price}")
def test_each_rule_owes_what_is_published(rule: Rule, tmp_path: Path) -> None:
    checked = load_policy(POLICIES / f"{rule.policy}.yaml")
    path = tmp_path / f"{rule.policy}.cases.yaml"
    path.write_text(CASES.format(**asdict(rule)), encoding="utf-8")
    (case,) = read_cases(path, checked.policy)
    with frames.connect(frames.Limits(threads=1)) as con:
        assert [str(failure) for failure in run_case(checked, case, con)] == []


def test_every_policy_is_among_them() -> None:
    assert {rule.policy for rule in RULES} == {path.stem for path in policy_files([POLICIES])}


def test_what_was_given_is_worth_ten_euro() -> None:
    worth = Rounding.HALF_UP.divide(Money.parse("19.99", "EUR").minor * 6, 12)
    assert Money(worth, "EUR").plain() == "10.00"
