"""The query of a remedy over the estate: which rule decides each mailbox, and the amount.

It reads ``snapshot`` and the small tables that ``tables`` registers beside it, and gives numbers
only: texts are constants of a *verdict*, the rule and how it ended, and are put back by number.
"""

from __future__ import annotations

from fractions import Fraction

from ristoro.estate.columns import WAYS
from ristoro.kernel.clock import instant
from ristoro.remedies.deciding import persons
from ristoro.remedies.deciding.setting import Setting
from ristoro.remedies.deciding.verdicts import CLAIMED, ENDINGS, REASONS
from ristoro.remedies.folder.one import used_since
from ristoro.remedies.language import compile as sql
from ristoro.remedies.language.checked import (
    CLAIMED_LATE,
    GIVEN_ONCE,
    NOT_CLAIMED,
    PERSON_CAP,
    Checked,
    CheckedGive,
    CheckedRemedy,
)
from ristoro.remedies.language.fractions_sql import Ratio, added, compared, is_unknown, rounded
from ristoro.remedies.language.hoist import hoist
from ristoro.remedies.language.lifted import lift
from ristoro.remedies.language.policy import Measure
from ristoro.remedies.language.terms import SIGNED, Term, reads, walk
from ristoro.remedies.language.types import Kind
from ristoro.remedies.language.vocabulary import ATTRIBUTES, FIELDS
from ristoro.remedies.measuring.clocks import field_sql, input_sql, own_rows
from ristoro.remedies.measuring.exposure import EVERY, measure_read

CLASS_KEYS = ("brand", "store", "ways", "used", "clip_from", "clip_to")


