"""What the closed lists of a status page are called to people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from ristoro import env, wiring
from ristoro.faces.components import COMPONENTS
from ristoro.faces.facts import rules
from ristoro.faces.said import Lazy
from ristoro.outages.incidents.states import Condition, Impact, Indicator, Phase

register = template.Library()

CONDITIONS: Mapping[str, Lazy] = {
    Condition.OPERATIONAL: _("works"),
    Condition.UNDER_MAINTENANCE: _("under maintenance"),
    Condition.DEGRADED: _("slow or unreliable"),
    Condition.PARTIAL_OUTAGE: _("not working for some"),
    Condition.MAJOR_OUTAGE: _("not working"),
}
INDICATORS: Mapping[str, Lazy] = {
    Indicator.NONE: _("Everything works"),
    Indicator.MINOR: _("Something is slow or unreliable"),
    Indicator.MAJOR: _("Something does not work for some"),
    Indicator.CRITICAL: _("Something does not work"),
    Indicator.MAINTENANCE: _("Planned work is going on"),
}
PHASES: Mapping[str, Lazy] = {
    Phase.INVESTIGATING: _("We are looking for the cause"),
    Phase.IDENTIFIED: _("We have found the cause"),
    Phase.MONITORING: _("It works again; we keep watching"),
    Phase.RESOLVED: _("It is over"),
    Phase.POSTMORTEM: _("What it was"),
    Phase.SCHEDULED: _("Planned"),
    Phase.IN_PROGRESS: _("Going on"),
    Phase.VERIFYING: _("Done; we are checking"),
    Phase.COMPLETED: _("Finished"),
}
IMPACTS: Mapping[str, Lazy] = {
    Impact.NONE: _("without effect"),
    Impact.MINOR: _("small effect"),
    Impact.MAJOR: _("large effect"),
    Impact.CRITICAL: _("very large effect"),
    Impact.MAINTENANCE: _("planned work"),
}


@register.filter
def begins(gives: rules.Gives, since: date) -> str:
    """From when what a rule gives is given."""
    return rules.begins(gives, since)


@register.filter
def here(value: datetime) -> datetime:
    """An instant in the provider's own zone."""
    return value.astimezone(wiring.zone_of(env.current()))


@register.filter
def slug(name: str) -> str:
    """The name of a field as the id of what it is typed into."""
    return name.replace(".", "-")


@register.filter
def brand_name(code: str) -> str:
    """What the public knows a brand as."""
    brand = wiring.brands_of(env.current()).get(code)
    return code if brand is None else brand.name


@register.filter
def condition(value: str) -> Lazy:
    """How a component works, in words."""
    return CONDITIONS[value]


@register.filter
def phase(value: str) -> Lazy:
    """How far an incident is, in words."""
    return PHASES[value]


@register.filter
def impact(value: str) -> Lazy:
    """How bad it is, in words."""
    return IMPACTS[value]


@register.filter
def component(value: str) -> str:
    """What a component is called."""
    return capfirst(str(COMPONENTS[value]))
