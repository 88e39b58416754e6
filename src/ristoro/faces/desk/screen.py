"""The one screen of a verified caller's mailbox: every fact of it, and never its mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro import env
from ristoro.claims.models import Claim, ClaimState
from ristoro.claims.states import OPEN
from ristoro.errands import places
from ristoro.faces import picture, said
from ristoro.faces.components import COMPONENTS
from ristoro.faces.desk import doors, telling
from ristoro.faces.letters import LETTERS
from ristoro.faces.said import Lazy, lang
from ristoro.fulfilment import holder
from ristoro.fulfilment.callers import callbacks, calls, finding, spoken
from ristoro.fulfilment.callers.models import Call
from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.held import GrantFacts, Owed, Programme, Told
from ristoro.fulfilment.models import Consent, GrantState
from ristoro.fulfilment.payees import known as payees
from ristoro.fulfilment.payees.known import Stand
from ristoro.fulfilment.withdraw import may_withdraw
from ristoro.notices.codes import code_of
from ristoro.notices.models import NoticeState
from ristoro.outages.reports import report
from ristoro.remedies.models import Run
from ristoro.workers.models import Act

SILENCES: Mapping[Silence, Lazy] = {
    Silence.GIVE: gettext_lazy("given all the same after the deadline"),
    Silence.FORFEIT: gettext_lazy("ends at the deadline, and is not given"),
    Silence.ASK_AGAIN: gettext_lazy("stays open, and is asked for again"),
}
STANDINGS: Mapping[str, Lazy] = {
    "good": gettext_lazy("in order"),
    "arrears": gettext_lazy("in arrears"),
    "suspended": gettext_lazy("suspended"),
    "abuse": gettext_lazy("shut for abuse"),
}
CONSENTS: Mapping[Consent, Lazy] = {
    Consent.AUTOMATIC: said.CONSENTS["automatic"],
    Consent.CONFIRM: said.CONSENTS["confirm"],
    Consent.CLAIM: said.CONSENTS["claim"],
}


CLAIMS: Mapping[int, Lazy] = {
    ClaimState.FILED: gettext_lazy("received, to be examined"),
    ClaimState.EXAMINED: gettext_lazy("examined, waits for a second person"),
    ClaimState.APPEALED: gettext_lazy("being looked at again"),
}
CHANNELS: Mapping[str, Lazy] = {
    "webmail": gettext_lazy("in the webmail"),
    "phone": gettext_lazy("on the telephone"),
    "counter": gettext_lazy("at the counter"),
    "letter": gettext_lazy("by letter"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One remedy: what it is, where it stands, and what can be done with it in this call."""

    owed: Owed
    grant: GrantFacts | None
    title: str
    gift: str
    state: Lazy
    tone: str
    consent: Lazy
    silence: Lazy
    channel: Lazy
    may_take_back: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: what it is called, its code, and where it is."""

    name: Lazy
    code: str
    state: Lazy
    there: bool
    day: date | None


@dataclass(frozen=True, slots=True)
class Part:
    """One programme."""

    programme: Programme
    title: str
    lines: tuple[Line, ...]
    letters: tuple[Letter, ...]
    picture: picture.Picture | None


def of(call: Call, now: datetime) -> dict[str, Any]:
    """What the page of the mailbox tells."""
    programmes = holder.of_mailbox(call.address, call.locale)
    parts = [_part(one) for one in programmes]
    box = finding.box_of(call.address, places.estates())
    lines = [line for part in parts for line in part.lines]
    zone = doors.zone()
    return {
        "box": box,
        "language": dict(settings.LANGUAGES).get(call.locale, call.locale),
        "standing": STANDINGS.get(box.standing, box.standing) if box else "",
        "ways": [COMPONENTS[way] for way in box.ways] if box else [],
        "parts": parts,
        "account": account_of(call.mailbox_id, now),
        "asking": [line for line in lines if line.grant is not None and line.grant.asks],
        "beside": sorted({one for programme in programmes for one in programme.beside}),
        "faults": report.of_mailbox(call.address, now),
        "callbacks": callbacks.live_of(call.address),
        "claims": [(number, CLAIMS[state]) for number, state in open_claims(call.address)],
        "calls": [one for one in calls.of_mailbox(call.address, now) if one.pk != call.pk],
        "suggested": telling.after(call, programmes, now.astimezone(zone)),
    }


def account_of(mailbox_id: int, now: datetime) -> str:
    """Whether an account for transfers was given, and from when it is used: never which."""
    standing = payees.standing(mailbox_id, now)
    if standing.stand is Stand.USABLE:
        return _("given, and in use")
    if standing.stand is Stand.REFUSED:
        return _("given, and not taken by the bank: another is awaited")
    if standing.until is None:
        return _("not given")
    until = said.instant(standing.until.astimezone(doors.zone()))
    return _("given, not in use before %(until)s") % {"until": until}


def open_claims(address: str) -> list[tuple[str, int]]:
    """Number and state of the mailbox's claims that wait for an answer: nothing else of them."""
    found = Claim.objects.filter(address=address, state__in=OPEN).order_by("-id")
    return list(found.values_list("number", "state")[:20])


def title_of(run: Run, grant: GrantFacts) -> str:
    """A remedy's title in the agent's language."""
    return holder.titles_of(run, grant.remedy, lang())[1]


def gift_of(grant: GrantFacts) -> str:
    """What is given, in the agent's language."""
    return spoken.gift(grant, lang())


def _part(programme: Programme) -> Part:
    run = programme.run
    title = programme.title
    if programme.owed:
        title = holder.titles_of(run, programme.owed[0].remedy, lang())[0]
    drawn = picture.of(programme.exposure) if programme.exposure is not None else None
    return Part(
        programme,
        title,
        tuple(_line(run, one) for one in programme.owed),
        tuple(_letter(run, one) for one in programme.told),
        drawn,
    )


def _line(run: Run, owed: Owed) -> Line:
    grant = owed.grant
    title = holder.titles_of(run, owed.remedy, lang())[1]
    if grant is None:
        return Line(owed, None, title, "", _("not owed"), "none", "", "", "", may_take_back=False)
    asked = grant.state is GrantState.WAITING
    return Line(
        owed,
        grant,
        title,
        gift_of(grant),
        said.ROW_STATES[Act.GRANTS][grant.state],
        _tone(grant),
        CONSENTS[grant.consent],
        SILENCES[grant.silence] if asked and grant.consent is Consent.CONFIRM else "",
        CHANNELS[grant.answer.channel] if grant.answer is not None else "",
        may_withdraw(run, grant.state, grant.answer is not None),
    )


def _tone(grant: GrantFacts) -> str:
    if grant.state is GrantState.WAITING:
        return "asks"
    if grant.made:
        return "made"
    return "coming" if grant.coming else "over"


def _letter(run: Run, told: Told) -> Letter:
    secret = env.current().secret("RISTORO_NOTICE_SECRET").encode()
    there = told.state in (NoticeState.ACCEPTED, NoticeState.VERIFIED)
    since = None if told.since is None else told.since.astimezone(doors.zone()).date()
    return Letter(
        LETTERS[told.kind],
        code_of(secret, run.name, told.id),
        said.ROW_STATES[Act.NOTICES][told.state],
        there,
        since or told.day,
    )
