"""Which rules and bands of a policy its cases reach: what no case expects, nobody has checked.

A case reaches what decides the remedies that it names under ``expect``; a remedy that it only
passes through it says nothing about. ``edges`` asks the finer question, of the bounds themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.case_files import Case, read_cases
from ristoro.remedies.authoring.cases import known_of_case, outcomes_of_case, setting_of
from ristoro.remedies.authoring.edges import Edge, Edges, Met, table_of
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder.one import class_of
from ristoro.remedies.language.check import load_policy
from ristoro.remedies.language.checked import (
    BELOW_LEAST,
    CLAIMED_LATE,
    GIVEN_ONCE,
    NOT_CLAIMED,
    PERSON_CAP,
    Checked,
    CheckedGive,
    CheckedRemedy,
    CheckedRule,
)
from ristoro.remedies.language.evaluate import Known, chosen_row, evaluate, holds
from ristoro.remedies.language.judge import Given, deciding_rule, work_out
from ristoro.remedies.language.terms import Term, walk
from ristoro.remedies.language.types import Scalar
from ristoro.remedies.measuring import exposure
from ristoro.remedies.measuring.clocks import own_class

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """One thing that may come about: a rule decides, a step is taken, a cap cuts."""

    what: str
    place: Place
    cases: tuple[str, ...]
    """Those that reach it."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the cases of one policy reach."""

    policy: str
    place: Place
    cases: int
    bands: tuple[Band, ...]
    edges: tuple[Edge, ...]

    @property
    def reached(self) -> int:
        return sum(bool(band.cases) for band in self.bands)

    @property
    def tried(self) -> int:
        return sum(edge.tried for edge in self.edges)

    def fulfils(self, least: int, least_edges: int) -> bool:
        """Whether at least so many percent of the bands are reached, and of the edges tried."""
        enough = self.reached * 100 >= least * len(self.bands)
        return enough and self.tried * 100 >= least_edges * len(self.edges)


def cover_file(path: Path) -> Coverage:
    """The coverage of a policy by the cases beside it; ``BadInput`` where there are none."""
    checked = load_policy(path)
    return cover(checked, read_cases(path.with_name(f"{path.stem}.cases.yaml"), checked.policy))


def cover(checked: Checked, cases: tuple[Case, ...]) -> Coverage:
    """The coverage of a policy by cases."""
    seen = _Seen(checked)
    for remedy in checked.remedies:
        seen.declare(remedy)
    for case in cases:
        bound = setting_of(checked, case)
        known = known_of_case(checked, case, bound)
        met = Met(case.name, known, _windows(case, bound, known))
        outcomes = outcomes_of_case(checked, case, bound, known)
        expected = {one.remedy for one in case.expected}
        for remedy in checked.remedies:
            if remedy.name in expected:
                seen.reach(remedy, met, outcomes[remedy.name].reason)
    policy = checked.policy
    return Coverage(policy.name, policy.place, len(cases), seen.bands(), seen.edges.found())


def _windows(case: Case, bound: Setting, known: Known) -> dict[str, tuple[Scalar, ...]]:
    """What the tables that go over every window are of, in each window."""
    row, found = case.rows[0], {}
    for name, table in bound.every.items():
        cls = own_class(table.measure, class_of(row, bound), bound, known)
        windows = exposure.parts_of(table, bound.sight, cls)
        found[name] = tuple(window.value for window in windows)
    return found


