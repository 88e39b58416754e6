# ruff: noqa: E501 - a fault a line is easier to read
"""Every newer word of the language is refused, where it is wrong, at its line and with what to do."""

from __future__ import annotations

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
calendar: italy
references: {here: This text}
inputs:
  reported_on: {type: date}
  reported_at: {type: instant}
  given: {type: money}
  class: {type: text}
measures:
  down: {components: any of plan ways}
tables:
  multiplier:
    of: class
    words:
      - {is: [shop, firm], gives: 2}
      - {is: hospital, gives: 3}
    otherwise: 1
remedies:
  - remedy: credit
    title: {it: Credito, en: Credit}
    lane: indemnity
    accounting: service-credit
    channel: [bill, transfer over 100.00 EUR]
    paid_within: 90 days
    counted: once a person
    at_most_a_person: 100.00 EUR
    at_most_a_month: 50.00 EUR
    already: given
    other_rights: deducted
    deducts: given
    consent: {claim: {by: outage.end_day + 30 days, otherwise: forfeit, claimed: reported_on}}
    rules:
      - rule: late
        when: today > reported_on + 2 working days
        give: {credit: price * multiplier}
        goodwill: {author: Anna Bianchi, on: 2023-02-01, because: {it: Scusa., en: Sorry.}}
        reference: here
    otherwise: {nothing: none, because: {it: Nulla., en: Nothing.}}