class Statement:
    """The SQL of one remedy under one setting."""

    def __init__(self, checked: Checked, remedy: CheckedRemedy, bound: Setting) -> None:
        self._checked, self._remedy, self._bound = checked, remedy, bound
        policy = checked.policy
        self.names = list(dict.fromkeys(reads(*remedy.terms())))
        self._measures = [name for name in self.names if measure_read(policy, name)]
        self._columns = sql.Columns(
            constants=dict(bound.known),
            columns={
                **{
                    name: f"m.{column(name)}" if name in _HOISTED else field_sql(bound, name, "m")
                    for name in FIELDS
                },
                **{f"input {name}": f"m.in_{name}" for name in policy.inputs},
                **{name: f"m.{column(name)}" for name in self._measures},
            },
            ratios={
                name: (f"m.{column(name)}", f"m.{column(name)}_of")
                for name in self._measures
                if is_share(name)
            },
        )
        self._lifts = lift(remedy.terms(), self._columns)
        self._hoisted = hoist(remedy.terms(), self._lifts.names)
        self._columns = self._hoisted.names

    @property
    def class_measures(self) -> list[str]:
        """The names of measures that go by exposure class alone."""
        return [n for n in self._measures if not (self._of(n).population or self._of(n).own)]

    def population_measures(self) -> list[str]:
        """The names of measures over a population."""
        return [self._of(n).name for n in self._measures if self._of(n).population]

    def own_measures(self) -> list[Measure]:
        """The measures that go by each mailbox's own clock or cycle besides."""
        return list(dict.fromkeys(self._of(n) for n in self._measures if self._of(n).own))

    def _of(self, name: str) -> Measure:
        measure = measure_read(self._checked.policy, name)
        assert measure is not None
        return measure

    # The query

    def text(self) -> str:
        """Verdict, amount and days of every mailbox of ``snapshot``, in its order.

        Tables of ``beforehand`` must be there.
        """
        gives = self._gives()
        storage = ", ".join(str(at) for at, give in gives.items() if give.kind == "storage")
        dated = ", ".join(str(at) for at, give in gives.items() if give.since is not None)
        base, paid = "CAST(NULL AS BIGINT)", _NO_DAY
        if storage:
            base = f"CASE WHEN ending = 0 AND rule IN ({storage}) THEN m.storage_bytes END"
        if dated:
            kept = "COALESCE(m.paid_until, m.before_paid_until)"
            paid = f"CASE WHEN ending = 0 AND rule IN ({dated}) THEN {kept} END"
        deadlines = {at: self._deadline(give) for at, give in gives.items() if give.by}
        return f"""SELECT
  bucket, mailbox_id, brand, plan,
  CAST(rule * {ENDINGS} + {self._verdict(gives)} AS SMALLINT) AS verdict,
  CASE WHEN ending = 0 AND amount IS NOT NULL THEN amount ELSE 0 END AS amount,
  {base} AS base,
  {paid} AS base_until,
  {self._by_rule(self._untils(gives))} AS until,
  {self._by_rule(deadlines)} AS deadline
FROM (
  {self._settled(gives) if self._remedy.by_person else self._layers(gives, "")}
) AS m"""  # noqa: S608 - written by the compiler, never by copying text

    def beforehand(self) -> list[tuple[str, str]]:
        """Tables by name, with the query of the whole estate that makes each, in order.

        Only a remedy that is counted a person has any.
        """
        remedy, cap = self._remedy, persons.person_cap(self._remedy, self._bound.known)
        if not remedy.by_person:
            return []
        owed = persons.owed_sql(self._layers(self._gives(), "own_"), cap)
        ends = (REASONS.index(GIVEN_ONCE), REASONS.index(PERSON_CAP))
        return [(persons.table_of(remedy), persons.settled_sql(remedy, owed, cap, ends))]

    def _gives(self) -> dict[int, CheckedGive]:
        """What the rules that give something give, by their position."""
        results = ((at, rule.result) for at, rule in enumerate(self._remedy.rules))
        return {at: result for at, result in results if isinstance(result, CheckedGive)}

    def _layers(self, gives: dict[int, CheckedGive], prefix: str) -> str:
        """Which rule decides each mailbox, its amount, and how it ended."""
        rules = self._remedy.rules
        whens = "\n          ".join(
            f"WHEN {sql.truth(rule.when, self._columns)} THEN {at}"
            for at, rule in enumerate(rules)
            if rule.when is not None
        )
        decided = f"CASE {whens}\n          ELSE {len(rules) - 1} END" if whens else "0"
        return f"""SELECT *, {self._ending(gives, f"{prefix}amount")} AS {prefix}ending
  FROM (
    SELECT *, {self._amount(gives)} AS {prefix}amount
    FROM (
      SELECT *, CAST({decided} AS BIGINT) AS rule
      FROM (
        {self._hoisted.around(self._looked_up())}
      ) AS m
    ) AS m
  ) AS m"""  # noqa: S608 - as above

    def _settled(self, gives: dict[int, CheckedGive]) -> str:
        """The same with what was settled among one holder's mailboxes."""
        table = persons.table_of(self._remedy)
        return f"""SELECT m.*, COALESCE(p.kept, m.own_amount) AS amount,
    COALESCE(p.ending, m.own_ending) AS ending
  FROM (
    {self._layers(gives, "own_")}
  ) AS m LEFT JOIN {table} AS p ON p.mailbox_id = m.mailbox_id"""  # noqa: S608 - as above

    @staticmethod
    def _by_rule(days: dict[int, str]) -> str:
        if not days:
            return _NO_DAY
        whens = " ".join(f"WHEN {at} THEN {day}" for at, day in days.items())
        return f"CAST(CASE WHEN ending = 0 THEN CASE rule {whens} END END AS DATE)"

    def _day(self, term: Term | None) -> str:
        assert term is not None
        return sql.plain(term, self._columns)

    def _amount(self, gives: dict[int, CheckedGive]) -> str:
        whens = " ".join(f"WHEN {at} THEN {self._rounded(give)}" for at, give in gives.items())
        return f"CAST(CASE rule {whens} END AS BIGINT)" if whens else "CAST(NULL AS BIGINT)"

    def _rounded(self, give: CheckedGive) -> str:
        """The capped and rounded amount, null where anything that it needs is not known."""
        exact = sql.number(give.amount, self._columns)
        caps = [sql.number(cap, self._columns) for cap in give.at_most]
        left, deducts = self._lowest(exact, caps), Ratio.of(Fraction(0))
        if give.deducts is not None:
            deducts = sql.number(give.deducts, self._columns)
            # a deduction below zero deducts nothing: it never adds to the amount
            off = sql.extreme("max", [deducts, Ratio.of(Fraction(0))])
            left = added("-", left, off)
        text = rounded(left, give.rounding)
        signed = any(_may_be_negative(term) for term in (give.amount, *give.at_most))
        if give.deducts is not None or signed:
            text = f"GREATEST({text}, 0)"
        needed = [is_unknown(value) for value in (exact, *caps, deducts)]
        if give.least is not None:
            needed.append(is_unknown(sql.number(give.least, self._columns)))
        needed.extend(f"({self._day(day)} IS NULL)" for day in (give.since, give.by) if day)
        tests = [test for test in dict.fromkeys(needed) if test != "FALSE"]
        return f"CASE WHEN NOT ({' OR '.join(tests)}) THEN {text} END" if tests else text

    @staticmethod
    def _lowest(exact: Ratio, caps: list[Ratio]) -> Ratio:
        return sql.extreme("min", [exact, *caps]) if caps else exact

    def _ending(self, gives: dict[int, CheckedGive], amount: str) -> str:
        """0 owed, or the position of a reason in ``REASONS``; the first that is found decides."""
        least = {}
        for at, give in gives.items():
            if give.least is not None:
                bound = sql.number(give.least, self._columns)
                op = "<=" if give.least_strict else "<"
                least[at] = compared(op, Ratio(amount), bound)
        given = ", ".join(str(at) for at in gives)
        whens = " ".join(f"WHEN rule = {at} AND {test} THEN 1" for at, test in least.items())
        unknown = f"WHEN rule IN ({given}) AND {amount} IS NULL THEN 3 " if gives else ""
        claims = "".join(self._claim(at, give) for at, give in gives.items() if give.claimed)
        return f"CAST(CASE {unknown}{claims}WHEN {amount} = 0 THEN 2 {whens} ELSE 0 END AS BIGINT)"

    def _claim(self, at: int, give: CheckedGive) -> str:
        """Claims that are missing after the deadline, or were made after it."""
        claimed, by = self._day(give.claimed), self._day(give.by)
        today = sql.constant(self._bound.today)
        missing, late = REASONS.index(NOT_CLAIMED), REASONS.index(CLAIMED_LATE)
        return (
            f"WHEN rule = {at} AND {claimed} IS NULL AND {today} > {by} THEN {missing} "
            f"WHEN rule = {at} AND {claimed} > {by} THEN {late} "
        )

    def _deadline(self, give: CheckedGive) -> str:
        """By when somebody must answer; null for what was claimed already."""
        by = self._day(give.by)
        if give.claimed is None:
            return by
        return f"CASE WHEN {self._day(give.claimed)} IS NULL THEN {by} END"

    def _verdict(self, gives: dict[int, CheckedGive]) -> str:
        """The ending, or that what is owed waits for no claim."""
        claims = {at: self._day(give.claimed) for at, give in gives.items() if give.claimed}
        if not claims:
            return "ending"
        made = " OR ".join(f"rule = {at} AND {day} IS NOT NULL" for at, day in claims.items())
        return f"CASE WHEN ending = 0 AND ({made}) THEN {CLAIMED} ELSE ending END"

    def _untils(self, gives: dict[int, CheckedGive]) -> dict[int, str]:
        days: dict[int, str] = {}
        for at, give in gives.items():
            if give.since is None:
                continue
            since = self._day(give.since)
            if give.kind == "extension":
                months = sql.number(give.amount, self._columns)
                days[at] = f"CAST({since} + INTERVAL '{months.times}' MONTH AS DATE)"
            else:
                days[at] = f"CAST({since} + CAST(amount AS INTEGER) AS DATE)"
        return days

    # What it reads from

    def _looked_up(self) -> str:
        """What its terms read, and what they look up in the table of days."""
        joined, lifts = self._joined(), self._lifts
        if not lifts.joins:
            return joined
        picked, joins = ", ".join(["m.*", *lifts.columns]), " ".join(lifts.joins)
        return f"SELECT {picked} FROM ({joined}) AS m {joins}"  # noqa: S608 - as above

    def _joined(self) -> str:
        """The snapshot with what the remedy's terms need beside it."""
        needed = {"bucket", "mailbox_id", "brand", "plan"}
        needed.update(["holder_id"] if self._remedy.by_person else [])
        for name in self.names:
            if name in FIELDS and name not in _HOISTED:
                needed.update(FIELDS[name].columns)
        for rule in self._remedy.rules:
            give = rule.result
            if isinstance(give, CheckedGive):
                needed.update(["storage_bytes"] if give.kind == "storage" else [])
                needed.update(["paid_until", "before_paid_until"] if give.since else [])
        picked = [f"s.{name}" for name in sorted(needed)]
        picked.extend(
            f"{field_sql(self._bound, name, 's')} AS {column(name)}"
            for name in self.names
            if name in _HOISTED
        )
        joins: list[str] = []
        if self.class_measures:
            for name in self.class_measures:
                picked.extend(_measure_columns("c", name))
            joins.append(f"INNER JOIN classes AS c ON {self._class_join('c')}")
        for measure in dict.fromkeys(self.population_measures()):
            picked.extend(_measure_columns(f"p_{measure}", f"{measure}.uptime"))
            population = self._checked.policy.measures[measure].population
            key = population_key(str(population), "s")
            joins.append(f"LEFT JOIN pool_{measure} AS p_{measure} ON p_{measure}.key = {key}")
        own = self.own_measures()
        for one in own:
            relation = f"c_{one.name}"
            for name in self._measures:
                if self._of(name) is one:
                    picked.extend(_measure_columns(relation, name))
            join = f"{self._class_join(relation)} AND " + " AND ".join(
                f"s.{key}_{one.name} = {relation}.{key}" for key in ("clock", "cycle")
            )
            joins.append(f"INNER JOIN {own_classes(one)} AS {relation} ON {join}")
        inputs = [n.removeprefix("input ") for n in self.names if n.startswith("input ")]
        if inputs:
            picked.extend(f"{input_sql(self._bound, name, 'f')} AS in_{name}" for name in inputs)
            joins.append("LEFT JOIN facts AS f ON f.mailbox_id = s.mailbox_id")
        rows = f"({own_rows(own, self._bound)})" if own else "snapshot"
        return "\n        ".join([f"SELECT {', '.join(picked)}", f"FROM {rows} AS s", *joins])

    def _class_join(self, relation: str) -> str:
        lives = lives_sql(self._bound)
        return " AND ".join(f"{lives[key]} = {relation}.{key}" for key in CLASS_KEYS)


