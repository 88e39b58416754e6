"""Refuses a policy that has no one meaning, and types the expressions of one that has.

Everything wrong is reported at once, each with its line and column. ``typing`` types a single
expression, ``check_remedies`` has what concerns remedies; here are names, tables and amounts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from ristoro.kernel.errors import BadInput, Place, Problem, bad_input
from ristoro.remedies.language.check_choices import check_choices
from ristoro.remedies.language.check_remedies import check_remedy
from ristoro.remedies.language.checked import Checked
from ristoro.remedies.language.expressions import WORDS
from ristoro.remedies.language.lifted import needs_days
from ristoro.remedies.language.policy import (
    Input,
    Measure,
    Policy,
    Remedy,
    Table,
)
from ristoro.remedies.language.read import read_bytes, read_policy
from ristoro.remedies.language.terms import Term, reads
from ristoro.remedies.language.types import Kind
from ristoro.remedies.language.typing import Scope
from ristoro.remedies.language.vocabulary import FIELDS, RUN

T = TypeVar("T")


def load_policy(path: Path) -> Checked:
    """The checked policy of a file; everything wrong with it in one ``BadInput``."""
    return check(read_policy(path))


def load_bytes(raw: bytes, name: str) -> Checked:
    """The checked policy of YAML text; ``name`` is the file named in messages."""
    return check(read_bytes(raw, name))


def check(policy: Policy) -> Checked:
    """The policy with every expression typed, or ``BadInput`` with all that is wrong."""
    return _Check(policy).run()


class _Check:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._scope = Scope(policy)
        self._problems: list[Problem] = []
        self._clocks: list[Term] = []

    def run(self) -> Checked:
        self._names()
        for table in self._policy.tables.values():
            self._try(self._table, table)
        for name in self._policy.values:
            self._try(self._scope.value, name)
        for given in self._policy.inputs.values():
            self._try(self._default, given)
        for measure in self._policy.measures.values():
            self._try(self._used_since, measure)
            self._try(self._clock, measure)
        for amount in self._policy.amounts.values():
            for dated in amount.values:
                self._try(self._scope.same_currency, dated.number, amount.place)
        names: dict[str, Remedy] = {}
        for remedy in self._policy.remedies:
            if remedy.name in names:
                self._problems.append(
                    Problem(
                        "remedy-twice",
                        f"the remedy {remedy.name!r} stands twice",
                        "outcomes name their remedy",
                        "give one of them another name",
                        remedy.place,
                    )
                )
            names[remedy.name] = remedy
        remedies = tuple(
            check_remedy(self._policy, remedy, self._problems) for remedy in self._policy.remedies
        )
        check_choices(remedies, self._problems)
        if self._problems:
            raise BadInput(*dict.fromkeys(self._problems))
        checked = Checked(self._policy, remedies)
        if needs_days([*checked.terms(), *self._clocks]):
            return Checked(replace(self._policy, looks_up_days=True), remedies)
        return checked

    def _names(self) -> None:
        """No name stands for two things, or hides one of Ristoro's own."""
        policy, seen = self._policy, set(FIELDS) | set(RUN) | {n.split(".")[0] for n in FIELDS}
        sections: tuple[dict[str, Place], ...] = (
            {name: one.place for name, one in policy.inputs.items()},
            {name: one.place for name, one in policy.amounts.items()},
            {name: one.place for name, one in policy.measures.items()},
            {name: node.place for name, node in policy.values.items()},
            {name: one.place for name, one in policy.tables.items()},
        )
        for section in sections:
            for name, place in section.items():
                if name in seen or name in WORDS:
                    self._problems.append(
                        Problem(
                            "name-twice",
                            f"the name {name!r} is already something else",
                            "an expression could mean either",
                            "choose another name",
                            place,
                        )
                    )
                seen.add(name)

    def _default(self, given: Input) -> None:
        if given.default is None:
            return
        term = self._typed(given.default, given.kind, f"the default of {given.name}")
        if reads(term):
            raise bad_input(
                "wrong-default",
                f"the default of {given.name!r} reads {reads(term)[0]!r}",
                "a default is the same for everybody",
                "write a constant",
                given.default.place,
            )

    def _used_since(self, measure: Measure) -> None:
        if measure.used_only and self._policy.used_since is None:
            raise bad_input(
                "missing-field",
                f"{measure.name!r} counts used ways, and nothing says since when",
                "a way in that was used once, years ago, is not one that was missed",
                "add `used_since: 2022-10-25` to the policy",
                measure.place,
            )

    def _clock(self, measure: Measure) -> None:
        """A clock is a date or an instant, and known before anything is measured."""
        if measure.starts is None:
            return
        term = self._scope.typed(measure.starts)
        found = [n for n in reads(term) if n.partition(".")[0] in self._policy.measures]
        if term.kind not in (Kind.DAY, Kind.INSTANT) or found:
            raise bad_input(
                "bad-clock",
                f"the clock of {measure.name!r} "
                + (f"reads {found[0]!r}" if found else f"is a {term.kind.value}"),
                "it starts on a date or at an instant, and what is measured depends on it",
                "use inputs and dates of the mailbox, `outage.start` and `today`",
                measure.starts.place,
            )
        self._clocks.append(term)

    def _try(self, act: Callable[..., T], *arguments: object) -> T | None:
        try:
            return act(*arguments)
        except BadInput as error:
            self._problems.extend(error.problems)
            return None

    def _typed(self, node: object, kind: Kind, what: str) -> Term:
        return self._scope.typed_as(node, kind, what)  # type: ignore[arg-type]

    # Tables

    def _table(self, table: Table) -> None:
        self._scope.table(table.name)
        steps = table.steps
        if table.otherwise is not None:
            return
        if not steps:
            raise bad_input(
                "tier-gap", "the table has no steps", "it gives nothing", "add one", table.place
            )
        first, last = steps[0], steps[-1]
        if first.low is not None and (first.low.value != 0 or first.low_open):
            self._gap(first.place, "everything below its first step", "leave out `from` there")
        if last.high is not None:
            self._gap(last.place, "everything above its last step", "leave out `below` or `to`")
        for before, after in pairwise(steps):
            if before.high is None or after.low is None:
                self._overlap(after.place, "one of them has no bound between them")
            elif before.high.value > after.low.value:
                self._overlap(after.place, "the earlier step ends above where this one begins")
            elif before.high.value < after.low.value:
                self._gap(after.place, "the values between the steps", "let the bounds meet")
            elif before.high_open and after.low_open:
                self._gap(after.place, "the bound itself", "write `from` in place of `over`")
            elif not before.high_open and not after.low_open:
                self._overlap(after.place, "both hold the bound itself")

    @staticmethod
    def _gap(place: Place, what: str, todo: str) -> None:
        raise bad_input(
            "tier-gap",
            f"the table leaves out {what}",
            "whoever falls there has no row",
            todo,
            place,
        )

    @staticmethod
    def _overlap(place: Place, why: str) -> None:
        raise bad_input(
            "tier-overlap",
            "two steps of the table overlap, or stand out of order",
            why,
            "list the steps from the lowest; `below: X` then `from: X` holds X once",
            place,
        )
