"""Says why one mailbox got what it got, zero included: what was read, which rule, what arithmetic.

It judges the mailbox again in plain Python from the run's own inputs and holds the result against
the stored outcome: an explanation that does not fit the outcome says so, first and loudly.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from ristoro.kernel.money import Rounding
from ristoro.remedies import exposure
from ristoro.remedies.arithmetic import definitions, read_values, steps
from ristoro.remedies.find import OneOf, find_mailbox
from ristoro.remedies.language.checked import UNIT_OF, CheckedGive, CheckedRemedy, CheckedRule
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.judge import Judged, deciding_rule, judge, work_out
from ristoro.remedies.language.policy import Measure
from ristoro.remedies.language.terms import Term, conjuncts, reads
from ristoro.remedies.language.types import Kind
from ristoro.remedies.one import class_of
from ristoro.remedies.run_folder import open_run
from ristoro.remedies.words import Speaker

ROUNDINGS = {
    "it": {
        Rounding.UP: "arrotondato per eccesso",
        Rounding.DOWN: "arrotondato per difetto",
        Rounding.HALF_UP: "arrotondato, la metà per eccesso",
        Rounding.HALF_EVEN: "arrotondato, la metà al pari",
    },
    "en": {
        Rounding.UP: "rounded up",
        Rounding.DOWN: "rounded down",
        Rounding.HALF_UP: "rounded, halves up",
        Rounding.HALF_EVEN: "rounded, halves to even",
    },
}
REASONS = {
    "it": {
        "below-least": "L'importo non raggiunge il minimo previsto.",
        "zero-amount": "Il calcolo dà zero.",
        "not-known": "Manca un dato che il calcolo richiede.",
    },
    "en": {
        "below-least": "The amount does not reach the minimum.",
        "zero-amount": "The calculation comes to zero.",
        "not-known": "A value that the calculation needs is missing.",
    },
}
CONSENTS = {
    "it": {"automatic": "dato senza chiedere nulla", "confirm": "dato dopo conferma",
           "claim": "dato su richiesta"},
    "en": {"automatic": "given without asking", "confirm": "given once confirmed",
           "claim": "given on a claim"},
}  # fmt: skip
TEXT = {
    "it": {
        "run": "Regole: {policy}, versione {version}. Disservizio: {outage}. Situazione al {day}.",
        "owed": "Spetta", "nothing": "Non spetta nulla", "by": "entro il {day}",
        "rules": "Regole esaminate, in ordine", "read": "letto", "stopped": "non vale",
        "otherwise": "nessuna delle regole precedenti vale", "measures": "Tempo di disservizio",
        "never": "sempre in funzione", "counts": "conta", "window": "periodo considerato",
        "amount": "Calcolo", "base": "spazio prima e dopo", "until": "scadenza prima e dopo",
        "reference": "Fonte", "population": "misurato su tutte le caselle di", "from": "contato da",
        "least": "minimo", "agrees": "Ricalcolato: coincide con quanto deciso.",
        "differs": "ATTENZIONE: il ricalcolo NON coincide con quanto deciso.",
    },
    "en": {
        "run": "Rules: {policy}, version {version}. Outage: {outage}. As of {day}.",
        "owed": "Owed", "nothing": "Nothing is owed", "by": "by {day}",
        "rules": "Rules tried, in order", "read": "read", "stopped": "does not hold",
        "otherwise": "none of the rules before holds", "measures": "Time of the outage",
        "never": "always working", "counts": "counts", "window": "window",
        "amount": "Arithmetic", "base": "storage before and after",
        "until": "paid until, before and after",
        "reference": "Reference", "population": "measured over all mailboxes of the same",
        "from": "counted from", "least": "minimum",
        "agrees": "Computed again: equal to what was decided.",
        "differs": "ATTENTION: computing it again does NOT give what was decided.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RemedyExplained:
    """One remedy of one mailbox: the outcome, stored and computed again, and why."""

    remedy: str
    stored: Judged
    recomputed: Judged
    lines: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.stored == self.recomputed


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every remedy of one mailbox explained."""

    address: str
    mailbox_id: int
    head: tuple[str, ...]
    remedies: tuple[RemedyExplained, ...]

    @property
    def agrees(self) -> bool:
        """Whether every stored outcome is what its inputs give."""
        return all(remedy.agrees for remedy in self.remedies)

    def text(self) -> str:
        parts = ["\n".join(self.head), *("\n".join(remedy.lines) for remedy in self.remedies)]
        return "\n\n".join(parts) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """For machines: days in ISO form."""
        return {
            "address": self.address,
            "mailbox_id": self.mailbox_id,
            "agrees": self.agrees,
            "remedies": [
                {"remedy": r.remedy, "agrees": r.agrees, "lines": list(r.lines)}
                | {"outcome": {n: _iso(v) for n, v in asdict(r.stored).items()}}
                for r in self.remedies
            ],
        }


