"""The sentences of the holder's own pages: what is given, how it stands, and what silence does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ristoro.faces import said
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.mine import cards, picture
from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.holder import GrantFacts, Owed, Programme, Told
from ristoro.fulfilment.models import Consent, GrantKind, GrantState
from ristoro.notices.facts import NoticeKind
from ristoro.notices.models import NoticeState
from ristoro.remedies.columns import LANES
from ristoro.workers.models import Act

LANE_NAMES: Mapping[str, Lazy] = {
    "indemnity": gettext_lazy("Remedies and indemnities"),
    "refund": gettext_lazy("Refunds of what you paid"),
    "damages": gettext_lazy("Compensation for damage"),
}
LANE_EMPTY: Mapping[str, Lazy] = {
    "indemnity": gettext_lazy("This programme gives your mailbox nothing of this kind."),
    "refund": gettext_lazy("This programme gives your mailbox nothing of this kind."),
    "damages": gettext_lazy(
        "No programme decides this for you. If the outage did you damage, you can still claim"
        " compensation for it: nothing on this page takes that away."
    ),
}
LETTERS: Mapping[int, Lazy] = {
    NoticeKind.STORAGE_DONE: gettext_lazy("Letter: you have more space"),
    NoticeKind.EXTENSION_CONFIRM: gettext_lazy("Letter: a longer subscription, we need your yes"),
    NoticeKind.EXTENSION_DONE: gettext_lazy("Letter: your subscription lasts longer"),
    NoticeKind.MONEY_DONE: gettext_lazy("Letter: what we gave you in money"),
    NoticeKind.SEVERAL: gettext_lazy("Letter: what we give you"),
    NoticeKind.REMINDER: gettext_lazy("Reminder: your answer is missing"),
    NoticeKind.CLAIM_OPEN: gettext_lazy("Letter: what you can claim"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One grant in sentences; ``card`` is empty unless it can be answered here and now."""

    grant: GrantFacts
    title: str
    gift: str
    state: Lazy
    silent: str
    answered: str
    card: str
    code: str


@dataclass(frozen=True, slots=True)
class Line:
    """One remedy of a lane: what is owed, why, and its grant where there is one."""

    owed: Owed
    shown: Shown | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of debt; the three never mix."""

    name: Lazy
    empty: Lazy
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One programme as the page shows it."""

    programme: Programme
    lanes: tuple[Lane, ...]
    picture: picture.Picture | None
    letters: tuple[tuple[Told, Lazy, Lazy], ...]


def part_of(held: Holder, programme: Programme) -> Part:
    """A programme in sentences, with cards for what waits for an answer."""
    lines = [
        Line(owed, None if owed.grant is None else shown_of(held, owed.grant, owed.title))
        for owed in programme.owed
    ]
    lanes = tuple(
        Lane(LANE_NAMES[lane], LANE_EMPTY[lane], tuple(o for o in lines if o.owed.lane == lane))
        for lane in LANES
    )
    if not programme.proven:
        lanes = (Lane(gettext_lazy("What you are owed"), "", tuple(lines)),)
    states = said.ROW_STATES[Act.NOTICES]
    letters = tuple(
        (one, LETTERS[one.kind], states[one.state])
        for one in programme.told
        if one.state is not NoticeState.WITHHELD
    )
    drawn = picture.of(programme.exposure) if programme.exposure is not None else None
    return Part(programme, lanes, drawn, letters)


def shown_of(held: Holder, grant: GrantFacts, title: str, code: str = "") -> Shown:
    """One grant in sentences; ``code`` where the holder has typed the one of its letter."""
    return Shown(
        grant=grant,
        title=title,
        gift=gift(grant),
        state=said.ROW_STATES[Act.GRANTS][grant.state],
        silent=silent(grant),
        answered=answered(grant),
        card=cards.card_of(held, grant) if grant.asks else "",
        code=code,
    )


def gift(grant: GrantFacts) -> str:
    """Exactly what is given."""
    if grant.kind is GrantKind.STORAGE:
        sizes = {
            "amount": said.amount(grant.amount, "bytes"),
            "target": said.amount(grant.target or 0, "bytes"),
            "base": said.amount(grant.base or 0, "bytes"),
        }
        return _("%(amount)s more space: %(target)s instead of %(base)s.") % sizes
    if grant.kind in (GrantKind.EXTENSION, GrantKind.SERVICE_DAYS):
        unit = "months" if grant.kind is GrantKind.EXTENSION else "days"
        count = said.amount(grant.amount, unit)
        if grant.until is None or grant.base_until is None:
            return _("%(count)s more of your subscription.") % {"count": count}
        days = {"until": said.day(grant.until), "base": said.day(grant.base_until)}
        return _(
            "%(count)s more of your subscription: it is paid until %(until)s, instead of %(base)s."
        ) % {"count": count, **days}
    money = said.amount(grant.amount, "minor", grant.currency)
    kind = said.KINDS[grant.kind.name.lower().replace("_", "-")]
    return _("%(amount)s: %(kind)s.") % {"amount": money, "kind": kind}


_ENDED: Mapping[GrantState, Lazy] = {
    GrantState.APPLIED: gettext_lazy("It is done. You need do nothing."),
    GrantState.VERIFIED: gettext_lazy("It is done. You need do nothing."),
    GrantState.DECLINED: gettext_lazy("You said no: nothing changes in your mailbox."),
    GrantState.LAPSED: gettext_lazy(
        "The last day passed without an answer, and by the rules of the programme nothing is given."
    ),
    GrantState.REFUSED: gettext_lazy("It could not be given. A person looks at it."),
    GrantState.REVERSED: gettext_lazy("It was taken back. We tell you why if you ask."),
}


def silent(grant: GrantFacts) -> str:
    """What happens if the holder does nothing."""
    if grant.state in _ENDED:
        return str(_ENDED[grant.state])
    if grant.coming:
        return _("It is on its way. You need do nothing.")
    day = {"day": said.day(grant.deadline)} if grant.deadline is not None else {"day": "–"}
    if grant.consent is Consent.CLAIM:
        return _("It is given only if you claim it, by %(day)s at the latest.") % day
    if grant.silence is Silence.GIVE:
        return _("If you do nothing, we give it to you all the same after %(day)s.") % day
    if grant.silence is Silence.FORFEIT:
        return _("If you do nothing, it ends after %(day)s and is not given.") % day
    return _("If you do nothing, it stays open and we ask you again.")


def answered(grant: GrantFacts) -> str:
    """When and how an answer was given; empty where none was."""
    given = grant.answer
    if given is None:
        return ""
    sentence = {
        (True, True): _("You said yes here, on %(at)s."),
        (True, False): _("You said no here, on %(at)s."),
        (False, True): _("Your yes was taken by another way, on %(at)s."),
        (False, False): _("Your no was taken by another way, on %(at)s."),
    }[given.channel == "webmail", given.yes]
    return sentence % {"at": said.instant(given.at)}
