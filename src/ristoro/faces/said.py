"""Figures, days and states in the reader's language, as filters for templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ristoro.fulfilment import wording
from ristoro.fulfilment.models import GrantState
from ristoro.kernel.money import Money
from ristoro.notices import words
from ristoro.notices.models import NoticeState
from ristoro.remedies.models import RunState
from ristoro.workers.models import Act

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

Lazy: TypeAlias = "str | StrPromise"
"""A sentence that is translated when it is shown."""

RUN_STATES: Mapping[int, Lazy] = {
    RunState.LOADING: _("being loaded"),
    RunState.LOADED: _("loaded, waits for a second person"),
    RunState.APPROVED: _("approved"),
    RunState.ACTING: _("acting"),
    RunState.CLOSED: _("closed"),
    RunState.CANCELLED: _("cancelled"),
}
ROW_STATES: Mapping[Act, Mapping[int, Lazy]] = {
    Act.GRANTS: {
        GrantState.WAITING: _("waiting for a yes"),
        GrantState.PLANNED: _("to be made"),
        GrantState.SENDING: _("being made"),
        GrantState.APPLIED: _("made"),
        GrantState.VERIFIED: _("made and read back"),
        GrantState.DEFERRED: _("deferred, tried again"),
        GrantState.REFUSED: _("not possible"),
        GrantState.UNKNOWN: _("not known, being looked at"),
        GrantState.DECLINED: _("declined by the holder"),
        GrantState.REVERSED: _("taken back"),
        GrantState.LAPSED: _("lapsed at the deadline"),
    },
    Act.NOTICES: {
        NoticeState.PLANNED: _("to be delivered"),
        NoticeState.SENDING: _("being delivered"),
        NoticeState.ACCEPTED: _("delivered"),
        NoticeState.VERIFIED: _("delivered and read back"),
        NoticeState.DEFERRED: _("deferred, tried again"),
        NoticeState.REFUSED: _("refused by the mailbox"),
        NoticeState.UNKNOWN: _("not known, being looked at"),
        NoticeState.WITHHELD: _("withheld"),
    },
}
ACTS: Mapping[Act, Lazy] = {Act.GRANTS: _("Remedies"), Act.NOTICES: _("Letters")}
KINDS: Mapping[str, Lazy] = {
    "storage": _("more space"),
    "extension": _("a longer subscription"),
    "service-days": _("more days of service"),
    "credit": _("a credit"),
    "refund": _("a refund"),
    "indemnity": _("an indemnity"),
}
CONSENTS: Mapping[str, Lazy] = {
    "automatic": _("given without asking"),
    "confirm": _("once confirmed"),
    "claim": _("on a claim"),
}


def lang() -> str:
    """The language of the page that is being made: ``it`` or ``en``."""
    return "en" if (get_language() or "it").startswith("en") else "it"


def amount(value: int, unit: str, currency: str = "") -> str:
    """An amount as a person says it; what is exact is the grant."""
    if unit == "bytes":
        return words.size(value, lang())
    if unit == "minor":
        return Money(value, currency).words(lang())
    return f"{wording.number(value, lang())} {_unit(value, unit)}"


def _unit(value: int, unit: str) -> str:
    return words.count(value, unit, lang()).rpartition(" ")[2]


@register.filter
def number(value: int) -> str:
    """``1.234`` or ``1,234``."""
    return wording.number(value, lang())


@register.filter
def day(value: date) -> str:
    """``1 marzo 2023`` or ``1 March 2023``."""
    return wording.day(value, lang())


@register.filter
def instant(value: datetime) -> str:
    """``1 March 2023, 09:00 UTC``, in the instant's own zone."""
    return wording.instant(value, lang())


@register.filter
def owed(line: Mapping[str, object]) -> str:
    """The amount of a line of a run's totals."""
    return amount(int(str(line["amount"])), str(line["unit"]), str(line["currency"]))


@register.filter
def run_state(value: int) -> Lazy:
    """A run's state in words."""
    return RUN_STATES[value]


@register.filter
def act(value: Act) -> Lazy:
    """What an act's rows are called."""
    return ACTS[value]


@register.filter
def kind(value: str) -> Lazy:
    """What a kind of grant is called."""
    return KINDS[value]


@register.filter
def consent(value: str) -> Lazy:
    """What a consent asks for."""
    return CONSENTS[value]


@register.filter
def in_own(words: Mapping[str, str]) -> str:
    """The sentence of the reader's language among a policy's or an outage's words."""
    return words[lang()]