def explain(run_dir: Path, mailbox: str | int, lang: str) -> Explanation:
    """Why this mailbox, by address or id, got what it got in a run, in ``it`` or ``en``.

    ``BadInput`` for a folder that is no run, inputs that changed since, or an unknown mailbox.
    """
    run = open_run(run_dir)
    one = find_mailbox(run, mailbox)
    policy = run.checked.policy
    speaker = Speaker(lang, policy.currency, policy.zone)
    text = TEXT[lang]
    head = (
        str(one.row["address"]),
        text["run"].format(
            policy=policy.title[lang],
            version=policy.version,
            outage=run.bound.sight.outage.title[lang],
            day=speaker.day(run.bound.today),
        ),
    )
    remedies = []
    for remedy in run.checked.remedies:
        told = _Telling(speaker, remedy, one)
        remedies.append(told.explained())
    return Explanation(one.row["address"], one.row["mailbox_id"], head, tuple(remedies))


class _Telling:
    """Writes the lines of one remedy."""

    def __init__(self, speaker: Speaker, remedy: CheckedRemedy, one: OneOf) -> None:
        self._say, self._remedy, self._one = speaker, remedy, one
        self._known: Known = one.known
        self._text = TEXT[speaker.lang]
        self._policy = one.run.checked.policy

    def explained(self) -> RemedyExplained:
        remedy, known = self._remedy, self._known
        recomputed = judge(remedy, known, self._policy.currency)
        stored = self._one.stored[remedy.name]
        at = deciding_rule(remedy, known)
        rule = remedy.rules[at]
        lines = [f"{remedy.source.title[self._say.lang]}: {self._outcome(stored, rule)}"]
        if stored != recomputed:
            lines[:0] = [self._text["differs"], f"  {stored}", f"  {recomputed}"]
        lines.append(f"  {self._text['rules']}:")
        for number, tried in enumerate(remedy.rules[: at + 1], 1):
            lines.extend(self._tried(number, tried))
        lines.extend(self._measures(at))
        if isinstance(rule.result, CheckedGive):
            lines.extend(self._amount(rule.result, stored))
        if rule.reference:
            source = self._policy.references[rule.reference]
            lines.append(f"  {self._text['reference']}: {source}")
        if stored == recomputed:
            lines.append(f"  {self._text['agrees']}")
        return RemedyExplained(remedy.name, stored, recomputed, tuple(lines))

    def _outcome(self, stored: Judged, rule: CheckedRule) -> str:
        lang = self._say.lang
        if stored.reason:
            because = REASONS[lang].get(stored.reason)
            if because is None:
                because = getattr(rule.result, "because", {}).get(lang, stored.reason)
            return f"{self._text['nothing']} [{stored.reason}]. {because}"
        kind = UNIT_OF[stored.kind][1]
        amount = self._say.value(_exact(stored.amount), kind)
        consent = CONSENTS[lang][stored.consent]
        if stored.deadline:
            consent += f", {self._text['by'].format(day=self._say.day(stored.deadline))}"
        return f"{self._text['owed']} {amount} ({stored.kind}; {consent})."

    def _tried(self, number: int, rule: CheckedRule) -> list[str]:
        if rule.when is None:
            return [f"    {number}. {rule.name}: {self._text['otherwise']}"]
        result = evaluate(rule.when, self._known)
        lines = [f"    {number}. {rule.name}: {self._say.value(result, Kind.TRUTH)}"]
        if result is True:
            lines.append(f"       {self._say.term(rule.when)}")
            lines.extend(self._values(rule.when))
            return lines
        part = next(p for p in conjuncts(rule.when) if evaluate(p, self._known) is not True)
        lines.append(f"       {self._text['stopped']}: {self._say.term(part)}")
        lines.extend(self._values(part))
        return lines

    def _values(self, term: Term) -> list[str]:
        read = read_values(term, self._known, self._say)
        return [
            *(f"       {line}" for line in definitions(term, self._known, self._say)),
            *(f"       {self._text['read']}: {name} = {value}" for name, value in read),
        ]

    # Time

    def _measures(self, at: int) -> list[str]:
        """The time counted, for every measure that the rules tried and the amount read."""
        terms: list[Term | None] = [rule.when for rule in self._remedy.rules[: at + 1]]
        give = self._remedy.rules[at].result
        if isinstance(give, CheckedGive):
            terms.extend([give.amount, *give.at_most, give.least, give.since, give.by])
        heads = dict.fromkeys(name.partition(".")[0] for name in reads(*terms))
        used = [self._policy.measures[h] for h in heads if h in self._policy.measures]
        lines = [f"  {self._text['measures']}:"] if used else []
        for measure in used:
            lines.extend(self._measure(measure))
        return lines

    def _measure(self, measure: Measure) -> list[str]:
        bound = self._one.run.bound
        cls = class_of(self._one.row, bound)
        head = f"    {measure.name}"
        if measure.population:
            share = self._say.value(self._known.get(f"{measure.name}.uptime"), Kind.RATIO)
            return [f"{head}: {self._text['population']} {measure.population}: {share}"]
        taken = exposure.take(measure, bound.sight, cls)
        total = self._say.length(_exact(taken.spans.total))
        window = self._say.span(taken.window)
        lines = [f"{head}: {self._text['counts']} {total}; {self._text['window']} {window}"]
        for component, spans in exposure.by_component(measure, bound.sight, cls).items():
            if not spans:
                lines.append(f"      {component}: {self._text['never']}")
            lines.extend(f"      {component}: {self._say.span(span)}" for span in spans)
        lines.extend(f"      {self._text['counts']}: {self._say.span(s)}" for s in taken.spans)
        return lines

    # Amount

    def _amount(self, give: CheckedGive, stored: Judged) -> list[str]:
        say, known, kind = self._say, self._known, give.amount.kind
        given = work_out(give, known)
        lines = [f"  {self._text['amount']}:"]
        for term in (give.amount, *give.at_most, give.least, give.since, give.by):
            if term is not None:
                for name, value in read_values(term, known, say):
                    lines.append(f"    {name} = {value}")
        lines.extend(f"    {line}" for line in steps(give.amount, known, say))
        exact = given.exact
        for cap, term in zip(given.caps, give.at_most, strict=True):
            lines.extend(f"    {line}" for line in steps(term, known, say))
            if exact is not None and cap is not None:
                least = min(exact, cap)
                ends = f"min({say.value(exact, kind)}; {say.value(cap, kind)})"
                lines.append(f"    {ends} = {say.value(least, kind)}")
                exact = least
        if exact is not None and exact.denominator != 1 and exact > 0:
            whole = give.rounding.divide(exact.numerator, exact.denominator)
            how = ROUNDINGS[say.lang][give.rounding]
            lines.append(f"    {say.value(exact, kind)}, {how} = {say.value(_exact(whole), kind)}")
        if given.least is not None:
            sign = ">" if give.least_strict else "≥"
            lines.append(f"    {self._text['least']}: {sign} {say.value(given.least, kind)}")
        if give.since is not None:
            lines.extend(f"    {line}" for line in steps(give.since, known, say))
        return list(dict.fromkeys([*lines, *self._before_and_after(stored, give)]))

    def _before_and_after(self, stored: Judged, give: CheckedGive) -> list[str]:
        say, lines = self._say, []
        if stored.base is not None and stored.target is not None:
            amount = say.value(_exact(stored.amount), Kind.BYTES)
            base, target = (say.value(_exact(n), Kind.BYTES) for n in (stored.base, stored.target))
            lines.append(f"    {self._text['base']}: {base} + {amount} = {target}")
        if stored.until is not None and give.since is not None:
            since = say.value(evaluate(give.since, self._known), Kind.DAY)
            amount = say.value(_exact(stored.amount), give.amount.kind)
            lines.append(f"    {self._text['from']} {since} + {amount} = {say.day(stored.until)}")
            before = say.value(stored.base_until, Kind.DAY)
            lines.append(f"    {self._text['until']}: {before} → {say.day(stored.until)}")
        return lines


def _exact(number: int) -> Fraction:
    return Fraction(number)


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
