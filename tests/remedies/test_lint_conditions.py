"""Sets of values never leave out what can happen: random conditions, judged mailbox by mailbox."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.estate.columns import LOCALES, STANDINGS
from ristoro.kernel.documents import Value
from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.bounds import Bounds
from ristoro.remedies.authoring.lint.conditions import (
    FALSE,
    NOT_TRUE,
    TRUE,
    UNKNOWN,
    Conditions,
    Region,
    Sense,
    TooComplex,
)
from ristoro.remedies.authoring.lint.values import Values, span, words
from ristoro.remedies.language.check import load_bytes
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.expressions import parse
from ristoro.remedies.language.terms import Term
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.language.typing import Scope

POLICY = load_bytes(
    b"""\
policy: conditions
version: 1
title: {it: Prova, en: Sample}
valid_from: 2020-01-01
zone: Europe/Rome
currency: EUR
references: {here: This test}
inputs:
  asked_on: {type: date}
  services: {type: count}
  class: {type: text}
  angry: {type: truth}
amounts:
  limit:
    - {from: 2020-01-01, value: 3, reference: here}
  steps:
    - {from: 2020-01-01, value: 2, reference: here}
    - {from: 2021-01-01, value: 5, reference: here}
measures:
  down: {components: any of plan ways}
values:
  many: if(angry, services * 2, services)
  known_many: first_known(services, limit)
  good: standing = 'good'
tables:
  share:
    of: services
    steps:
      - {below: 2, gives: 10 percent}
      - {from: 2, to: 4, gives: 20 percent}
      - {over: 4, gives: 0 percent}
  by_class:
    of: class
    words:
      - {is: [home, shop], gives: 2}
      - {is: [firm], gives: 3}
    otherwise: 1
remedies:
  - remedy: one
    title: {it: Uno, en: One}
    lane: indemnity
    accounting: indemnity
    channel: bill
    consent: automatic
    rules: []
    otherwise: {nothing: none, because: {it: Nulla., en: Nothing.}}
