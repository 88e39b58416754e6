"""What a mailbox would get if something were different: another plan, day, field or input.

It is judged once more in memory, by the same evaluator that explains; nothing is written, and
nothing is given. Populations stay as they are: one mailbox does not move the mean of a store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from ristoro.estate.columns import WAYS
from ristoro.kernel.documents import Value
from ristoro.kernel.errors import BadInput, Place, bad_input, nearest
from ristoro.remedies.deciding.setting import setting
from ristoro.remedies.explaining.explain import head_of, speaker
from ristoro.remedies.explaining.sentences import SENTENCES, Sentences
from ristoro.remedies.explaining.telling import gift, plain, tell
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder.find import OneOf, find_mailbox, looked_at
from ristoro.remedies.folder.run_folder import RunFolder, open_run
from ristoro.remedies.language.checked import CheckedRemedy
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.expressions import parse_text
from ristoro.remedies.language.judge import Judged
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.language.types import Kind, Scalar
from ristoro.remedies.language.typing import Scope
from ristoro.remedies.language.vocabulary import ATTRIBUTES, FIELDS, RUN

OPTION = "--what-if"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that is taken to be different."""

    name: str
    kind: Kind
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True)
class RemedyCompared:
    """One remedy as it was decided, and as it would be; ``why`` tells the second."""

    remedy: str
    before: Judged
    after: Judged
    rows: tuple[tuple[str, str, str], ...]
    """What is compared, and both values as they are read."""
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both sides of every remedy, and what was taken to be different."""

    address: str
    mailbox_id: int
    head: tuple[str, ...]
    changes: tuple[Change, ...]
    changed: tuple[tuple[str, str, str], ...]
    remedies: tuple[RemedyCompared, ...]
    titles: tuple[str, str, str]
    why: str

    def text(self) -> str:
        """Two columns side by side, then why it would be so."""
        tables = [self.changed, *(remedy.rows for remedy in self.remedies)]
        rows = [self.titles, *(row for table in tables for row in table)]
        widths = [max(len(row[at]) for row in rows) + 2 for at in (0, 1)]

        def line(row: tuple[str, str, str]) -> str:
            return f"{row[0]:<{widths[0]}}{row[1]:<{widths[1]}}{row[2]}".rstrip()

        parts = ["\n".join(self.head), "\n".join(map(line, [self.titles, *self.changed]))]
        parts.extend("\n".join(map(line, remedy.rows)) for remedy in self.remedies)
        told = "\n\n".join("\n".join(remedy.why) for remedy in self.remedies)
        return "\n\n".join([*parts, f"{self.why}\n\n{told}"]) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """For machines: days and instants in ISO form, numbers as exact text."""
        return {
            "address": self.address,
            "mailbox_id": self.mailbox_id,
            "what_if": [
                {"name": one.name, "before": _iso(one.before), "after": _iso(one.after)}
                for one in self.changes
            ],
            "remedies": [
                {
                    "remedy": one.remedy,
                    "before": plain(one.before),
                    "after": plain(one.after),
                    "why": list(one.why),
                }
                for one in self.remedies
            ],
        }


def what_if(
    run_dir: Path, mailbox: str | int, lang: str, changes: Iterable[str], on: date | None = None
) -> WhatIf:
    """One mailbox of a run with some values taken to be different, each as ``NAME=VALUE``.

    Names are those of the language: fields of the mailbox, inputs, amounts, ``measure.attribute``
    and run constants; values are written as in a policy, and ``null`` for what is not known.
    ``on`` is the day of deciding. ``BadInput`` for a name that is none and a value that does not
    fit, and as ``explain`` has it.
    """
    run = open_run(run_dir)
    one = find_mailbox(run, mailbox)
    changed = [_read(run, one, text) for text in changes]
    if on is not None:
        changed.append(Change("today", Kind.DAY, run.bound.today, on))
    other = _changed(run, one, changed)
    say = speaker(run, lang)
    text = SENTENCES[lang]
    return WhatIf(
        one.row["address"],
        one.mailbox_id,
        (*head_of(one, say), text.no_trace),
        tuple(changed),
        tuple((c.name, say.value(c.before, c.kind), say.value(c.after, c.kind)) for c in changed),
        tuple(_compared(remedy, one, other, say) for remedy in run.checked.remedies),
        ("", text.as_decided, text.what_if),
        text.why_if,
    )


# What is different


def _read(run: RunFolder, one: OneOf, text: str) -> Change:
    name, equals, written = text.partition("=")
    name, written = name.strip(), written.strip()
    policy = one.run.checked.policy
    kinds = names_of(run)
    if not equals or name not in kinds:
        close = nearest(name, list(kinds))
        raise bad_input(
            "bad-what-if",
            f"{name!r} is nothing that can be different" if equals else f"{text!r} names no value",
            "it takes a field, an input, an amount, a measure.attribute or a run constant,"
            " and its value",
            f"write {close}=VALUE" if close else "write it as plan=libero-plus-5",
            Place(OPTION),
        )
    kind = kinds[name]
    return Change(name, kind, one.known.get(_leaf(policy, name)), _value(one, name, kind, written))


def names_of(run: RunFolder) -> dict[str, Kind]:
    """Everything that can be taken to be different, by name, with its kind.

    Of measures only what the rules read, for nothing else is measured.
    """
    policy = run.checked.policy
    attributes = {
        f"{measure.name}.{name}": kind
        for measure in policy.measures.values()
        for name, kind in ATTRIBUTES.items()
        if f"{measure.name}.{name}" in run.names
    }
    return {
        **{name: field.kind for name, field in FIELDS.items()},
        **RUN,
        **attributes,
        **{name: given.kind for name, given in policy.inputs.items()},
        **{name: amount.values[-1].number.kind for name, amount in policy.amounts.items()},
    }


def _leaf(policy: Policy, name: str) -> str:
    """The name under which the evaluator knows it."""
    if name in policy.inputs:
        return f"input {name}"
    return f"amount {name}" if name in policy.amounts else name


def _value(one: OneOf, name: str, kind: Kind, written: str) -> Scalar:
    if written in ("null", ""):
        return None
    if kind is Kind.TEXT:
        found = written[1:-1] if written[:1] == written[-1:] == "'" else written
        words = FIELDS[name].words if name in FIELDS else ()
        if words and found not in words:
            raise bad_input(
                "bad-what-if",
                f"{found!r} is no value of {name}",
                f"the values are {', '.join(words)}",
                "write one of them",
                Place(OPTION, field=name),
            )
        return found
    place = Place(OPTION, field=name)
    node = parse_text(written, Value(place, text=written))
    term = Scope(one.run.checked.policy).typed_as(node, kind, name)
    try:
        return evaluate(term, one.known)
    except KeyError as error:
        raise bad_input(
            "bad-what-if",
            f"{written!r} reads {error}, which this policy's rules do not",
            "only what the rules read is known here",
            "write the value itself",
            place,
        ) from None


def _changed(run: RunFolder, one: OneOf, changes: Iterable[Change]) -> OneOf:
    """The mailbox with everything named different, judged by nothing yet."""
    row, inputs, known = dict(one.row), dict(one.inputs), {}
    today = one.run.bound.today
    for change in changes:
        if change.name == "today":
            assert isinstance(change.after, date)
            today = change.after
        elif change.name in FIELDS and not change.name.startswith("then."):
            _set(row, change)
        elif change.name in one.run.checked.policy.inputs:
            inputs[f"input {change.name}"] = change.after
        else:
            known[_leaf(one.run.checked.policy, change.name)] = change.after
    other = looked_at(_on(run, today), row, inputs, {})
    return replace(other, known={**other.known, **known})


def _on(run: RunFolder, today: date) -> RunFolder:
    if today == run.bound.today:
        return run
    sight = run.bound.sight
    bound = setting(run.checked.policy, sight.outage, today, sight.until)
    return replace(run, bound=bound)


def _set(row: dict[str, Any], change: Change) -> None:
    """Put a value into the row as the snapshot would have it; ``BadInput`` where it cannot."""
    name, value = change.name, change.after
    if name.startswith("allows."):
        bit = 1 << WAYS.index(name.removeprefix("allows."))
        row["ways"] = row["ways"] | bit if value else row["ways"] & ~bit
        return
    column = "price_minor" if name == "price" else FIELDS[name].columns[-1]
    if value is None and row[column] is not None and column in _NEVER_NULL:
        raise _not_so(change, "it is never null", "write a value")
    if isinstance(value, Fraction):
        if value.denominator != 1 or value < 0:
            raise _not_so(change, "a snapshot has whole numbers", "write one of zero or more")
        row[column] = int(value)
    elif isinstance(value, datetime):
        row[column] = value.astimezone(UTC).replace(tzinfo=None)
    else:
        row[column] = value


_NEVER_NULL = frozenset(
    (
        "brand", "store", "locale", "standing", "created_at", "plan", "plan_since", "price_minor",
        "billing_months", "storage_bytes", "used_bytes",
    )
)  # fmt: skip


def _not_so(change: Change, why: str, todo: str) -> BadInput:
    return bad_input(
        "bad-what-if",
        f"{change.name} cannot be {'null' if change.after is None else change.after}",
        why,
        todo,
        Place(OPTION, field=change.name),
    )


# Both sides


def _compared(remedy: CheckedRemedy, one: OneOf, other: OneOf, say: Speaker) -> RemedyCompared:
    text = SENTENCES[say.lang]
    before, after = one.stored[remedy.name], other.judged(remedy)
    at = {rule.name: rule.place.line for rule in remedy.rules}
    was, would = (f"{one.rule}, {at[one.rule]}" for one in (before, after))
    rows = [
        (remedy.source.title[say.lang], _owed(before, text, say), _owed(after, text, say)),
        (f"  {text.by_rule}", was, would),
    ]
    if before.consent != after.consent:
        rows.append((f"  {text.consent}", _consent(before, text), _consent(after, text)))
    if before.deadline != after.deadline:
        was, would = (say.day(one.deadline) if one.deadline else "–" for one in (before, after))
        rows.append((f"  {text.deadline}", was, would))
    if before != one.judged(remedy):
        rows.append((f"  {text.differs}", "", ""))
    return RemedyCompared(remedy.name, before, after, tuple(rows), tell(remedy, other, say).lines)


def _owed(outcome: Judged, text: Sentences, say: Speaker) -> str:
    return f"{text.none} [{outcome.reason}]" if outcome.reason else gift(outcome, say)


def _consent(outcome: Judged, text: Sentences) -> str:
    return text.asked[outcome.consent] if not outcome.reason else "–"


def _iso(value: Scalar) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
