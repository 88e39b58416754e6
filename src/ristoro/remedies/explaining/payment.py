"""How an amount reaches its owner: asked for or not, by which way, by when, and as what."""

from __future__ import annotations

from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy
from ristoro.remedies.language.judge import Judged
from ristoro.remedies.words import Speaker


def told(remedy: CheckedRemedy, outcome: Judged, give: CheckedGive, say: Speaker) -> list[str]:
    """One line each for the consent, the ways of payment and the accounting."""
    text, source = SENTENCES[say.lang], remedy.source
    consent = text.consents[outcome.consent]
    if outcome.consent != "automatic":
        if outcome.deadline is not None:
            consent += text.by.format(day=say.day(outcome.deadline))
        consent += text.silences[give.silence if outcome.consent == "confirm" else ""]
    channels = text.channels[source.channel]
    rights = text.rights[source.other_rights]
    return [
        consent,
        text.paid_by.format(channels=channels),
        text.nature.format(nature=text.natures[source.accounting], rights=rights),
    ]
