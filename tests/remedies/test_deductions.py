"""What is deducted comes off the capped amount, and never adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ristoro.remedies.authoring.cases import run_policy

HERE = Path(__file__).parent
CASES = """\
policy: deducting
defaults:
  mailbox: {plan: team, price: 40.00 EUR}
  outage:
    - {from: 2023-04-20T10:00, to: 2023-04-28T12:00}
  today: 2023-05-02
cases:
  - case: the tenth of the price, capped at 3.00 EUR, less what was got
    expect: {tenth: OWED}
"""
POLICY = """\
policy: deducting
version: 1
title: {it: Prova, en: Test}
valid_from: 2023-01-01
zone: Europe/Rome
currency: EUR
references: {here: This test}
inputs:
  got: {type: money, default: 2.00 EUR}
measures:
  down: {components: any of plan ways}
remedies:
  - remedy: tenth
    title: {it: Un decimo, en: A tenth}
    lane: refund
    accounting: service-credit
    other_rights: deducted
    deducts: DEDUCTS
    consent: automatic
    rules:
      - rule: down
        when: down.total > 0 minutes
        give: {credit: 10% of price, at_most: 3.00 EUR, rounding: half-up}
        reference: here
    otherwise: {nothing: not-down, because: {it: No., en: No.}}
"""


@pytest.mark.parametrize(
    ("deducts", "owed"),
    [
        ("got", "{owed: 1.00 EUR}"),
        ("got - 1.50 EUR", "{owed: 2.50 EUR}"),
        ("got - 5.00 EUR", "{owed: 3.00 EUR}"),
        ("got + 5.00 EUR", "{owed: nothing, reason: zero-amount}"),
    ],
)
def test_a_deduction_lowers_what_is_owed_and_never_raises_it(
    tmp_path: Path, deducts: str, owed: str
) -> None:
    path = tmp_path / "deducting.yaml"
    path.write_text(POLICY.replace("DEDUCTS", deducts), encoding="utf-8")
    (tmp_path / "deducting.cases.yaml").write_text(CASES.replace("OWED", owed), encoding="utf-8")
    assert run_policy(path) == (1, [])
