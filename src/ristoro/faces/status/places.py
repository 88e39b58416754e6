"""The addresses of public pages, in whichever language."""

from __future__ import annotations

from django.urls import reverse
from django.utils import translation

from ristoro.outages.incidents.models import Incident


def incident_place(incident: Incident, lang: str) -> str:
    """The path of an incident's page in that language."""
    with translation.override(lang):
        return reverse("status:incident", args=[incident.slug])


def programme_place(name: str, lang: str) -> str:
    """The path of a programme's page of facts in that language."""
    with translation.override(lang):
        return reverse("status:programme", args=[name])
