"""What the agent may say at each point of a call, in both languages, the caller's first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ristoro import env, wiring
from ristoro.faces.said import Lazy, in_own
from ristoro.fulfilment.callers import spoken
from ristoro.fulfilment.callers.models import Call, Deed
from ristoro.fulfilment.callers.sentences import (
    Situation,
    Suggested,
    Words,
    suggest,
)
from ristoro.fulfilment.held import GrantFacts, Programme
from ristoro.notices.codes import code_of
from ristoro.notices.facts import LANGUAGES
from ristoro.remedies.models import Run

REASONS: tuple[tuple[str, Lazy], ...] = (
    ("must-i", _("must they do anything")),
    ("genuine", _("is a message ours")),
    ("answer", _("a yes or a no")),
    ("when", _("when it comes")),
    ("why", _("why this, or why nothing")),
    ("fault", _("something does not work")),
    ("damages", _("damage")),
    ("letter", _("a letter that did not come")),
    ("other", _("something else")),
)
"""What a call was about, in the order of the keys 1 to 9 (``callers.calls.ABOUT``)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as the page shows it: each language with its paragraphs, the caller's first."""

    name: str
    about: str
    spoken: tuple[tuple[str, tuple[str, ...]], ...]


def before(call: Call) -> list[Line]:
    """What may be said to whoever has not been verified."""
    return [*_lines(call, "verify"), *_lines(call, "anybody")]


def after(call: Call, programmes: Iterable[Programme], now: datetime) -> list[Line]:
    """What may be said to the verified holder, of their own mailbox and of everybody's.

    ``now`` is in the zone of the days that are told.
    """
    secret = env.current().secret("RISTORO_NOTICE_SECRET").encode()

    def code(run: Run, notice_id: int) -> str:
        return code_of(secret, run.name, notice_id)

    situations = spoken.situations_of(programmes, now, code)
    return [*_lines(call, "mailbox", situations), *_lines(call, "anybody")]


def to_read(call: Call, run: Run, asked: Sequence[GrantFacts], now: datetime) -> list[Line]:
    """What is read out before an answer is taken."""
    situations = [spoken.asked(run, one, len(asked) > 1, now) for one in asked]
    return _lines(call, "confirm", situations)


def recorded(call: Call, deed: Deed | None) -> list[Line]:
    """What is said of what was just done."""
    if deed is None:
        return []
    return _lines(call, "recorded", [spoken.said(deed.what, deed.number)])


def _lines(call: Call, place: str, situations: Sequence[Situation] = ()) -> list[Line]:
    found = suggest(wiring.sentences_of(env.current()), place, _common(call), situations)
    return [_line(one, call.locale) for one in found]


def _line(one: Suggested, locale: str) -> Line:
    first = locale if locale in LANGUAGES else LANGUAGES[0]
    order = (first, *(lang for lang in LANGUAGES if lang != first))
    return Line(one.name, in_own(one.about), tuple((lang, one.words[lang]) for lang in order))


def _common(call: Call) -> Mapping[str, Words]:
    brand = wiring.brands_of(env.current()).get(call.brand)
    named = {
        "brand": brand.name if brand else call.brand,
        "webmail": brand.webmail if brand else call.brand,
        "agent": call.person,
    }
    return {name: dict.fromkeys(LANGUAGES, words) for name, words in named.items()}
