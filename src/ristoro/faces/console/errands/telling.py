"""How far an errand is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ristoro.faces.console.estates.words import FAULTS
from ristoro.faces.problems import WORDS
from ristoro.faces.said import Lazy, amount, number
from ristoro.workers import errands
from ristoro.workers.models import Errand, ErrandState

register = template.Library()

STATES: Mapping[int, Lazy] = {
    ErrandState.WAITING: _("waiting"),
    ErrandState.GOING: _("going on"),
    ErrandState.DONE: _("done"),
    ErrandState.FAILED: _("failed"),
    ErrandState.CANCELLED: _("cancelled"),
}
BYTES = "bytes"
STEPS: Mapping[str, tuple[Lazy, str]] = {
    "read": (_("Reading and checking the rows"), ""),
    "read-bytes": (_("Reading and checking the file"), BYTES),
    "write": (_("Sorting and writing the rows"), ""),
    "decide": (_("Deciding"), ""),
    "compare": (_("Deciding by both policies"), ""),
    "load": (_("Loading the grants and the letters"), ""),
    "draw": (_("Drawing samples and counting"), ""),
    "letters": (_("Writing and judging the letters"), ""),
    "check": (_("Reading it whole again"), ""),
    "specimens": (_("Drawing up the letters"), ""),
    "news": (_("Comparing with what is newest"), ""),
    "prove": (_("Deciding again and comparing"), ""),
    "count": (_("Counting the mailboxes"), ""),
    "retry": (_("Planning the rows again"), ""),
    "look": (_("Having the rows looked at"), ""),
    "cases": (_("Running the cases"), ""),
    "read-back": (_("Reading the world again"), ""),
    "walk": (_("Walking the journal"), ""),
    "read-logs": (_("Reading the logs"), BYTES),
    "sort-logs": (_("Sorting the facts by mailbox"), ""),
    "compare-logs": (_("Comparing with the logs"), ""),
    "read-bank-file": (_("Reading the bank's file"), BYTES),
    "look-bank-file": (_("Seeing what it would change"), ""),
    "apply-bank-file": (_("Applying what the bank says"), ""),
    "write-books": (_("Writing the lines of the books"), ""),
}
"""By the name of a step: what is done in it, and in what it is counted where not in pieces."""


@register.filter
def errand_state(value: int) -> Lazy:
    """An errand's state in words."""
    return STATES[value]


@register.filter
def problem_words(code: str) -> Lazy:
    """What a problem is, in the reader's language; empty where there are no words for its code."""
    return FAULTS.get(code) or WORDS.get(code, (0, ""))[1]


def step(errand: Errand) -> str:
    """What is being done."""
    if errand.state == ErrandState.WAITING:
        ahead = errands.before(errand)
        if not ahead:
            return gettext("It is about to begin")
        return ngettext(
            "It waits for one other errand", "It waits for %(n)s other errands", ahead
        ) % {"n": number(ahead)}
    words, _unit = STEPS.get(errand.step, (errand.step or _("Beginning"), ""))
    return str(words)


def counts(errand: Errand, far: errands.Far) -> str:
    """``1.234 di 9.000 (13 %), 450 al secondo, ancora circa 2 minuti``; what is not known apart."""
    if errand.state != ErrandState.GOING or not errand.step:
        return ""
    unit = STEPS.get(errand.step, ("", ""))[1]
    told = [_done(errand, far, unit)]
    if far.a_second:
        told.append(gettext("%(rate)s a second") % {"rate": _count(far.a_second, unit)})
    if far.left is not None:
        told.append(_left(far.left))
    return ", ".join(told)


def _done(errand: Errand, far: errands.Far, unit: str) -> str:
    if errand.total is None:
        return gettext("%(done)s so far") % {"done": _count(errand.done, unit)}
    named = {
        "done": _count(errand.done, unit),
        "total": _count(errand.total, unit),
        "percent": far.percent,
    }
    return gettext("%(done)s of %(total)s (%(percent)s %%)") % named


def _count(value: int, unit: str) -> str:
    return amount(value, unit) if unit == BYTES else number(value)


def _left(left: timedelta) -> str:
    seconds = int(left.total_seconds())
    if seconds < 10:
        return gettext("a few seconds left")
    if seconds < 90:
        return gettext("about %(n)s seconds left") % {"n": seconds // 10 * 10}
    if seconds < 5400:
        return gettext("about %(n)s minutes left") % {"n": (seconds + 30) // 60}
    return gettext("about %(n)s hours left") % {"n": (seconds + 1800) // 3600}


def took(errand: Errand) -> str:
    """How long an ended errand took, from its last beginning."""
    begun, ended = errand.begun_at, errand.ended_at
    return "" if begun is None or ended is None else _long(ended, begun)


def _long(ended: datetime, begun: datetime) -> str:
    seconds = max(0, int((ended - begun).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return gettext("%(n)s s") % {"n": rest}
    return gettext("%(m)s min %(n)s s") % {"m": number(minutes), "n": rest}
