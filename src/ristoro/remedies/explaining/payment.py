"""How an amount reaches its owner: asked for or not, by which way, by when, and as what."""

from __future__ import annotations

from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.language.checked import CheckedChannel, CheckedGive, CheckedRemedy
from ristoro.remedies.language.evaluate import Known, evaluate
from ristoro.remedies.language.judge import Judged


def told(
    remedy: CheckedRemedy, outcome: Judged, give: CheckedGive, known: Known, say: Speaker
) -> list[str]:
    """One line each for the consent, the ways of payment, its deadline and the accounting."""
    text, source = SENTENCES[say.lang], remedy.source
    claimed = give.claimed is not None and evaluate(give.claimed, known) is not None
    consent = text.claimed if claimed else text.consents[outcome.consent]
    if outcome.deadline is not None:
        consent += text.by.format(day=say.day(outcome.deadline))
    if outcome.consent == "confirm":
        consent += text.silences[give.silence]
    elif outcome.consent == "claim":
        consent += text.unclaimed
    chosen = [text.choice.format(name=source.choice)] if source.choice else []
    ways = [_channel(channel, known, say) for channel in remedy.channels]
    ways = ways or [text.channels[source.channel]]
    lines = [consent, *chosen, text.paid_by.format(channels=text.ways.join(ways))]
    if source.paid_within is not None:
        within = say.value(source.paid_within.value, source.paid_within.kind)
        lines.append(text.paid_within.format(time=within))
    rights = text.rights[source.other_rights]
    lines.append(text.nature.format(nature=text.natures[source.accounting], rights=rights))
    return lines


def _channel(channel: CheckedChannel, known: Known, say: Speaker) -> str:
    text = SENTENCES[say.lang]
    name = text.channels[channel.name]
    if channel.over is not None:
        amount = say.value(evaluate(channel.over, known), channel.over.kind)
        name = text.channel_over.format(channel=name, amount=amount)
    return text.channel_closed.format(channel=name) if channel.when_closed else name
