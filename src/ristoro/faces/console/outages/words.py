"""What is wrong with a draft, and what to do, in the reader's language beside the exact words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy
from ristoro.kernel.errors import Problem
from ristoro.outages.drafts.judge import Fault

WRONG: Mapping[str, tuple[Lazy, Lazy]] = {
    "bad-name": (
        _("This cannot name an outage."),
        _("Use a to z, 0 to 9 and single hyphens, at most 80 characters."),
    ),
    "name-declared": (
        _("An outage of this name was declared already."),
        _("Choose another name, or correct that outage."),
    ),
    "no-windows": (
        _("No window is declared: nothing would have failed."),
        _("Draw a bar on a row, or press “add” beside it."),
    ),
    "duplicate-window": (
        _("The same component and store are declared twice for the same time."),
        _("Remove one of the two, or mend the time, component or stores of one."),
    ),
    "ends-before-start": (
        _("It ends no later than it begins."),
        _("Put the end after the beginning, or leave it empty while it is still going."),
    ),
    "rate-of-down": (
        _("What is down fails for every request: it has no error rate."),
        _("Choose “degraded”, or empty the error rate."),
    ),
    "bad-error-rate": (
        _("This is no share of failed requests."),
        _("Write it as 12.5 %: more than 0, at most 100, in steps of 0.1; empty if not known."),
    ),
    "announced-unplanned": (
        _("Only planned work is announced before it begins."),
        _("Tick “planned”, or empty the time of the announcement."),
    ),
    "announced-late": (
        _("It was announced after it began, which excuses nothing."),
        _("Mend the time, or untick “planned” and empty the announcement."),
    ),
    "reopens-twice": (
        _("A store reopens at two different times."),
        _("Leave each store in one line of the reopening."),
    ),
    "reopens-nothing": (
        _("Nothing of this window reopens on this line."),
        _("Mend its stores or components, or empty the line."),
    ),
    "reopens-outside": (
        _("This reopens outside its window."),
        _("A reopening is after the beginning and no later than the end."),
    ),
    "excludes-nothing": (
        _("No window lies in this excluded time."),
        _("Mend its time, components or stores, or empty its line."),
    ),
    "unknown-component": (
        _("There is no such component."),
        _("Choose among the components."),
    ),
    "unknown-brand": (
        _("There is no such brand in this outage."),
        _("Choose one of its brands, or add the brand with its stores."),
    ),
    "unknown-store": (
        _("One of these stores is not a store of these brands."),
        _("Mend the name, choose its brand, or add it to the brand's stores."),
    ),
    "bad-range": (
        _("This is no range of stores."),
        _("Write it as lib-01..lib-48: the same letters and as many digits at both ends."),
    ),
    "store-twice": (
        _("A store is named twice."),
        _("A store belongs to one brand: leave it in one place."),
    ),
    "too-many-values": (_("The text is too large."), _("Split it into several outages.")),
    "aware-later": (
        _("This is not yet: nobody can have known of it then."),
        _("Write when somebody here first knew of the outage."),
    ),
    "unexplained-correction": (
        _("A correction says why."),
        _("Write the reason: whoever decides later reads it."),
    ),
}

_FIELDS: Mapping[str, tuple[Lazy, Lazy]] = {
    "components": (_("No component is chosen."), _("Tick what failed.")),
    "title-it": (_("There is no Italian title."), _("Write what happened, in a few words.")),
    "title-en": (_("There is no English title."), _("Write what happened, in a few words.")),
    "zone": (_("This is no time zone."), _("Write one such as Europe/Rome.")),
    "stores": (
        _("A brand has no stores."),
        _("Write its stores, with commas; ranges such as lib-01..lib-48."),
    ),
    "outage": (_("The outage has no name."), _("Write one: it becomes part of addresses.")),
    "cause": (_("No cause is chosen."), _("Choose one of the list.")),
    "reason": (_("There is no reason."), _("Write why this time may be excused.")),
}
_TIMES = {"from", "to", "announced", "reopening"}
_TIME: tuple[Lazy, Lazy] = (
    _("This is not one instant of the outage's zone."),
    _("Write a day and a time. Where the clock is changed add the offset: 2023-10-29T02:30+01:00."),
)
_ANY: tuple[Lazy, Lazy] = (_("This is not right yet."), _("The exact words say what to do."))


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is wrong, for its place on a page."""

    part: str
    number: int
    field: str
    sentence: Lazy
    todo: Lazy
    exact: str


def told(fault: Fault) -> Told:
    """A fault in the reader's language."""
    sentence, todo = words_of(fault.problem, fault.field)
    return Told(fault.part, fault.number, fault.field, sentence, todo, str(fault.problem))


def words_of(problem: Problem, field: str) -> tuple[Lazy, Lazy]:
    """What is wrong and what to do, by the problem's code, else by the field it is in."""
    if problem.code in WRONG:
        return WRONG[problem.code]
    if field in _TIMES:
        return _TIME
    return _FIELDS.get(field, _ANY)
