"""What was done for a mailbox and when, and what comes next, in order of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.faces.letters import LETTERS
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.tags import zone
from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.held import GrantFacts, Programme, Told
from ristoro.fulfilment.models import Consent, GrantState
from ristoro.notices.models import NoticeState

_DELIVERY: Mapping[NoticeState, Lazy] = {
    NoticeState.ACCEPTED: gettext_lazy("It is in your mailbox."),
    NoticeState.VERIFIED: gettext_lazy("It is in your mailbox."),
    NoticeState.REFUSED: gettext_lazy("Your mailbox could not take it: perhaps it was full."),
}
_SOON: Lazy = gettext_lazy("It is on its way.")
_UNANSWERED: Lazy = gettext_lazy("The last day passed without an answer.")
_LAPSED: Mapping[Consent, Lazy] = {
    Consent.AUTOMATIC: _UNANSWERED,
    Consent.CONFIRM: _UNANSWERED,
    Consent.CLAIM: gettext_lazy("The last day passed and it was not asked for."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, or will: on a day where it is known."""

    day: date | None
    what: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """What lies behind and what lies ahead, each in order of time."""

    behind: tuple[Step, ...]
    ahead: tuple[Step, ...]


def of(programme: Programme, titles: Mapping[int, str], today: date) -> Course:
    """The course of one programme; ``titles`` names its remedies by position."""
    approved = programme.run.approved_at
    begun = [Step(_day(approved), _("The programme was approved."))] if approved else []
    letters = [_letter(one) for one in programme.told if one.state is not NoticeState.WITHHELD]
    done = [step for grant in programme.grants for step in _done(grant, titles[grant.remedy])]
    behind = [*begun, *(one for one in letters if one.day is not None), *done]
    waiting = [one for one in letters if one.day is None]
    asking = [grant for grant in programme.grants if grant.open]
    next_ = [
        step
        for number, grant in enumerate(asking)
        if not any(one.remedy in grant.others for one in asking[:number])
        for step in _next(grant, _given_to_silence(grant, asking, titles), today)
    ]
    return Course(
        tuple(sorted(behind, key=lambda one: one.day or date.max)),
        (*waiting, *sorted(next_, key=lambda one: one.day or date.max)),
    )


def _letter(one: Told) -> Step:
    there = one.state in (NoticeState.ACCEPTED, NoticeState.VERIFIED, NoticeState.REFUSED)
    day = one.day if one.since is None else _day(one.since)
    return Step(
        day if there else None, str(LETTERS[one.kind]), str(_DELIVERY.get(one.state, _SOON))
    )


def _done(grant: GrantFacts, title: str) -> list[Step]:
    steps = []
    if grant.answer is not None:
        said = _("You said yes.") if grant.answer.yes else _("You said no.")
        if grant.consent is Consent.CLAIM:
            said = _("You asked for it.")
        steps.append(Step(_day(grant.answer.at), said, title))
    ended = {
        GrantState.APPLIED: _("We did it."),
        GrantState.VERIFIED: _("We did it, and checked that it is so."),
        GrantState.LAPSED: _LAPSED[grant.consent],
        GrantState.REVERSED: _("It was taken back."),
        GrantState.REFUSED: _("It could not be done."),
    }
    if grant.state in ended:
        steps.append(Step(_day(grant.since), str(ended[grant.state]), title))
    return steps


def _given_to_silence(
    grant: GrantFacts, asking: Sequence[GrantFacts], titles: Mapping[int, str]
) -> str:
    """Which of several alternatives whoever is silent is given; empty for none, or no choice."""
    among = [one for one in asking if one.remedy in grant.others]
    if not among:
        return ""
    given = (one for one in (grant, *among) if one.silence is Silence.GIVE)
    return next((titles[one.remedy] for one in given), "")


def _next(grant: GrantFacts, given: str, today: date) -> list[Step]:
    reminded = _("If you have not answered, we remind you.")
    if grant.to_ask_for:
        reminded = _("If you have not asked for it, we remind you.")
    steps = [Step(day, reminded) for day in grant.reminders if day > today]
    if grant.deadline is not None and grant.deadline >= today:
        silent = {
            Silence.GIVE: _("Last day to answer; after it we give it to you all the same."),
            Silence.FORFEIT: _("Last day to answer; after it nothing is given."),
            Silence.ASK_AGAIN: _("Last day to answer; after it we ask you again."),
        }
        said = silent[grant.silence]
        if grant.to_ask_for:
            said = _("Last day to ask for it; after it nothing is given.")
        if given:
            said = _("Last day to answer; after it we give you “%(title)s”.") % {"title": given}
        steps.append(Step(grant.deadline, said))
    return steps


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(zone()).date()
