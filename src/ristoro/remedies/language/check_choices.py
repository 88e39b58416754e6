"""Refuses a choice among remedies that could not be put to a holder as one question.

The alternatives are asked about together, by one letter and one card: so they are of one lane, are
asked for by one day, and at most one of them is given to whoever does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ristoro.kernel.errors import Problem
from ristoro.remedies.language.checked import CheckedGive, CheckedRemedy


def check_choices(remedies: Sequence[CheckedRemedy], problems: list[Problem]) -> None:
    """What is wrong with the choices among these remedies is added to ``problems``."""
    choices: dict[str, list[CheckedRemedy]] = {}
    for remedy in remedies:
        if remedy.source.choice:
            choices.setdefault(remedy.source.choice, []).append(remedy)
    for within in choices.values():
        for remedy in within:
            problems.extend(_alone(remedy))
        problems.extend(_fallbacks(within))
        problems.extend(_differences(within))


def _alone(remedy: CheckedRemedy) -> Iterator[Problem]:
    """What a remedy of a choice must be by itself."""
    for give in _gives(remedy):
        if give.consent != "confirm":
            yield Problem(
                "choice-needs-yes",
                f"{remedy.name!r} is one of the choice {remedy.source.choice!r}, and is given"
                f" with `consent: {give.consent}`",
                "what is given without a yes leaves nothing to choose",
                "write `consent: {confirm: {by: …, silence: …}}`, or remove `choice`",
                give.place,
            )
    if remedy.by_person:
        yield Problem(
            "choice-by-person",
            f"{remedy.name!r} is one of the choice {remedy.source.choice!r}, and is counted a"
            " person",
            "the alternatives could fall to different mailboxes of a person, who would get both",
            "count it by mailbox, or remove `choice`",
            remedy.source.place,
        )


def _fallbacks(within: Sequence[CheckedRemedy]) -> Iterator[Problem]:
    """More than one alternative that silence gives."""
    giving = [one for one in within if any(give.silence == "give" for give in _gives(one))]
    for remedy in giving[1:]:
        yield Problem(
            "choice-two-fallbacks",
            f"{remedy.name!r} and {giving[0].name!r} are alternatives, and silence gives both",
            "whoever is silent is given one of them, and the policy must say which",
            "leave `silence: give` to one of them, and write `ask-again` or `forfeit` here",
            remedy.source.place,
        )


def _differences(within: Sequence[CheckedRemedy]) -> Iterator[Problem]:
    """Alternatives that one letter could not ask about."""
    first = within[0]
    like = next((give for one in within for give in _asked(one)), None)
    otherwise = ""
    for remedy in within:
        asked = _asked(remedy)
        if remedy.source.lane != first.source.lane:
            yield _differs(
                remedy,
                f"is of another lane than {first.name!r}",
                "choosing one kind of debt would give up another, and a yes gives up no right",
                f"put it in the lane {first.source.lane}, or remove `choice`",
            )
        if like and any((give.by, give.remind) != (like.by, like.remind) for give in asked):
            yield _differs(
                remedy,
                f"has another deadline or other reminders than {first.name!r}",
                "one letter asks about both, and names one day",
                "write the same `by` and the same `remind` for both",
            )
        silences = dict.fromkeys(give.silence for give in asked)
        ends = [silence for silence in silences if silence != "give"]
        otherwise = otherwise or (ends[0] if ends else "")
        if len(silences) > 1 or (ends and ends[0] != otherwise):
            yield _differs(
                remedy,
                "means two things by silence, or another than the alternatives above",
                "one letter says what becomes of whatever silence does not give",
                f"write `silence: {otherwise}`, or `silence: give` for all its rules",
            )


def _differs(remedy: CheckedRemedy, what: str, why: str, todo: str) -> Problem:
    named = f"{remedy.name!r} of the choice {remedy.source.choice!r}"
    return Problem("choice-differs", f"{named} {what}", why, todo, remedy.source.place)


def _asked(remedy: CheckedRemedy) -> list[CheckedGive]:
    return [give for give in _gives(remedy) if give.consent == "confirm"]


def _gives(remedy: CheckedRemedy) -> list[CheckedGive]:
    return [rule.result for rule in remedy.rules if isinstance(rule.result, CheckedGive)]
