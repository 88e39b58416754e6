"""What stands against publishing, said at the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy
from ristoro.kernel.errors import Problem

WRONG: Mapping[str, Lazy] = {
    "too-long": _("It is too long: say it shorter."),
    "control-character": _("It holds a hidden character: type it anew instead of pasting it."),
    "not-said": _("Fill this in."),
    "wrong-time": _("This is not one instant. Mind the hour that clocks skip or repeat."),
    "in-the-future": _("An incident has begun already; what is going to be is planned work."),
    "plan-empty": _("The work ends before it begins: write the later time here."),
    "phase-of-other-kind": _("Choose one of the list."),
    "impact-of-other-kind": _("Choose one of the list."),
    "unknown-part": _("There is no such component."),
    "incident-over": _("It was said to be over: write what it was, or open another incident."),
    "incident-open": _("It is not over yet: say first that it is."),
    "update-twice": _("This is what the last update says, word for word."),
}
ONE_LANGUAGE: Mapping[str, Lazy] = {
    "it": _("Write it in Italian too: neither language is published without the other."),
    "en": _("Write it in English too: neither language is published without the other."),
}
NAMES: Mapping[str, Lazy] = {
    "title.it": _("Title in Italian"),
    "title.en": _("Title in English"),
    "text.it": _("Text in Italian"),
    "text.en": _("Text in English"),
    "phase": _("How far it is"),
    "impact": _("How bad it is"),
    "from": _("From"),
    "until": _("Until"),
    "outage": _("Outage"),
    "components": _("Components"),
}


def field_of(problem: Problem) -> str:
    """The field that a problem is about; the phase where it is about the update as a whole."""
    field = problem.place.field if problem.place is not None else None
    return field if field is not None and field in NAMES else "phase"


def sentence(problem: Problem) -> str:
    """What is wrong, in the reader's language."""
    if problem.code == "one-language":
        return str(ONE_LANGUAGE[field_of(problem)[-2:]])
    return str(WRONG.get(problem.code, problem.what))
