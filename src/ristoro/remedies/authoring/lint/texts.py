"""Texts that holders read: missing, not translated, left unfinished, or with a link in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import Place
from ristoro.remedies.authoring.lint.desk import Desk, values_of
from ristoro.remedies.authoring.lint.findings import Finding, Findings, found
from ristoro.remedies.language.policy import Nothing

_UNFINISHED = re.compile(
    r"(?i)\b(todo|tbd|tba|fixme|xxx+|lorem ipsum|da definire|da fare)\b|^[.…?-]+$"
)
_LINK = re.compile(
    r"(?i)https?://|\bwww\.|\b[\w.+-]+@[\w-]+\.[a-z]{2,}|\b[\w-]+\.(it|com|eu|org|net)\b"
)
_LANGUAGES = {"it", "en"}


def find(desk: Desk) -> Findings:
    """Everything about words for people."""
    for value in values_of(desk.tree):
        entries = value.entries or {}
        if set(entries) == _LANGUAGES:
            yield from _pair(entries)
    references = (desk.tree.entries or {}).get("references")
    for name, value in (references.entries or {}).items() if references is not None else ():
        if value.text is not None and _UNFINISHED.search(value.text.strip()):
            yield _unfinished(value.place, f"the reference {name!r}")
    for name, given in desk.policy.inputs.items():
        if not given.title:
            yield found(
                "missing-title",
                given.place,
                f"the input {name!r} has no title",
                "add `title: {it: …, en: …}`",
            )
    yield from _reasons(desk)
    yield from _titles(desk)


def _pair(entries: Mapping[str, Value]) -> Findings:
    for language, value in entries.items():
        if value.text is None:
            continue
        if _UNFINISHED.search(value.text.strip()):
            yield _unfinished(value.place, f"the text in `{language}`")
        if _LINK.search(value.text):
            yield found(
                "link-in-text",
                value.place,
                "this text has an address in it, which a reader may turn into a link",
                "name the page or the office in words; addresses belong into `references`",
            )
    it, en = (entries[language].text or "" for language in ("it", "en"))
    if it == en and len(it.split()) > 3 and not _UNFINISHED.search(it.strip()):
        yield found(
            "not-translated",
            entries["en"].place,
            "both languages have the same words",
            "write the sentence in each of the two",
        )


def _unfinished(place: Place, what: str) -> Finding:
    return found(
        "unfinished-text", place, f"{what} is not written yet", "write what holders are to read"
    )


def _reasons(desk: Desk) -> Findings:
    """One code of a reason that is told in two ways."""
    said: dict[str, tuple[Mapping[str, str], Place]] = {}
    for remedy in desk.policy.remedies:
        for rule in remedy.rules:
            if not isinstance(rule.result, Nothing):
                continue
            nothing = rule.result
            words, first = said.setdefault(nothing.reason, (nothing.because, nothing.place))
            if words != nothing.because:
                yield found(
                    "reason-two-meanings",
                    nothing.place,
                    f"the reason {nothing.reason!r} is told in other words on line {first.line}",
                    "give one of them a code of its own, or the same words",
                )


def _titles(desk: Desk) -> Findings:
    seen: dict[tuple[str, ...], str] = {}
    for remedy in desk.policy.remedies:
        title = tuple(sorted(remedy.title.values()))
        if title in seen and not any(_UNFINISHED.search(words) for words in title):
            yield found(
                "same-title",
                desk.field(remedy.place, "title"),
                f"{remedy.name!r} and {seen[title]!r} have one title",
                "let each title say what that remedy is",
            )
        seen.setdefault(title, remedy.name)
