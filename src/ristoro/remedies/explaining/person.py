"""What is given once a person, or at most a person: all of the holder's mailboxes side by side."""

from __future__ import annotations

from fractions import Fraction

from ristoro.remedies.explaining.sentences import SENTENCES
from ristoro.remedies.explaining.words import Speaker
from ristoro.remedies.folder.find import OneOf
from ristoro.remedies.language.checked import UNIT_OF, CheckedRemedy
from ristoro.remedies.language.evaluate import evaluate
from ristoro.remedies.language.judge import Judged, judge

MOST = 20
"""More mailboxes of one person than these are counted, not listed."""


def told(remedy: CheckedRemedy, one: OneOf, say: Speaker) -> list[str]:
    """How the person's mailboxes share the remedy; nothing where each is counted by itself."""
    if not remedy.by_person:
        return []
    text, currency = SENTENCES[say.lang], one.run.checked.policy.currency
    lines = [text.once] if remedy.once_a_person else []
    if remedy.person_cap is not None:
        cap = say.value(evaluate(remedy.person_cap, one.known), remedy.person_cap.kind)
        lines.append(text.person_cap.format(cap=cap))
    settled = one.settled(remedy)
    everybody = {**one.beside, one.mailbox_id: one.known}
    for number in list(settled)[:MOST]:
        own = judge(remedy, everybody[number], currency)
        lines.append(
            "  "
            + text.person_one.format(
                address=one.addresses[number],
                id=number,
                own=_amount(own, say),
                kept=_amount(settled[number], say),
            )
        )
    if len(settled) > MOST:
        lines.append("  " + text.person_more.format(count=len(settled) - MOST))
    return lines


def _amount(outcome: Judged, say: Speaker) -> str:
    return say.value(Fraction(outcome.amount), UNIT_OF[outcome.kind][1])