class _Seen:
    """Bands by what they are, each declared once and then reached by cases."""

    def __init__(self, checked: Checked) -> None:
        policy = checked.policy
        self._policy = policy
        self._speaker = Speaker("en", policy.currency, policy.zone)
        self._declared: dict[Key, tuple[str, Place]] = {}
        self._reached: dict[Key, dict[str, None]] = {}
        self.edges = Edges(policy, self._speaker)

    def bands(self) -> tuple[Band, ...]:
        """Every band in the order of the text."""
        found = [
            Band(what, place, tuple(self._reached.get(key, ())))
            for key, (what, place) in self._declared.items()
        ]
        return tuple(sorted(found, key=lambda band: band.place.line or 0))

    # What may come about

    def declare(self, remedy: CheckedRemedy) -> None:
        """Everything that may come about in a remedy."""
        for rule in remedy.rules:
            who = f"{remedy.name}: {rule.name}"
            self._declared[remedy.name, rule.name] = f"{who}: the rule decides", rule.place
            for part, what in _endings(remedy, rule):
                self._declared[remedy.name, rule.name, part] = f"{who}: {what}", rule.result.place
        for whole in remedy.terms():
            for term in walk(whole):
                self._declare_term(term)
                self.edges.declare(term)
        for rule in remedy.rules:
            if isinstance(rule.result, CheckedGive):
                self.edges.declare_least(remedy.name, rule.name, rule.result)

    def _declare_term(self, term: Term) -> None:
        if term.op in ("table", "every"):
            table = self._policy.tables[table_of(term)]
            for at, (step, read) in enumerate(zip(term.steps, table.steps, strict=True)):
                said = self._speaker.step(step, term.operands[0].kind)
                self._declared["table", table.name, at] = f"table {table.name}: {said}", read.place
        elif term.op == "words":
            table = self._policy.tables[term.name]
            for at, row in enumerate(table.words):
                said = ", ".join(repr(text) for text in row.texts)
                self._declared["table", term.name, at] = f"table {term.name}: {said}", row.place
            self._declared["table", term.name, len(table.words)] = (
                f"table {term.name}: any other text",
                table.place,
            )
        elif term.op == "if":
            said = self._speaker.term(term.operands[0])
            for way, word in ((1, "holds"), (2, "does not hold")):
                place = term.place or self._policy.place
                self._declared["if", place, term, way] = f"if({said}, …): it {word}", place

    # What a case reaches

    def reach(self, remedy: CheckedRemedy, met: Met, reason: str) -> None:
        """Everything that comes about in a remedy for one case; ``reason`` is its outcome's."""
        at = deciding_rule(remedy, met.known)
        rule = remedy.rules[at]
        self._mark((remedy.name, rule.name), met)
        for tried in remedy.rules[: at + 1]:
            if tried.when is not None:
                self._reach_term(tried.when, met)
        give = rule.result
        if not isinstance(give, CheckedGive):
            return
        for term in give.terms():
            self._reach_term(term, met)
        given = work_out(give, met.known)
        for part in (reason or GIVEN, *_cut(give, given)):
            self._mark((remedy.name, rule.name, part), met)
        self.edges.see_least((remedy.name, rule.name), give, given, met.case)

    def _reach_term(self, term: Term, met: Met) -> None:
        """Marks what evaluating a term passes through: of choices, only the branch taken."""
        self.edges.see(term, met)
        parts = term.operands
        if term.op == "if":
            way = 1 if evaluate(parts[0], met.known) is True else 2
            self._mark(("if", term.place or self._policy.place, term, way), met)
            parts = (parts[0], parts[way])
        elif term.op == "every":
            self._reach_steps(term, met)
            return
        elif term.op == "table":
            parts = (parts[0], *self._reach_steps(term, met))
        elif term.op == "words":
            row = chosen_row(term, met.known)
            self._mark(("table", term.name, row - 1), met)
            parts = (parts[0], parts[row])
        elif term.op == "first_known":
            parts = _up_to_the_first_known(parts, met.known)
        for part in parts:
            self._reach_term(part, met)

    def _reach_steps(self, term: Term, met: Met) -> list[Term]:
        """Marks the steps that a table takes; what they give."""
        taken = []
        for value in met.variable(term):
            for at, step in enumerate(term.steps):
                if value is not None and holds(step, value):
                    self._mark(("table", table_of(term), at), met)
                    taken.append(term.operands[at + 1])
        return taken

    def _mark(self, key: Key, met: Met) -> None:
        self._reached.setdefault(key, {})[met.case] = None


CONSENT = {
    "automatic": "it is given without asking",
    "claim": "it is given on a claim",
    "give": "a yes is asked for, and silence gives",
    "ask-again": "a yes is asked for, and silence is asked again",
    "forfeit": "a yes is asked for, and silence forfeits",
}


GIVEN = "given"


def _endings(remedy: CheckedRemedy, rule: CheckedRule) -> Iterator[tuple[str, str]]:
    """How a rule that gives may end, as a code and words; of reasons those that a case can state.

    An amount that is not known, or comes to zero, is left out: few rules have one.
    """
    give = rule.result
    if not isinstance(give, CheckedGive):
        return
    yield GIVEN, CONSENT[give.silence if give.consent == "confirm" else give.consent]
    for at in range(len(give.at_most)):
        which = f"cap {at + 1}" if len(give.at_most) > 1 else "the cap"
        yield f"cap {at}", f"{which} is reached"
    if give.at_most:
        yield "uncapped", "no cap is reached"
    if give.least is not None:
        yield BELOW_LEAST, "it comes to less than the minimum issue"
    if give.claimed is not None:
        yield NOT_CLAIMED, "nobody claims in time"
        yield CLAIMED_LATE, "the claim comes late"
    if remedy.once_a_person:
        yield GIVEN_ONCE, "another mailbox of the holder has it"
    if remedy.person_cap is not None:
        yield PERSON_CAP, "the holder's cap is used up"


def _cut(give: CheckedGive, given: Given) -> Iterator[str]:
    """Which caps one amount reaches: the lowest of those that are not above it."""
    if given.exact is None or not give.at_most:
        return
    cutting = [at for at, cap in enumerate(given.caps) if cap is not None and cap <= given.exact]
    yield from (f"cap {at}" for at in cutting if _is_lowest(given.caps, at))
    if not cutting:
        yield "uncapped"


def _is_lowest(caps: tuple[Fraction | None, ...], at: int) -> bool:
    own = caps[at]
    return own is not None and all(cap is None or own <= cap for cap in caps)


def _up_to_the_first_known(parts: tuple[Term, ...], known: Known) -> tuple[Term, ...]:
    for at, part in enumerate(parts):
        if evaluate(part, known) is not None:
            return parts[: at + 1]
    return parts


Report = Callable[[str], None]


def tell(coverage: Coverage, report: Report) -> None:
    """What is missing, a line each, after a line of counts."""
    report(
        f"{coverage.policy}: {coverage.cases} cases reach {coverage.reached} of "
        f"{len(coverage.bands)} rules and bands, and try {coverage.tried} of "
        f"{len(coverage.edges)} edges"
    )
    for band in coverage.bands:
        if not band.cases:
            report(f"  {band.place.file}:{band.place.line}: no case: {band.what}")
    for edge in coverage.edges:
        for missing in edge.missing():
            report(f"  {edge.place.file}:{edge.place.line}: edge not tried: {missing}")
