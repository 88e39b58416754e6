"""What each word about time counts, by small policies: one euro a minute, in both evaluators."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ristoro.kernel import frames
from ristoro.kernel.errors import BadInput
from ristoro.remedies.authoring.case_files import read_cases
from ristoro.remedies.authoring.cases import run_case
from ristoro.remedies.language.check import load_bytes

POLICY = """\
policy: sample
version: 1
title: {{it: Prova, en: Sample}}
valid_from: 2020-01-01
zone: Europe/Rome
currency: EUR
references: {{here: This file}}
calendar: italy
inputs:
  reported_on: {{type: date}}
  reported_at: {{type: instant}}
measures:
  down:
    components: any of plan ways
    {measure}
tables:
  monthly:
    of: down.uptime
    over: every window
    steps:
      - {{below: 99 percent, gives: 30 percent}}
      - {{from: 99 percent, below: 99.9 percent, gives: 10 percent}}
      - {{from: 99.9 percent, gives: 0 percent}}
{table}
remedies:
  - remedy: paid
    title: {{it: Pagato, en: Paid}}
    lane: indemnity
    accounting: indemnity
    consent: automatic
    rules:
      - rule: any
        when: down.total > 0 minutes
        give: {{indemnity: "{amount}", rounding: half-up}}
        reference: here
    otherwise: {{nothing: none, because: {{it: Nulla, en: Nothing}}}}
"""
MONTHLY = "tables:" + POLICY.partition("tables:")[2].partition("{table}")[0]
EACH = """  each:
    of: down.total
    over: every stretch
    steps:
      - {below: 4 hours, gives: 0.00 EUR}
      - {from: 4 hours, below: 8 hours, gives: 30.00 EUR}
      - {from: 8 hours, gives: 60.00 EUR}
"""
CASE = """\
policy: sample
cases:
  - case: one
    mailbox: {mailbox}
    outage: {outage}
    inputs: {inputs}
    measures: {asked}
    expect: {{paid: {{owed: {owed}}}}}
