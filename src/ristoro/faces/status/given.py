"""What is given for an incident: the remedies of the public programmes about its outage."""

from __future__ import annotations

from typing import Any

from ristoro.faces.facts import rules
from ristoro.faces.facts.public import public_runs
from ristoro.faces.facts.sources import sources_of
from ristoro.faces.said import lang
from ristoro.faces.site import Site
from ristoro.faces.status.places import programme_place
from ristoro.kernel.errors import BadInput
from ristoro.remedies.models import Run

KEY_PLACE = ".well-known/ristoro-facts.pem"


def programmes_of(outage: str) -> list[Run]:
    """Public runs over that outage whose papers are as they were approved, the newest first."""
    if not outage:
        return []
    return [run for run in public_runs() if _outage_of(run) == outage]


def remedies_of(outage: str, site: Site) -> list[dict[str, Any]]:
    """Each remedy in the reader's language, with where its facts are, and their signature."""
    found = []
    for run in programmes_of(outage):
        place = site.at(programme_place(run.name, lang()))
        facts = f"{place.rstrip('/')}.json"
        for told in rules.told(sources_of(run), run.totals):
            for gives in told.gives:
                found.append(
                    {
                        "audience": gives.title or told.title,
                        "what": gives.sentence,
                        "from": run.published_at and run.published_at.isoformat(),
                        "until": gives.by and gives.by.isoformat(),
                        "how": rules.answer(gives),
                        "needs_confirmation": gives.consent == "confirm",
                        "statement_url": facts,
                        "statement_key_url": site.at(KEY_PLACE),
                    }
                )
    return found


def _outage_of(run: Run) -> str:
    try:
        return sources_of(run).outage.name
    except BadInput:
        return ""
