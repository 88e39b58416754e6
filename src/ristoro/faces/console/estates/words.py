"""What may be wrong with a row, in the reader's language; sizes of files."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy, amount

register = template.Library()

FAULTS: Mapping[str, Lazy] = {
    "missing": _("empty, and must not be"),
    "untranslated": _("a word that the mapping does not translate"),
    "field-count": _("more or fewer fields than the header"),
    "not-utf8": _("not UTF-8"),
    "address": _("no address"),
    "too-long": _("too long"),
    "control-character": _("a control character"),
    "unknown-word": _("a word that is none of those known"),
    "not-a-number": _("not a whole number"),
    "negative": _("less than nothing"),
    "out-of-range": _("out of range"),
    "unknown-way": _("a way in that is none of those known"),
    "not-an-amount": _("not an amount"),
    "not-an-instant": _("not an instant"),
    "not-a-day": _("not a day"),
    "closed-before-created": _("closed before it was created"),
    "in-the-future": _("after the instant of the snapshot"),
    "no-billing-period": _("a price without its months"),
    "no-paid-until": _("a paid plan without the day it is paid until"),
    "before-incomplete": _("an earlier plan only in part"),
    "address-twice": _("the same address twice"),
    "mailbox-id-twice": _("the same number twice"),
    "id-collision": _("two addresses that make the same number"),
}
"""By the code of a fault."""


@register.filter
def fault(code: str) -> Lazy:
    """What is wrong; the bare code where there are no words for it."""
    return FAULTS.get(code, code)


@register.filter
def bytes(value: int) -> str:
    """``2,7 GB``."""
    return amount(value, "bytes")
