"""What a policy declares and no rule comes to: often a number that was forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.desk import Desk, nodes_in
from ristoro.remedies.authoring.lint.findings import Findings, found
from ristoro.remedies.language.checked import CheckedGive
from ristoro.remedies.language.expressions import names_in
from ristoro.remedies.language.policy import Policy

_SECTIONS = ("inputs", "amounts", "measures", "values", "tables")
_SINGULAR = {
    "inputs": "input",
    "amounts": "amount",
    "measures": "measure",
    "values": "value",
    "tables": "table",
}


def find(desk: Desk) -> Findings:
    """Everything that is declared and not used; what only unused things read is not told."""
    if not desk.whole:
        return
    used = _used(desk.policy)
    read_by_unused = set(_read_by_unused(desk.policy, used))
    for section in _SECTIONS:
        for name in getattr(desk.policy, section):
            if name not in used | read_by_unused | desk.beside.asked:
                yield found(
                    f"unused-{_SINGULAR[section]}",
                    _place(desk, section, name),
                    f"no rule comes to the {_SINGULAR[section]} {name!r}",
                    "use it, or remove it",
                )
    yield from _references(desk)
    yield from _header(desk)
    yield from _consents(desk)


def _names(thing: object) -> Iterator[str]:
    """Every name that a part of the policy reads, by its first word."""
    for node in nodes_in(thing):
        for path in names_in(node):
            yield path
            yield path.split(".")[0]


def _declared(policy: Policy) -> Mapping[str, object]:
    return {
        name: thing for section in _SECTIONS for name, thing in getattr(policy, section).items()
    }


def _used(policy: Policy) -> set[str]:
    """The names that the remedies come to, through values, tables and measures."""
    declared = _declared(policy)
    waiting = [*_names(policy.remedies), *_words_in(policy.remedies)]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in declared and name not in used:
            used.add(name)
            waiting.extend(_names(declared[name]))
    return used


def _words_in(thing: object) -> Iterator[str]:
    """Plain words in remedies, for a field that names an input as a word."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for each in thing:
            yield from _words_in(each)
    elif is_dataclass(thing) and not isinstance(thing, (type, Place)):
        for each in fields(thing):
            if each.name not in ("name", "title", "reference", "because", "reason"):
                yield from _words_in(getattr(thing, each.name))


def _read_by_unused(policy: Policy, used: set[str]) -> Iterator[str]:
    for name, thing in _declared(policy).items():
        if name not in used:
            yield from _names(thing)


def _place(desk: Desk, section: str, name: str) -> Place:
    held = (desk.tree.entries or {}).get(section)
    value = (held.entries or {}).get(name) if held is not None else None
    return desk.tree.place if value is None else value.place


def _references(desk: Desk) -> Findings:
    named = set(_named_references(desk.tree, top=True))
    for name in desk.policy.references:
        if name not in named:
            yield found(
                "unused-reference",
                _place(desk, "references", name),
                f"nothing refers to {name!r}",
                "name it where it is the source, or remove it",
            )


def _named_references(value: Value, top: bool = False) -> Iterator[str]:
    for name, below in (value.entries or {}).items():
        if top and name == "references":
            continue
        if name == "reference" and below.text is not None:
            yield below.text.strip()
        yield from _named_references(below)
    for item in value.items or ():
        yield from _named_references(item)


def _consents(desk: Desk) -> Findings:
    """A remedy's consent that each of its rules replaces by one of its own."""
    for remedy in desk.checked.remedies:
        stated = desk.says(remedy.source.place, "consent")
        giving = [rule for rule in remedy.rules if isinstance(rule.result, CheckedGive)]
        if stated is None or not giving:
            continue
        if all(desk.says(rule.place, "consent") is not None for rule in giving):
            yield found(
                "unused-field",
                stated.place,
                f"every rule of {remedy.name!r} that gives states a consent of its own",
                "remove the remedy's, or those of the rules",
            )


def _header(desk: Desk) -> Findings:
    policy = desk.policy
    entries = desk.tree.entries or {}
    asks = any(measure.used_only for measure in policy.measures.values())
    if policy.used_since is not None and not asks:
        yield found(
            "unused-field",
            entries["used_since"].place,
            "`used_since` is stated, and no measure counts used ways",
            "write `any of used ways` in the measure that it is for, or remove it",
        )
    asked = any(
        "working" in (value.text or "")
        for name, section in entries.items()
        if name not in ("references", "calendar", "title")
        for value in _scalars(section)
    )
    if getattr(policy, "calendar", None) is not None and not asked:
        yield found(
            "unused-field",
            entries["calendar"].place,
            "`calendar` is stated, and nothing counts working days",
            "write `2 working days` where they are meant, or remove it",
        )


def _scalars(value: Value) -> Iterator[Value]:
    if value.text is not None:
        yield value
    for below in (*(value.entries or {}).values(), *(value.items or ())):
        yield from _scalars(below)
