"""One outage under many rules: 132 hours of everything, from 23 to 28 January 2023, at noon.

The mailbox costs 19.99 a year. Figures are those published beside the rules; that of AT&T, which
nobody published for such an outage, is worked by hand from its text. Where a rule was not in force
in January 2023, or its amounts were others, a year is taken in which it was, from the same hour of
a Monday 23.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from ristoro.kernel import frames
from ristoro.kernel.money import Money, Rounding
from ristoro.remedies.authoring.case_files import read_cases
from ristoro.remedies.authoring.cases import run_case
from ristoro.remedies.language.check import load_policy

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies"
CASES = """
policy: {policy}
defaults:
  mailbox: {{plan: {plan}, price: {price}, billing_months: 12, paid_until: {year}-12-31}}
  outage: [{{from: {year}-{month}-23T00:00, to: {year}-{month}-28T12:00}}]
cases:
  - case: 132 hours
    {more}expect: {expect}
"""
PRO_RATA = """
policy: pro-rata
version: 1
title: {it: Quota del prezzo, en: Share of the price}
valid_from: 2023-01-01
zone: Europe/Rome
currency: EUR
references:
  table: The price of 132 hours of a year of 365 days
measures:
  down:
    components: any of plan ways
remedies:
  - remedy: refund
    title: {it: Rimborso, en: Refund}
    lane: refund
    accounting: price-reduction
    consent: automatic
    rules:
      - rule: share
        when: down.total > 0 minutes
        give:
          refund: then.price * 12 / then.billing_months * (down.total / 8760 hours)
          rounding: half-up
        reference: table
    otherwise:
      nothing: not-touched
      because: {it: Nulla., en: Nothing.}
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
    month: str = "01"


RULES = [
    # 5.5/365 of 19.99
    Rule("pro-rata", "{refund: {owed: 0.30 EUR}}"),
    # 82.258 percent of January: Proton's lowest tier is 30 percent of a month
    Rule("proton", "{service-credit: {owed: 0.50 EUR}}"),
    # the whole of a month's fee
    Rule("microsoft-365", "{service-credit: {owed: 1.67 USD}}", price="19.99 USD"),
    Rule("aws-workmail", "{service-credit: {owed: 1.67 USD}}", price="19.99 USD"),
    Rule("mailafiniti", "{service-credit: {owed: 1.67 USD}}", price="19.99 USD"),
    Rule("google-workspace", "{days-of-service: {owed: 15 days}}", price="19.99 USD"),
    # five whole days at 6.00 euro, and at 1.00 euro for a free service
    Rule("agcom-347-18", "{on-next-bill: {owed: 30.00 EUR}}"),
    Rule("agcom-347-18", "{on-next-bill: {owed: 5.00 EUR}}", price="0.00 EUR"),
    # 2026's rate, reported on Monday 23 November: paid from Thursday, two days or three
    Rule(
        "ofcom-automatic-compensation",
        "{delayed-repair: {owed: 31.02 GBP}}",
        price="19.99 GBP",
        more="inputs: {reported_on: 2026-11-23}\n    ",
        year=2026,
        month="11",
    ),
    Rule(
        "ofcom-automatic-compensation",
        "{delayed-repair: {owed: 20.68 GBP}}",
        price="19.99 GBP",
        more="inputs: {reported_on: 2026-11-23, repair_day_counts: false}\n    ",
        year=2026,
        month="11",
    ),
    # what was given; a test below has its worth
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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.policy} {rule.price}{rule.more}")
def test_each_rule_owes_what_is_published(rule: Rule, tmp_path: Path) -> None:
    path = POLICIES / f"{rule.policy}.yaml"
    if rule.policy == "pro-rata":
        path = tmp_path / "pro-rata.yaml"
        path.write_text(PRO_RATA, encoding="utf-8")
    checked = load_policy(path)
    cases = tmp_path / f"{rule.policy}.cases.yaml"
    cases.write_text(CASES.format(**asdict(rule)), encoding="utf-8")
    (case,) = read_cases(cases, checked.policy)
    with frames.connect(frames.Limits(threads=1)) as con:
        assert [str(failure) for failure in run_case(checked, case, con)] == []


def test_what_was_given_is_worth_ten_euro() -> None:
    worth = Rounding.HALF_UP.divide(Money.parse("19.99", "EUR").minor * 6, 12)
    assert Money(worth, "EUR").plain() == "10.00"


def test_fifteen_days_of_service_are_worth_82_cents() -> None:
    worth = Rounding.HALF_UP.divide(Money.parse("19.99", "EUR").minor * 15, 365)
    assert Money(worth, "EUR").plain() == "0.82"


def test_the_month_was_up_for_82_258_percent() -> None:
    assert round(Fraction(744 - 132, 744) * 100_000) == 82_258


def test_what_altroconsumo_demanded_is_no_policy() -> None:
    """A demand of 30 euro a head, which the provider never owed by any rule found.

    It is the same figure as the table of indemnities gives, and nothing says that one comes from
    the other: so it stands here and not in ``policies/``.
    """
    demanded = Money.parse("30.00", "EUR")
    (table,) = [r for r in RULES if r.policy == "agcom-347-18" and r.price != "0.00 EUR"]
    assert demanded.plain() in table.expect
    assert not [path.name for path in POLICIES.glob("*.yaml") if "altroconsumo" in path.name]
