"""The letters of a decision as pages show them: one of each brand and kind, in both languages.

``letters.json`` is written once beside the outcomes, for looking at every class of letters reads
the large files; what it says of a class is what ``previews`` found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ristoro.kernel.errors import BadInput, Missing, RistoroError
from ristoro.notices.facts import LANGUAGES, NoticeKind
from ristoro.notices.findings import Finding
from ristoro.notices.letters import Desk, Preview
from ristoro.notices.previews import Progress, previews, unheard
from ristoro.remedies.decided import Decided

LETTERS = "letters.json"


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter of one brand, kind and language, and what the lint says of all that are like it."""

    brand: str
    name: str
    """Of the sender."""
    kind: str
    lang: str
    classes: int
    """Of letters of this brand and kind in this language; none where no holder reads it."""
    line: str
    plain: str
    html: str
    findings: tuple[Finding, ...]
    """Of any of these classes, each once."""


@dataclass(frozen=True, slots=True)
class Letters:
    """What ``letters.json`` says: the letters, or why there are none."""

    shown: tuple[Shown, ...]
    classes: int
    wrong: tuple[str, ...]
    """The problems that kept them from being written, in full."""

    @property
    def found(self) -> int:
        """How many letters have a finding."""
        return sum(1 for one in self.shown if one.findings)


def one_of_each(decided: Decided, desk: Desk, progress: Progress = unheard) -> Iterator[Shown]:
    """A letter of each brand and kind that the run may write, in every language.

    Where the run writes it in one language only, the other says the same of the same grants.
    ``BadInput`` for a brand that may not write.
    """
    first: dict[tuple[str, NoticeKind], dict[str, Preview]] = {}
    classes: dict[tuple[str, NoticeKind, str], int] = {}
    findings: dict[tuple[str, NoticeKind, str], dict[Finding, None]] = {}
    for preview in previews(decided, desk, progress):
        subject = preview.subject
        kind = (subject.brand.code, subject.kind)
        first.setdefault(kind, {}).setdefault(subject.locale, preview)
        key = (*kind, subject.locale)
        classes[key] = classes.get(key, 0) + 1
        findings.setdefault(key, {}).update(dict.fromkeys(preview.findings))
    for (brand, kind_), by_language in sorted(first.items()):
        for lang in LANGUAGES:
            found = by_language.get(lang) or _in_other_words(by_language, lang, desk)
            key = (brand, kind_, lang)
            held = findings.get(key, dict.fromkeys(found.findings))
            yield Shown(
                brand, found.subject.brand.name, kind_.folder, lang, classes.get(key, 0),
                found.line, found.plain, found.html, tuple(held),
            )  # fmt: skip


def _in_other_words(by_language: Mapping[str, Preview], lang: str, desk: Desk) -> Preview:
    """The same letter in a language that none of its holders reads."""
    some = next(iter(by_language.values())).subject
    return next(desk.previews([replace(some, locale=lang, outage=desk.outage[lang])]))


def told(decided: Decided, desk: Desk, progress: Progress = unheard) -> dict[str, Any]:
    """What ``letters.json`` has to say of a decision."""
    try:
        shown = [asdict(one) for one in one_of_each(decided, desk, progress)]
    except (BadInput, Missing) as error:
        return why_none(decided, error)
    return {"outcomes_digest": decided.outcomes_digest, "letters": shown, "wrong": []}


def why_none(decided: Decided, error: RistoroError) -> dict[str, Any]:
    """What it says where no letter could be written."""
    wrong = [str(problem) for problem in error.problems]
    return {"outcomes_digest": decided.outcomes_digest, "letters": [], "wrong": wrong}


def read(folder: Path, outcomes_digest: str) -> Letters | None:
    """The letters beside these outcomes; ``None`` where none were written."""
    try:
        kept = json.loads((folder / LETTERS).read_bytes())
    except (OSError, ValueError):
        return None
    if kept.get("outcomes_digest") != outcomes_digest:
        return None
    shown = tuple(
        Shown(**{**one, "findings": tuple(Finding(**each) for each in one["findings"])})
        for one in kept["letters"]
    )
    return Letters(shown, sum(one.classes for one in shown), tuple(kept["wrong"]))