"""
WHEN = "today > reported_on + 2 working days"

FAULTS = [
    ("a calendar that is none", "calendar: italy", "calendar: itly", "unknown-calendar", 7),
    ("a country that is none", "calendar: italy", "calendar: {country: ITA}", "unknown-calendar", 7),
    ("a part that is none", "calendar: italy", "calendar: {country: IT, subdivision: XX}", "unknown-calendar", 7),
    ("a week of weekends", "calendar: italy", "calendar: {country: IT, weekend: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]}", "wrong-value", 7),
    ("a weekday that is none", "calendar: italy", "calendar: {country: IT, weekend: freeday}", "wrong-value", 7),
    ("working days of no calendar", "calendar: italy\n", "", "missing-calendar", 38),
    ("working days against days", WHEN, "working_days_between(reported_on, today) > 3 days", "wrong-unit", 39),
    ("working hours", WHEN, "today > reported_on + 2 working hours", "bad-number", 39),
    ("working days from an instant", WHEN, "working_days_between(reported_at, today) > 3 working days", "wrong-operands", 39),
    ("days added to an instant", WHEN, "outage.end > reported_at + 2 days", "wrong-unit", 39),
    ("hours added to a day", WHEN, "today > reported_on + 2 hours", "wrong-unit", 39),
    ("instants subtracted", WHEN, "outage.end - reported_at > 2 hours", "wrong-unit", 39),
    ("the length between days", WHEN, "length_between(reported_on, today) > 2 hours", "wrong-operands", 39),
    ("the day of a day", WHEN, "day_of(today) = reported_on", "wrong-operands", 39),
    ("the start of an instant", WHEN, "outage.end > start_of(reported_at)", "wrong-operands", 39),
    ("a difference of days as divisor", "price * multiplier", '"price / days_between(reported_on, today) * 1 day"', "bad-divisor", 40),
    ("a text twice in a table", "is: hospital", "is: shop", "word-twice", 21),
    ("a table by words without the others", "    otherwise: 1\n", "", "missing-field", 18),
    ("a row without texts", "is: [shop, firm]", "is: []", "wrong-value", 20),
    ("rows of two units", "gives: 3}", "gives: 3 days}", "wrong-unit", 21),
    ("a table by words of a number", "of: class", "of: price", "wrong-unit", 18),
    ("a word that the field never has", "    of: class\n    words:\n      - {is: [shop, firm]", "    of: standing\n    words:\n      - {is: [good, bad]", "unknown-word", 20),
    ("a channel that is none", "[bill, transfer over", "[bil, transfer over", "wrong-value", 28),
    ("a channel when it rains", "transfer over 100.00 EUR", "transfer when raining", "wrong-value", 28),
    ("a channel twice", "[bill, transfer over 100.00 EUR]", "[bill, bill]", "wrong-value", 28),
    ("a channel over bytes", "over 100.00 EUR", "over 1 GiB", "wrong-unit", 28),
    ("a channel over what a mailbox has", "over 100.00 EUR", "over price", "not-fixed", 28),
    ("paid within hours", "paid_within: 90 days", "paid_within: 90 hours", "wrong-value", 29),
    ("paid within no time", "paid_within: 90 days", "paid_within: 0 days", "wrong-value", 29),
    ("counted by nobody", "once a person", "once a family", "wrong-value", 30),
    ("a cap a person in another unit", "at_most_a_person: 100.00 EUR", "at_most_a_person: 1 GiB", "wrong-unit", 31),
    ("a cap a person that a mailbox has", "at_most_a_person: 100.00 EUR", "at_most_a_person: price", "not-fixed", 31),
    ("a cap a person that is a fraction", "at_most_a_person: 100.00 EUR", "at_most_a_person: 100.00 EUR / 3", "missing-rounding", 31),
    ("a month's cap that knows no month", "    already: given\n", "", "missing-field", 32),
    ("already without a cap", "    at_most_a_month: 50.00 EUR\n", "", "wrong-value", 32),
    ("already that is no input", "already: given", "already: 5.00 EUR", "not-an-input", 33),
    ("already in another unit", "already: given", "already: class", "wrong-unit", 33),
    ("deducts where rights are kept", "other_rights: deducted", "other_rights: kept", "wrong-value", 35),
    ("deducts in another unit", "deducts: given", "deducts: 1 GiB", "wrong-unit", 35),
    ("a claim that is no input", "claimed: reported_on", "claimed: today", "not-an-input", 36),
    ("a claim that is no date", "claimed: reported_on", "claimed: given", "wrong-unit", 36),
    ("a claim that is otherwise given", "otherwise: forfeit", "otherwise: give", "wrong-value", 36),
    ("goodwill without an author", "author: Anna Bianchi, ", "", "missing-field", 41),
    ("goodwill without a day", "on: 2023-02-01, ", "", "missing-field", 41),
    ("goodwill that is owed", "accounting: service-credit", "accounting: damages", "bad-goodwill", 41),
    ("goodwill that gives nothing", "give: {credit: price * multiplier}", "nothing: no\n        because: {it: N, en: N}", "bad-goodwill", 42),
    ("a reason of Ristoro's own", "nothing: none", "nothing: given-once", "reserved-reason", 43),
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
    assert problem.place.column is not None
    assert problem.why
    assert problem.todo


def test_the_policy_that_the_faults_are_made_of_is_good() -> None:
    remedy = load_bytes(GOOD.encode(), "sample.yaml").remedies[0]
    assert [channel.name for channel in remedy.channels] == ["bill", "transfer"]
    assert remedy.by_person


def test_amounts_of_two_units_are_never_counted_a_person() -> None:
    two = "    otherwise: {give: {storage: 1 GiB}}\n"
    text = GOOD[: GOOD.index("    otherwise: {nothing")] + two
    for line in ("at_most_a_month: 50.00 EUR", "already: given", "deducts: given"):
        text = text.replace(f"    {line}\n", "")
    with pytest.raises(BadInput, match="mixed-person"):
        load_bytes(text.encode(), "sample.yaml")


def test_an_extension_is_never_cut_to_what_is_left_to_a_person() -> None:
    start, end = GOOD.index("at_most_a_person"), GOOD.index("    rules:")
    text = GOOD[:start] + "at_most_a_person: 6 months\n    consent: automatic\n" + GOOD[end:]
    text = text.replace("{credit: price * multiplier}", "{extension: 3 months, from: today}")
    with pytest.raises(BadInput, match="bad-extension"):
        load_bytes(text.encode(), "sample.yaml")
