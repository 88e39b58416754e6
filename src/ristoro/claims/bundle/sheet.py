"""The sheet of a bundle: the whole claim on one page that a court can read, in two languages.

It is made from the contents alone, and adds nothing to them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from ristoro.claims.bundle import words
from ristoro.claims.bundle.contents import Contents, Facts
from ristoro.claims.reasons import OUTCOMES, REASONS, Outcome
from ristoro.fulfilment import wording
from ristoro.kernel.money import Money
from ristoro.kernel.visible import visible

LANGUAGES = ("it", "en")
_ENGINE = Engine(dirs=[str(Path(__file__).with_name("templates"))], autoescape=True)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the sheet: a heading, sentences, and pairs of a label and its value."""

    heading: str
    sentences: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


def sheets(contents: Contents, at: datetime) -> dict[str, bytes]:
    """The sheet in each language, by its path in the bundle."""
    page = _ENGINE.get_template("sheet.html")
    made = {}
    for lang in LANGUAGES:
        title = words.HEADINGS["title"][lang].format(number=contents.number)
        sections = [_visible(one) for one in _sections(contents, lang)]
        values = {"lang": lang, "title": title, "sections": sections}
        values["at"] = wording.instant(at, lang)
        made[f"read-me.{lang}.html"] = page.render(Context(values)).encode()
    return made


def _visible(one: Section) -> Section:
    """What a holder or a stranger wrote turns no line of the sheet around."""
    pairs = tuple((visible(label), visible(value)) for label, value in one.pairs)
    return Section(one.heading, tuple(visible(each) for each in one.sentences), pairs)


def _sections(contents: Contents, lang: str) -> Iterator[Section]:
    heading = {name: said[lang] for name, said in words.HEADINGS.items()}
    evidence = _evidence(contents.evidence)
    yield Section(heading["claim"], (), tuple(_claim(contents.claim, lang)))
    yield Section(heading["evidence"], (), tuple(_shown(evidence, lang)))
    limits = tuple(dict.fromkeys(_limits(evidence, lang)))
    yield Section(heading["limits"], limits)
    sources = tuple((one["file"], one["sha256"]) for one in evidence.get("sources", ()))
    yield Section(heading["custody"], (words.CUSTODY[lang],), sources)
    yield Section(heading["rule"], tuple(_rule(contents.rule, lang)))
    for decision in contents.decisions:
        pairs = tuple(_decision(decision, lang))
        yield Section(heading["decision"], (words.NO_RIGHT[lang],), pairs)
    if not contents.decisions:
        yield Section(heading["decision"], (words.NOT_DECIDED[lang],))
    happened = tuple((_instant(one["at"], lang), _happening(one)) for one in contents.timeline)
    yield Section(heading["timeline"], (), happened)
    yield Section(heading["check"], (words.CHECK[lang],))


def _claim(claim: Facts, lang: str) -> Iterator[tuple[str, str]]:
    yield _label("mailbox", lang), str(claim["address"])
    yield _label("outage", lang), str(claim["outage"])
    yield _label("filed", lang), _instant(claim["filed_at"], lang)
    yield _label("due", lang), _day(claim["due_on"], lang)
    yield _label("lost", lang), words.LOST[claim["lost"]][lang]
    for name in ("counterparty", "how"):
        if claim[name]:
            yield _label(name, lang), str(claim[name])
    if claim["happened_on"]:
        yield _label("happened", lang), _day(claim["happened_on"], lang)
    if claim["cost_minor"] is not None:
        yield _label("cost", lang), _money(claim["cost_minor"], claim["currency"], lang)
    for paper in claim["documents"]:
        yield _label("document", lang), f"{paper['name']} (SHA-256 {paper['sha256']})"


def _shown(evidence: Facts, lang: str) -> Iterator[tuple[str, str]]:
    window, totals = evidence.get("window"), evidence.get("totals")
    if not window or not totals:
        return
    span = f"{_instant(window['from'], lang)} – {_instant(window['to'], lang)}"
    yield _label("window", lang), span
    lost = sum(int(totals.get(name, 0)) for name in ("bounced", "expired", "deleted"))
    open_ends = sum(int(totals.get(name, 0)) for name in ("held", "waiting", "not_shown"))
    counted = {**totals, "not_delivered": lost, "waiting": open_ends}
    for name in (
        *("messages", "delivered", "late", "not_delivered", "waiting"),
        *("refused_at_door", "sign_ins_ours"),
    ):
        yield _label(name, lang), wording.number(int(counted.get(name, 0)), lang)


def _limits(evidence: Facts, lang: str) -> Iterator[str]:
    for one in evidence.get("limits", ()):
        said = words.LIMITS.get(one["limit"])
        yield said[lang] if said else str(one["limit"])


def _rule(rule: Facts, lang: str) -> Iterator[str]:
    yield words.LAW[lang]
    if not rule.get("policy"):
        yield words.NO_RUN[lang]
        return
    yield f"{_label('policy', lang)}: {rule['policy']} {rule['version']}"
    for paragraph in rule.get("paragraphs", ()):
        yield f"{paragraph['title'][lang]}: {paragraph['other_rights'][lang]}"


def _decision(one: Facts, lang: str) -> Iterator[tuple[str, str]]:
    outcome, currency = Outcome(one["outcome"]), str(one["currency"])
    yield _label("found_at", lang), f"{_instant(one['found_at'], lang)} ({one['found_by']})"
    yield _label("outcome", lang), OUTCOMES[outcome][lang]
    for code in one["reasons"]:
        yield _label("reasons", lang), REASONS[code].words[lang]
    if one["words"]:
        yield _label("words", lang), str(one["words"])
    if outcome.accepted:
        yield _label("amount", lang), _money(one["amount_minor"], currency, lang)
        for given in one["set_off"]:
            amount = _money(given["amount_minor"], currency, lang)
            yield _label("set_off", lang), f"{amount} ({given['what']})"
        yield _label("pays", lang), _money(one["pays_minor"], currency, lang)
    if one["agreed_at"]:
        agreed = f"{_instant(one['agreed_at'], lang)} ({one['agreed_by']})"
        yield _label("agreed_at", lang), agreed
    if one.get("settlement"):
        paid = one["settlement"]
        yield _label("settlement", lang), f"{paid['key']}: {paid['state']} {paid['result']}".strip()
    if one.get("settlement_by_choice"):
        paid = one["settlement_by_choice"]
        yield _label("settlement", lang), f"{paid['key']}: {paid['state']} {paid['result']}".strip()
    if one.get("in_kind"):
        gift = one["in_kind"]
        told = f"{gift['amount']} {gift['unit']}: {gift['state']} {gift['result']}".strip()
        yield _label("in_kind", lang), told


def _happening(one: Facts) -> str:
    said = f": {one['text']}" if one.get("text") else ""
    return f"{one['what']} ({one['by']}){said}"


def _evidence(raw: bytes) -> Mapping[str, Any]:
    found = json.loads(raw) if raw else {}
    return found if isinstance(found, dict) else {}


def _label(name: str, lang: str) -> str:
    return words.LABELS[name][lang]


def _instant(text: str, lang: str) -> str:
    return wording.instant(datetime.fromisoformat(text), lang)


def _day(text: str, lang: str) -> str:
    return wording.day(date.fromisoformat(text), lang)


def _money(minor: int, currency: str, lang: str) -> str:
    return Money(minor, currency).words(lang)
