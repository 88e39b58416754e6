"""The words of evidence: what became of messages and sign-ins, and what is wrong with windows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy

register = template.Library()

FATES: Mapping[str, Lazy] = {
    "sent": _("delivered"),
    "delivered": _("delivered at once"),
    "late": _("delivered late"),
    "bounced": _("sent back to its sender"),
    "expired": _("given up after waiting"),
    "deleted": _("deleted by hand"),
    "held": _("on hold"),
    "deferred": _("waiting where the logs end"),
    "waiting": _("waiting where the logs end"),
    "open": _("in the queue where the logs end"),
    "not-shown": _("no line says how it ended"),
    "untold": _("no line says how it ended"),
    "unfilled": _("never whole: the sender hung up"),
    "never-ours": _("never whole: the sender hung up"),
    "passed-on": _("passed on to another queue"),
    "good": _("worked"),
    "refused": _("refused by password or policy"),
    "ours": _("failed by our fault"),
    "cut": _("cut off by a stop"),
    "refused-sign-in": _("sign-in refused by our fault"),
    "started": _("started"),
    "stopped": _("stopped"),
}
FLAWS: Mapping[str, Lazy] = {
    "hole": _("Nothing is said of mail that came then."),
    "before": _("Shut already, and nothing is said of mail yet."),
    "after": _("Still shut, and nothing is said of mail any more."),
    "unsaid": _("Shut, and nothing is said of mail at all."),
    "conflict": _("Two windows say different things of this time."),
}
WHY: Mapping[str, Lazy] = {
    "program": _("another program"),
    "shape": _("an unknown shape"),
    "no stamp": _("no stamp"),
    "too long": _("too long"),
}

_ADDRESS = re.compile(r"\S*@\S*")


@register.filter
def fate(word: str) -> Lazy:
    """What became of it; the bare word where there is none for it."""
    return FATES.get(word, word)


@register.filter
def flaw(word: str) -> Lazy:
    """What is wrong with what was published."""
    return FLAWS.get(word, word)


@register.filter
def why(word: str) -> Lazy:
    """Why a line was not understood."""
    return WHY.get(word, word)


@register.filter
def masked(line: str) -> str:
    """A sample line without anybody's address, and without what would steer a reader."""
    plain = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in line)
    return _ADDRESS.sub("…@…", plain)
