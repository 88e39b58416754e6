"""Refuses a remedy that has no one meaning: its rules, its grants, and what limits them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ristoro.kernel.errors import BadInput, Place, Problem, bad_input
from ristoro.kernel.money import Rounding
from ristoro.remedies.language.checked import (
    BELOW_LEAST,
    GIVEN_ONCE,
    NOT_KNOWN,
    PERSON_CAP,
    UNIT_OF,
    ZERO_AMOUNT,
    CheckedChannel,
    CheckedGive,
    CheckedRemedy,
    CheckedRule,
)
from ristoro.remedies.language.expressions import Name, Node
from ristoro.remedies.language.policy import (
    Channel,
    Consent,
    Give,
    Nothing,
    PeriodCap,
    Policy,
    Remedy,
    Rule,
)
from ristoro.remedies.language.terms import Term, is_fixed, reads, walk
from ristoro.remedies.language.types import Kind
from ristoro.remedies.language.typing import Scope

RESERVED = (BELOW_LEAST, NOT_KNOWN, ZERO_AMOUNT, GIVEN_ONCE, PERSON_CAP)
KIND_NATURES = ("goodwill", "service-credit")
"""What a kindness may be accounted as: never as something owed by law."""
_WHOLE = (
    "units", "units_started", "days_between", "working_days_between", "length_between",
    "days_in_month",
)  # fmt: skip
T = TypeVar("T")


def check_remedy(policy: Policy, remedy: Remedy, problems: list[Problem]) -> CheckedRemedy:
    """The remedy with every expression typed; what is wrong with it is added to ``problems``."""
    return _Check(policy, remedy, problems).run()


class _Check:
    def __init__(self, policy: Policy, remedy: Remedy, problems: list[Problem]) -> None:
        self._policy, self._remedy, self._problems = policy, remedy, problems
        self._scope = Scope(policy)

    def run(self) -> CheckedRemedy:
        rules = [self._try(self._rule, rule) for rule in self._remedy.rules]
        channels = [self._try(self._channel, one) for one in self._remedy.channels]
        person_cap = self._try(self._person)
        return CheckedRemedy(
            self._remedy,
            tuple(rule for rule in rules if rule is not None),
            person_cap,
            tuple(channel for channel in channels if channel is not None),
        )

    def _try(self, act: Callable[..., T], *arguments: object) -> T | None:
        try:
            return act(*arguments)
        except BadInput as error:
            self._problems.extend(error.problems)
            return None

    def _typed(self, node: Node, kind: Kind, what: str) -> Term:
        return self._scope.typed_as(node, kind, what)

    # Rules

    def _rule(self, rule: Rule) -> CheckedRule:
        when = None
        if rule.when is not None:
            when = self._typed(rule.when, Kind.TRUTH, "`when`")
            if not any(part.op == "read" for part in walk(when)):
                raise bad_input(
                    "constant-condition",
                    f"the condition of {rule.name!r} reads nothing",
                    "it holds for everybody or for nobody, so rules below or this one are dead",
                    "make it depend on the mailbox or the outage, or use `otherwise`",
                    rule.place,
                )
        if rule.goodwill is not None:
            self._goodwill(rule, rule.goodwill.place)
        result: CheckedGive | Nothing
        if isinstance(rule.result, Nothing):
            result = rule.result
            if result.reason in RESERVED:
                raise bad_input(
                    "reserved-reason",
                    f"the reason {result.reason!r} is Ristoro's own",
                    "outcomes use it where an amount was computed and came to nothing",
                    "choose another code",
                    result.place,
                )
        else:
            result = self._give(rule.result)
        return CheckedRule(
            rule.name, when, result, rule.title, rule.reference, rule.place, rule.goodwill
        )

    def _goodwill(self, rule: Rule, place: Place) -> None:
        if isinstance(rule.result, Nothing):
            raise bad_input(
                "bad-goodwill",
                f"the rule {rule.name!r} is goodwill and gives nothing",
                "goodwill gives more than the rules say, never less",
                "give something, or remove `goodwill`",
                place,
            )
        if self._remedy.accounting not in KIND_NATURES:
            raise bad_input(
                "bad-goodwill",
                f"goodwill stands in a remedy accounted as {self._remedy.accounting}",
                "what is given out of kindness is not what is owed",
                f"make `accounting` {' or '.join(KIND_NATURES)}, or a remedy of its own",
                place,
            )

    # Grants

    def _give(self, give: Give) -> CheckedGive:
        unit, kind = UNIT_OF[give.kind]
        remedy = self._remedy
        amount = self._typed(give.amount, kind, f"`{give.kind}`")
        caps = [self._typed(cap, kind, "`at_most`") for cap in give.at_most]
        caps.extend(self._left(one, kind) for one in remedy.period_caps)
        deducts = self._typed(remedy.deducts, kind, "`deducts`") if remedy.deducts else None
        extension = give.kind == "extension"
        if extension and (give.since is None or not is_fixed(amount) or caps or deducts):
            raise bad_input(
                "bad-extension",
                "an extension is a fixed number of months from a stated day",
                "the month-end rule depends on the day, and grants are added once",
                "write `extension: 6 months` and `from: later(paid_until, outage.end_day)`",
                give.place,
            )
        if give.since is not None and give.kind not in ("extension", "service-days"):
            raise bad_input(
                "unused-field",
                f"`from` has no meaning for {give.kind}",
                "only extensions and service days are added to a date",
                "remove it",
                give.place,
            )
        parts = [amount, *caps, *([deducts] if deducts else [])]
        if give.rounding is None and not all(_is_whole(term) for term in parts):
            raise bad_input(
                "missing-rounding",
                "the amount may be a fraction and no rounding is stated",
                "it is rounded once, at the end, in the way that the policy names",
                "add `rounding:` up, down, half-up or half-even",
                give.place,
            )
        consent = give.consent
        return CheckedGive(
            kind=give.kind,
            unit=unit,
            amount=amount,
            rounding=give.rounding or Rounding.DOWN,
            at_most=tuple(caps),
            least=self._typed(give.least, kind, "`least`") if give.least else None,
            least_strict=give.least_strict,
            since=self._typed(give.since, Kind.DAY, "`from`") if give.since else None,
            consent=consent.how,
            by=self._typed(consent.by, Kind.DAY, "the deadline") if consent.by else None,
            silence=consent.silence,
            place=give.place,
            deducts=deducts,
            claimed=self._claimed(consent),
            remind=consent.remind,
        )

    def _left(self, cap: PeriodCap, kind: Kind) -> Term:
        """What a month's or a year's cap leaves after what was given already."""
        most = self._typed(cap.most, kind, f"`at_most_a_{cap.period}`")
        already = self._input(cap.already, kind, "`already`")
        return Term("-", kind, (most, already), place=cap.most.place)

    def _claimed(self, consent: Consent) -> Term | None:
        if consent.claimed is None:
            return None
        return self._input(consent.claimed, Kind.DAY, "`claimed`")

    def _input(self, node: Node, kind: Kind, what: str) -> Term:
        """An input by name, of a kind: nothing else can state what a snapshot does not have."""
        if not isinstance(node, Name) or node.path not in self._policy.inputs:
            inputs = ", ".join(self._policy.inputs) or "none"
            raise bad_input(
                "not-an-input",
                f"{what} is not the name of an input",
                f"no snapshot has it, so it must be stated; inputs are: {inputs}",
                "declare it under `inputs`, and write its name",
                node.place,
            )
        return self._typed(node, kind, what)

    # Together

    def _channel(self, channel: Channel) -> CheckedChannel:
        over = None
        if channel.over is not None:
            over = self._typed(channel.over, Kind.MONEY, "the bound of a channel")
            self._for_everybody(over, "the bound of a channel")
        return CheckedChannel(channel.name, over, channel.when_closed)

    def _person(self) -> Term | None:
        """The cap a person, of one kind with everything that the remedy gives."""
        remedy, node = self._remedy, self._remedy.at_most_a_person
        gives = [rule.result for rule in remedy.rules if isinstance(rule.result, Give)]
        if remedy.counted == "each mailbox" and node is None:
            return None
        kinds = list(dict.fromkeys(UNIT_OF[give.kind][1] for give in gives))
        if len(kinds) != 1:
            raise bad_input(
                "mixed-person",
                "a remedy that is counted a person gives nothing, or amounts of two units",
                "a holder's mailboxes are compared and added up, which wants one unit",
                "make a remedy for each unit",
                node.place if node else remedy.place,
            )
        if node is None:
            return None
        if any(give.kind == "extension" for give in gives):
            raise bad_input(
                "bad-extension",
                "an extension cannot be cut to what is left to a person",
                "it is a fixed number of months",
                "write `counted: once a person`",
                node.place,
            )
        term = self._typed(node, kinds[0], "`at_most_a_person`")
        self._for_everybody(term, "`at_most_a_person`")
        if not _is_whole(term):
            raise bad_input(
                "missing-rounding",
                "the cap a person may be a fraction",
                "whole amounts are added up to it",
                "write a whole amount",
                node.place,
            )
        return term

    @staticmethod
    def _for_everybody(term: Term, what: str) -> None:
        if not is_fixed(term):
            raise bad_input(
                "not-fixed",
                f"{what} reads {reads(term)[0]!r}",
                "it must be the same for everybody",
                "write an amount, or the name of one in `amounts`",
                term.place or Place(""),
            )


def _is_whole(term: Term) -> bool:
    """Certainly a whole number of its base unit."""
    if term.kind is Kind.RATIO or term.op == "/":
        return False
    if term.op == "const":
        value = term.constant
        return not hasattr(value, "denominator") or value.denominator == 1  # type: ignore[union-attr]
    if term.op == "read":
        return True
    if term.op in ("if", "table", "every", "words"):
        return all(_is_whole(operand) for operand in term.operands[1:])
    if term.op in _WHOLE:
        return True
    return all(_is_whole(operand) for operand in term.operands)