_NO_DAY = "CAST(NULL AS DATE)"
_HOISTED = frozenset(name for name in FIELDS if name.startswith("then.") or name == "price")
"""Fields that are choices themselves, worked out once a row and then read as columns."""


def column(name: str) -> str:
    """The column of a measure's attribute: ``down.total`` is ``down__total``."""
    return name.replace(".", "__").replace(" ", "__")


def is_share(name: str) -> bool:
    """Whether it has two columns, numerator and denominator."""
    return name.startswith(EVERY) or ATTRIBUTES[name.partition(".")[2]] is Kind.RATIO


def own_classes(measure: Measure) -> str:
    """The table of the classes of a measure that goes by each mailbox's own time."""
    return f"classes_{measure.name}"


def lives_sql(bound: Setting) -> dict[str, str]:
    """An exposure class's columns from a snapshot row ``s``, as ``outages.spread`` has them."""
    hull, since = bound.sight.hull, used_since(bound)
    used = "CAST(0 AS BIGINT)"
    if since is not None:
        at = sql.constant(instant(since))
        bits = (
            f"CASE WHEN s.seen_{w} >= {at} THEN {1 << b} ELSE 0 END" for b, w in enumerate(WAYS)
        )
        used = f"CAST({' + '.join(bits)} AS BIGINT)"
    start, end = hull.start, hull.end
    closed = f"COALESCE(EPOCH_US(s.closed_at), {end})"
    return {
        "brand": "s.brand",
        "store": "s.store",
        "ways": "s.ways",
        "used": used,
        "clip_from": f"LEAST(GREATEST(EPOCH_US(s.created_at), {start}), {end})",
        "clip_to": f"LEAST(GREATEST({closed}, {start}), {end})",
    }


def population_key(population: str, row: str) -> str:
    """Who a mailbox is weighed with, as text; one without a holder is alone."""
    return {
        "everyone": "'everyone'",
        "brand": f"{row}.brand",
        "store": f"{row}.brand || ' ' || {row}.store",
        "holder": f"COALESCE('h ' || {row}.holder_id, 'm ' || CAST({row}.mailbox_id AS VARCHAR))",
    }[population]


def _measure_columns(relation: str, name: str) -> list[str]:
    if is_share(name):
        return [f"{relation}.{column(name)}", f"{relation}.{column(name)}_of"]
    return [f"{relation}.{column(name)}"]


def _may_be_negative(term: Term) -> bool:
    return any(part.op in SIGNED for part in walk(term))