"""


@dataclass(frozen=True)
class Case:
    """One outage under one measure; ``owed`` is a euro for every minute unless ``amount`` is not
    the minutes."""

    name: str
    measure: str
    outage: tuple[tuple[str, str, str], ...]
    """From, how long, and more fields of the span."""
    owed: str
    asked: str = "{}"
    mailbox: str = "{plan: plus}"
    inputs: str = "{}"
    amount: str = "units(down.total, 1 minutes) * 1.00 EUR"
    table: str = ""
    """Another table than that of uptime by month."""


def down(*spans: str) -> tuple[tuple[str, str, str], ...]:
    """``"2023-06-14T10:00 45 minutes"``, and more fields after a comma."""
    found = []
    for span in spans:
        start, _, rest = span.partition(" ")
        length, _, more = rest.partition(", ")
        found.append((start, length, more))
    return tuple(found)


GAPS = down("2023-06-14T10:00 40 minutes", "2023-06-14T11:00 25 minutes")
SHORT = down(*(f"2023-06-14T{hour:02}:00 50 seconds" for hour in range(7)))
FEW = SHORT[:4]
NIGHTLY = "planned: does not count if announced 48 hours before, between 21:00 and 06:00 on "
PLANNED = "planned: true, announced: 2023-06-01T00:00"
SECONDS = "units(down.total, 1 seconds) * 1.00 EUR"

CASES = [
    # gaps
    Case("a gap counts", "merge_gaps: under 60 minutes", GAPS, "85.00 EUR",
         "{down.stretches: 1, down.longest: 85 minutes}"),
    Case("a gap that does not count", "merge_gaps: under 60 minutes, not counted", GAPS,
         "65.00 EUR", "{down.stretches: 1, down.longest: 65 minutes, down.total: 65 minutes}"),
    Case("a gap of exactly the limit", "merge_gaps: under 20 minutes, not counted", GAPS,
         "65.00 EUR", "{down.stretches: 2, down.longest: 40 minutes}"),
    Case("resumed within the hour it reaches the hour",
         "merge_gaps: under 60 minutes, not counted\n    stretch: at least 60 minutes", GAPS,
         "65.00 EUR"),
    Case("the gap does not help to reach it",
         "merge_gaps: under 60 minutes, not counted\n    stretch: at least 66 minutes", GAPS,
         "nothing", "{down.stretches: 0, down.longest: 0 minutes}"),
    # short stretches, published as IN-1 and IN-2
    Case("four short ones stay under the day's five minutes",
         "stretch: at least 1 minute\n    short_stretches: count where over 5 minutes a day", FEW,
         "nothing", amount=SECONDS),
    Case("seven short ones count whole",
         "stretch: at least 1 minute\n    short_stretches: count where over 5 minutes a day", SHORT,
         "350.00 EUR", "{down.stretches: 7, down.longest: 50 seconds}", amount=SECONDS),
    Case("or only what is over",
         "stretch: at least 1 minute\n    short_stretches: count what is over 5 minutes a day",
         SHORT, "50.00 EUR", "{down.stretches: 1}", amount=SECONDS),
    Case("exactly the limit is not over it",
         "stretch: at least 1 minute\n    short_stretches: count where over 350 seconds a day",
         SHORT, "nothing", amount=SECONDS),
    Case("exactly the limit is at least that",
         "stretch: at least 1 minute\n    short_stretches: count where at least 350 seconds a day",
         SHORT, "350.00 EUR", amount=SECONDS),
    Case("long ones do not help short ones",
         "stretch: at least 1 minute\n    short_stretches: count where over 5 minutes a day",
         (*FEW, *down("2023-06-14T20:00 10 minutes")), "600.00 EUR", "{down.stretches: 1}",
         amount=SECONDS),
    Case("each day for itself",
         "stretch: over 10 minutes\n    short_stretches: count where over 5 minutes a day",
         down("2023-06-14T23:56 8 minutes", "2023-06-15T10:00 2 minutes"), "6.00 EUR"),
    # planned work
    Case("planned at night", NIGHTLY + "wednesday",
         down(f"2023-06-14T20:00 3 hours, {PLANNED}"), "60.00 EUR"),
    Case("the night belongs to the day on which it begins", NIGHTLY + "wednesday, sunday",
         down(f"2023-06-15T03:00 4 hours, {PLANNED}"), "60.00 EUR"),
    Case("another night", NIGHTLY + "saturday",
         down(f"2023-06-14T20:00 3 hours, {PLANNED}"), "180.00 EUR"),
    Case("hours for work announced late", NIGHTLY + "wednesday",
         down("2023-06-14T20:00 3 hours, planned: true, announced: 2023-06-13T20:01"),
         "180.00 EUR"),
    Case("days without hours", "planned: does not count, on wednesday",
         down(f"2023-06-14T22:00 4 hours, {PLANNED}"), "120.00 EUR"),
    Case("an allowance", "planned: does not count\n    planned_allowance: 10 hours a year",
         down(f"2023-03-01T00:00 6 hours, {PLANNED[:-16]}2023-02-01T00:00",
              f"2023-06-14T00:00 6 hours, {PLANNED}"), "120.00 EUR"),
    Case("an allowance is new each year",
         "planned: does not count\n    planned_allowance: 10 hours a year",
         down("2022-12-31T16:00 16 hours, planned: true, announced: 2022-12-01T00:00"), "nothing"),
    Case("or each month", "planned: does not count\n    planned_allowance: 5 hours a month",
         down(f"2023-06-14T00:00 6 hours, {PLANNED}", f"2023-07-01T00:00 5 hours, {PLANNED}"),
         "60.00 EUR"),
    Case("an allowance is used up before the mailbox was there",
         "planned: does not count\n    planned_allowance: 10 hours a year",
         down(f"2023-06-14T00:00 10 hours, {PLANNED}", f"2023-06-20T00:00 1 hours, {PLANNED}"),
         "60.00 EUR", mailbox="{created: 2023-06-18T00:00}"),
    Case("what failed anyway does not use it up",
         "planned: does not count\n    planned_allowance: 2 hours a year",
         down(f"2023-06-14T00:00 2 hours, {PLANNED}", "2023-06-14T00:00 1 hours",
              f"2023-06-15T00:00 1 hours, {PLANNED}"), "60.00 EUR"),
    # the clock
    Case("from the beginning of the day", "starts: reported_on",
         down("2023-06-14T22:00 4 hours"), "120.00 EUR", inputs="{reported_on: 2023-06-15}"),
    Case("not reported, nothing counts", "starts: reported_on",
         down("2023-06-14T22:00 4 hours"), "nothing"),
    Case("reported before it began", "starts: reported_on",
         down("2023-06-14T22:00 4 hours"), "240.00 EUR", inputs="{reported_on: 2023-06-01}"),
    Case("reported after it ended", "starts: reported_on + 2 days",
         down("2023-06-14T22:00 4 hours"), "nothing", inputs="{reported_on: 2023-06-14}"),
    Case("what was before makes no stretch longer",
         "starts: reported_on\n    stretch: at least 3 hours",
         down("2023-06-14T22:00 4 hours"), "nothing", inputs="{reported_on: 2023-06-15}"),
    Case("a field of the mailbox", "starts: paid_until",
         down("2023-06-14T22:00 4 hours"), "120.00 EUR", mailbox="{paid_until: 2023-06-15}"),
    Case("the same for all", "starts: outage.end_day",
         down("2023-06-14T22:00 4 hours"), "120.00 EUR"),
    Case("from the hour of the report", "starts: reported_at",
         down("2023-06-14T22:00 4 hours"), "130.00 EUR", "{down.stretches: 1}",
         inputs="{reported_at: 2023-06-14T23:50}"),
    Case("an hour after the report", "starts: reported_at + 1 hours",
         down("2023-06-14T22:00 4 hours"), "70.00 EUR",
         inputs="{reported_at: 2023-06-14T23:50}"),
    Case("two working days after the report", "starts: reported_on + 2 working days",
         down("2023-06-15T12:00 108 hours"), "1440.00 EUR", inputs="{reported_on: 2023-06-15}"),
    Case("from the day after that of the report", "starts: day_of(reported_at) + 1 days",
         down("2023-06-14T22:00 4 hours"), "120.00 EUR",
         inputs="{reported_at: 2023-06-14T23:50}"),
    # windows
    Case("the worse billing cycle", "window: billing cycle",
         down("2023-06-14T22:00 4 hours", "2023-06-20T00:00 1 hours"), "180.00 EUR",
         "{down.window: 720 hours, down.windows: 2}", "{paid_until: 2023-08-14}"),
    Case("a cycle of a year", "window: billing cycle",
         down("2023-06-14T22:00 4 hours", "2023-06-20T00:00 1 hours"), "300.00 EUR",
         "{down.window: 8760 hours, down.windows: 1}",
         "{paid_until: 2023-08-31, billing_months: 12}"),
    Case("no cycle, so the month", "window: billing cycle",
         down("2023-06-14T22:00 4 hours", "2023-07-20T00:00 5 hours"), "300.00 EUR",
         "{down.window: 744 hours}"),
    Case("the cycle is that of then", "window: billing cycle",
         down("2023-06-14T22:00 4 hours"), "120.00 EUR",
         mailbox="{paid_until: 2023-09-30, plan_since: 2023-07-01T00:00, before: {plan: a,"
                 " paid_until: 2023-07-14, billing_months: 1}}"),
    Case("the worse quarter", "window: three months",
         down("2023-06-30T23:00 3 hours"), "120.00 EUR",
         "{down.window: 2208 hours, down.windows: 2}"),
    Case("half a year", "window: six months",
         down("2023-03-31T23:00 3 hours"), "180.00 EUR",
         "{down.window: 4343 hours, down.windows: 1}"),
    Case("the worse calendar year", "window: calendar year",
         down("2022-12-31T23:00 3 hours"), "120.00 EUR",
         "{down.window: 8760 hours, down.windows: 2}"),
    Case("days with any of it", "window: calendar day",
         down("2023-06-14T23:00 25 hours", "2023-06-17T10:00 1 hours"), "1440.00 EUR",
         "{down.windows: 3}"),
    # every window
    Case("a credit for each month", "window: calendar month",
         down("2023-05-31T23:00 2 hours"), "20.00 EUR", amount="monthly of 100.00 EUR"),
    Case("bands by the month's own length", "window: calendar month",
         down("2023-05-24T00:00 10 hours", "2023-06-14T00:00 1 hours",
              "2023-07-05T00:00 43 minutes"),
         "40.00 EUR", amount="monthly of 100.00 EUR"),
    Case("a credit for each cycle", "window: billing cycle",
         down("2023-06-14T22:00 4 hours"), "20.00 EUR",
         mailbox="{paid_until: 2023-08-14}", amount="monthly of 100.00 EUR"),
    Case("a credit for each month since the report",
         "window: calendar month\n    starts: reported_on",
         down("2023-05-31T22:00 4 hours"), "10.00 EUR",
         inputs="{reported_on: 2023-06-01}", amount="monthly of 100.00 EUR"),
    # every stretch
    Case("an amount for each interruption, by its own length", "window: calendar month",
         down("2023-06-01T00:00 9 hours", "2023-06-14T10:00 4 hours",
              "2023-06-20T00:00 3 hours"), "90.00 EUR", amount="each", table=EACH),
    Case("resumed within the hour it is one interruption",
         "window: calendar month\n    merge_gaps: under 60 minutes, not counted",
         down("2023-06-14T10:00 4 hours", "2023-06-14T14:59 4 hours",
              "2023-06-14T20:00 3 hours"), "60.00 EUR", amount="each", table=EACH),
]  # fmt: skip


def failures(case: Case, folder: Path) -> list[str]:
    """What came out otherwise, in either evaluator."""
    text = POLICY.format(measure=case.measure, amount=case.amount, table=case.table)
    if "monthly" not in case.amount and not case.table:
        text = text.replace(MONTHLY.format(), "")
    checked = load_bytes(text.encode(), "sample.yaml")
    path = folder / "sample.cases.yaml"
    spans = [
        f"{{from: {start}, lasting: {length}{', ' if more else ''}{more}}}"
        for start, length, more in case.outage
    ]
    path.write_text(
        CASE.format(
            mailbox=case.mailbox, outage=f"[{', '.join(spans)}]", inputs=case.inputs,
            asked=case.asked, owed=case.owed,
        ),
        encoding="utf-8",
    )  # fmt: skip
    (read,) = read_cases(path, checked.policy)
    with frames.connect(frames.Limits(threads=1)) as con:
        return [str(failure) for failure in run_case(checked, read, con)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_time_counts_as_written(case: Case, tmp_path: Path) -> None:
    assert failures(case, tmp_path) == []


@pytest.mark.parametrize(
    ("measure", "amount", "code"),
    [
        ("merge_gaps: under 1 minute, counted", "", "wrong-value"),
        ("short_stretches: count where over 5 minutes a day", "", "unused-field"),
        ("planned_allowance: 10 hours a year", "", "unused-field"),
        ("planned: does not count\n    planned_allowance: 10 hours", "", "wrong-value"),
        ("stretch: over 1 minute\n    short_stretches: count over 5 minutes", "", "wrong-value"),
        ("planned: does not count, between 21:00 and 25:00", "", "wrong-value"),
        ("planned: does not count, between 21:00 and 21:00", "", "wrong-value"),
        ("planned: does not count, on sabato", "", "wrong-value"),
        ("planned: does not count,", "", "wrong-value"),
        ("window: billing cycle\n    population: holder", "monthly * 1.00 EUR", "no-common-window"),
        ("starts: reported_on\n    population: holder", "", "no-common-window"),
        ("starts: down.start_day", "", "bad-clock"),
        ("starts: price", "", "bad-clock"),
        ("window: outage", "monthly of 100.00 EUR", "bad-over"),
        ("window: calendar month\n    population: holder", "monthly of 1.00 EUR",
         "bad-over"),
    ],
)  # fmt: skip
def test_what_has_no_one_meaning_is_refused(measure: str, amount: str, code: str) -> None:
    text = POLICY.format(measure=measure, amount=amount or "1.00 EUR", table="")
    if not amount:
        text = text.replace(MONTHLY.format(), "")
    with pytest.raises(BadInput) as error:
        load_bytes(text.encode(), "sample.yaml")
    assert code in {problem.code for problem in error.value.problems}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("of: down.uptime", "of: 2 * down.uptime"),
        ("gives: 30 percent", "gives: price / price"),
    ],
)
def test_a_table_over_every_window_is_of_one_measure_and_gives_constants(
    old: str, new: str
) -> None:
    text = POLICY.format(measure="window: calendar month", amount="monthly of 1.00 EUR", table="")
    with pytest.raises(BadInput) as error:
        load_bytes(text.replace(old, new).encode(), "sample.yaml")
    assert {problem.code for problem in error.value.problems} == {"bad-over"}