""",
    "conditions.yaml",
).policy
SCOPE = Scope(POLICY)
BOUNDS = Bounds(POLICY)
CONDITIONS = Conditions(BOUNDS)

NUMBERS = st.sampled_from(
    ["services", "limit", "steps", "many", "known_many", "by_class", "billing_months", "0", "1",
     "2", "3", "4", "5", "services + 1", "services - limit", "min(services, 3)", "services * 2",
     "if(good, 1, services)", "units(services, 2)", "max(billing_months, services)"]
)  # fmt: skip
DAYS = st.sampled_from(
    ["asked_on", "outage.end_day", "paid_until", "2023-01-31", "asked_on + 2 days",
     "outage.end_day + 30 days", "later(paid_until, outage.end_day)"]
)  # fmt: skip
COMPARE = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
ATOMS = st.one_of(
    st.builds("{} {} {}".format, NUMBERS, COMPARE, NUMBERS),
    st.builds("{} {} {}".format, DAYS, COMPARE, DAYS),
    st.builds("share {} {}".format, COMPARE, st.sampled_from(["0 percent", "15 percent", "20%"])),
    st.sampled_from(
        ["good", "angry", "not angry", "angry = false", "class is null", "asked_on is not null",
         "standing = 'abuse'", "standing != 'good'", "class in ('home', 'firm')",
         "class not in ('shop')", "services in (1, 3)", "many is null", "share is not null",
         "services between 2 and 4", "class != 'home'", "locale = 'it'", "paid_until is null",
         "first_known(paid_until, asked_on) is null", "starts_with(class, 'h')"]
    ),
)  # fmt: skip
CONDITION = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("if({}, {}, {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
SMALL = st.integers(0, 6).map(Fraction)
SOME_DAY = st.dates(date(2023, 1, 28), date(2023, 3, 5))
KNOWN = st.fixed_dictionaries(
    {
        "input asked_on": st.none() | SOME_DAY,
        "input services": st.none() | SMALL,
        "input class": st.none() | st.sampled_from(["home", "shop", "firm", "other"]),
        "input angry": st.sampled_from([None, True, False]),
        "amount limit": st.just(Fraction(3)),
        "amount steps": st.sampled_from([Fraction(2), Fraction(5)]),
        "billing_months": SMALL,
        "paid_until": st.none() | SOME_DAY,
        "outage.end_day": SOME_DAY,
        "standing": st.sampled_from(STANDINGS),
        "locale": st.sampled_from(LOCALES),
    }
)


def typed(text: str) -> Term:
    return SCOPE.typed(parse(Value(Place("conditions"), text=text)))


def has(values: Values, value: Scalar) -> bool:
    """Whether a set has a value."""
    if value is None:
        return values.unknown
    one = words({value}) if isinstance(value, (str, bool)) else span(value, value)
    return not values.meet(one).empty


def of(thing: Term, known: dict[str, Scalar]) -> Scalar:
    """The value of what a box goes by; two of its kinds stand for a comparison of two things."""
    if thing.op not in ("apart", "same"):
        return evaluate(thing, known)
    one, two = (evaluate(each, known) for each in thing.operands)
    if one is None or two is None:
        return None
    if thing.op == "same":
        return one == two
    assert isinstance(one, date)
    assert isinstance(two, date)
    return Fraction((one - two).days)


def inside(region: Region, known: dict[str, Scalar]) -> bool:
    return any(
        all(has(values, of(thing, known)) for thing, values in box.items()) for box in region
    )


@settings(max_examples=150, deadline=None)
@given(CONDITION, KNOWN)
def test_what_happens_is_in_the_region_of_what_it_is(text: str, known: dict[str, Scalar]) -> None:
    term = typed(text)
    value = evaluate(term, known)
    assert value is None or isinstance(value, bool)
    senses = (TRUE, FALSE, UNKNOWN, NOT_TRUE, Sense(True, False, True), Sense(True, True, False))
    for sense in senses:
        if sense.has(value):
            try:
                region = CONDITIONS.where(term, sense)
            except TooComplex:
                continue
            assert inside(region, known), (text, sense, value)


@settings(max_examples=100, deadline=None)
@given(st.lists(CONDITION, min_size=2, max_size=4), KNOWN)
def test_the_rule_that_decides_is_never_called_unreachable(
    texts: list[str], known: dict[str, Scalar]
) -> None:
    terms = [typed(text) for text in texts]
    left: Region = ({},)
    try:
        for term in terms:
            if evaluate(term, known) is True:
                assert inside(CONDITIONS.both(left, CONDITIONS.where(term, TRUE)), known)
                return
            left = CONDITIONS.both(left, CONDITIONS.where(term, NOT_TRUE))
    except TooComplex:
        return
    assert inside(left, known)


@settings(max_examples=100, deadline=None)
@given(NUMBERS, KNOWN)
def test_a_number_is_within_its_bounds(text: str, known: dict[str, Scalar]) -> None:
    term = typed(text)
    for each in (term, BOUNDS.folded(term)):
        assert has(BOUNDS.of(each), evaluate(each, known)), text


SETS = st.builds(
    lambda low, length, low_open, high_open, unknown: span(
        Fraction(low), Fraction(low + length), low_open, high_open, unknown
    ),
    st.integers(-3, 3), st.integers(0, 3), st.booleans(), st.booleans(), st.booleans(),
)  # fmt: skip


@given(SETS, SETS, SETS, st.none() | st.integers(-8, 14).map(lambda half: Fraction(half, 2)))
def test_sets_of_values_are_sets(one: Values, two: Values, three: Values, value: Scalar) -> None:
    both, either = one.meet(two), one.join(two)
    assert has(both, value) == (has(one, value) and has(two, value))
    assert has(either, value) == (has(one, value) or has(two, value))
    assert has(one.but_not(), value) != has(one, value)
    assert has(either.meet(three.but_not()), value) == (
        (has(one, value) or has(two, value)) and not has(three, value)
    )
