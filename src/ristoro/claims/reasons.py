"""What an examiner may find of a claim, and why: closed lists, with the words that a holder reads.

A free text stands beside the reasons and never in their place: whoever compares decisions, or
appeals against one, can name the reason.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Outcome(enum.StrEnum):
    """What was found. Only the first two are settled; what is not provable is not called false."""

    PROVED = "proved"
    PARTLY = "partly"
    NOT_PROVABLE = "not-provable"
    NOT_OURS = "not-ours"

    @property
    def accepted(self) -> bool:
        """Whether something is owed."""
        return self in ACCEPTED


ACCEPTED = frozenset({Outcome.PROVED, Outcome.PARTLY})
OUTCOMES: Mapping[Outcome, Mapping[str, str]] = {
    Outcome.PROVED: {"it": "danno provato", "en": "loss proved"},
    Outcome.PARTLY: {"it": "danno provato in parte", "en": "loss proved in part"},
    Outcome.NOT_PROVABLE: {"it": "danno non dimostrabile", "en": "loss not provable"},
    Outcome.NOT_OURS: {"it": "danno non dovuto a noi", "en": "loss not caused by us"},
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the outcomes that it can carry, and its sentence in each language."""

    code: str
    outcomes: frozenset[Outcome]
    words: Mapping[str, str]


_OWED = frozenset({Outcome.PROVED, Outcome.PARTLY})
_PART = frozenset({Outcome.PARTLY})
_OPEN = frozenset({Outcome.PARTLY, Outcome.NOT_PROVABLE})
_NONE = frozenset({Outcome.NOT_PROVABLE})
_THEIRS = frozenset({Outcome.NOT_OURS})


def _reason(code: str, outcomes: frozenset[Outcome], it: str, en: str) -> Reason:
    return Reason(code, outcomes, {"it": it, "en": en})


_LISTED = (
    _reason(
        "not-delivered",
        _OWED,
        "I nostri registri mostrano che la posta per te non è stata consegnata.",
        "Our logs show that mail for you was not delivered.",
    ),
    _reason(
        "late",
        _OWED,
        "I nostri registri mostrano che la posta per te è arrivata in ritardo.",
        "Our logs show that mail for you came late.",
    ),
    _reason(
        "shut-out",
        _OWED,
        "I nostri registri mostrano che non potevi entrare nella casella, per colpa nostra.",
        "Our logs show that you could not get into the mailbox, and that it was our fault.",
    ),
    _reason(
        "within-outage",
        _OWED,
        "Quello che racconti è successo durante il disservizio, nei modi in cui la casella non"
        " funzionava.",
        "What you tell happened during the outage, in ways in which the mailbox did not work.",
    ),
    _reason(
        "cost-proved",
        frozenset({Outcome.PROVED}),
        "I tuoi documenti provano quanto ti è costato.",
        "Your documents prove what it cost you.",
    ),
    _reason(
        "cost-in-part",
        _PART,
        "I tuoi documenti provano una parte della somma che chiedi.",
        "Your documents prove part of the sum that you ask for.",
    ),
    _reason(
        "avoidable",
        _PART,
        "Una parte del danno si poteva evitare con l'attenzione che si usa di solito (art. 1227 del"
        " codice civile).",
        "Part of the loss could have been avoided with ordinary care (art. 1227 of the Italian"
        " Civil Code).",
    ),
    _reason(
        "no-line",
        _NONE,
        "I nostri registri non dicono niente di quella posta: né che è arrivata, né che si è persa."
        " Non vuol dire che non sia successo.",
        "Our logs say nothing of that mail: neither that it came, nor that it was lost. That does"
        " not mean that it did not happen.",
    ),
    _reason(
        "no-logs",
        _NONE,
        "Di quel momento non abbiamo registri, e dai documenti non si vede che cosa è successo.",
        "We have no logs of that time, and the documents do not show what happened.",
    ),
    _reason(
        "no-cost",
        _NONE,
        "I documenti non mostrano quanto ti è costato.",
        "The documents do not show what it cost you.",
    ),
    _reason(
        "no-link",
        _OPEN,
        "Non si vede che tutto il costo venga dal disservizio.",
        "It is not shown that all of the cost comes from the outage.",
    ),
    _reason(
        "in-time",
        _THEIRS,
        "I nostri registri mostrano che la posta è arrivata nella tua casella senza ritardo.",
        "Our logs show that the mail came to your mailbox without delay.",
    ),
    _reason(
        "sender-told",
        _THEIRS,
        "La posta è stata rifiutata per un motivo che riguarda chi la mandava, e gli è stato detto"
        " subito.",
        "The mail was refused for a reason that lies with its sender, who was told at once.",
    ),
    _reason(
        "mailbox-full",
        _THEIRS,
        "La casella era piena, e il disservizio non c'entra.",
        "The mailbox was full, which has nothing to do with the outage.",
    ),
    _reason(
        "wrong-password",
        _THEIRS,
        "L'accesso è stato rifiutato perché la password era sbagliata.",
        "The sign-in was refused because the password was wrong.",
    ),
    _reason(
        "outside-outage",
        _THEIRS,
        "In quel momento la casella funzionava: il disservizio non era cominciato, o era finito.",
        "The mailbox worked at that time: the outage had not begun, or was over.",
    ),
    _reason(
        "decided-already",
        _THEIRS | _NONE,
        "Dello stesso danno è stato deciso in un'altra richiesta.",
        "The same loss was decided in another claim.",
    ),
)
REASONS: Mapping[str, Reason] = {one.code: one for one in _LISTED}


def fitting(outcome: Outcome) -> list[Reason]:
    """The reasons that can carry an outcome, in the order of the list: at most nine."""
    return [one for one in REASONS.values() if outcome in one.outcomes]
