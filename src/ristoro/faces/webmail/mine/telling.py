"""The sentences of the holder's own pages: what is given, how it stands, and what silence does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ristoro.faces import days as days_
from ristoro.faces import picture, said
from ristoro.faces.said import Lazy
from ristoro.faces.webmail.doors import Holder
from ristoro.faces.webmail.mine import cards, course
from ristoro.faces.webmail.mine.course import Course
from ristoro.faces.webmail.tags import moment
from ristoro.fulfilment.consent import Silence
from ristoro.fulfilment.held import (
    ACCOUNT_REFUSED,
    NAME_CLOSE,
    NO_PAYEE,
    GrantFacts,
    Owed,
    Programme,
)
from ristoro.fulfilment.models import Consent, GrantKind, GrantState
from ristoro.fulfilment.ways import TRANSFER
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


@dataclass(frozen=True, slots=True)
class Shown:
    """One grant in sentences; ``card`` is empty unless it can be answered here and now.

    ``before`` and ``after`` are what the mailbox has without it and with it, where that can be
    said; ``code`` is that of its letter, where the holder has typed it.
    """

    grant: GrantFacts
    title: str
    gift: str
    before: str
    after: str
    state: Lazy
    silent: str
    answered: str
    card: str
    code: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives of which the holder can have one, asked about by one card."""

    among: tuple[Shown, ...]
    silent: str
    card: str
    code: str

    @property
    def grant(self) -> GrantFacts:
        """The first of them: by its address the card is answered, its deadline is that of all."""
        return self.among[0].grant


@dataclass(frozen=True, slots=True)
class Line:
    """One remedy of a lane: what is owed, why, and its grant where there is one.

    ``asked`` is the card that asks about it, alone or with its alternatives; of a choice the first
    line has it, and ``within`` says of the others that they are in a card above.
    """

    owed: Owed
    shown: Shown | None
    asked: Shown | Choice | None
    within: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of debt; the three never mix. ``claims`` where a holder can claim it."""

    name: Lazy
    empty: Lazy
    lines: tuple[Line, ...]
    claims: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One programme as the page shows it."""

    programme: Programme
    lanes: tuple[Lane, ...]
    picture: picture.Picture | None
    course: Course

    @property
    def asking(self) -> int:
        """How many answers are awaited."""
        return len(_together([grant for grant in self.programme.grants if grant.asks]))

    @property
    def to_ask_for(self) -> int:
        """How much there is that the holder gets by asking for it."""
        return sum(grant.to_ask_for for grant in self.programme.grants)


def part_of(held: Holder, programme: Programme, today: date) -> Part:
    """A programme in sentences, with cards for what waits for an answer."""
    grants = [(one.grant, one.title) for one in programme.owed if one.grant is not None]
    asked = {one.grant.id: one for one in asked_of(held, grants, today)}
    lines = [_line(held, one, asked, today) for one in programme.owed]
    lanes = tuple(
        Lane(
            LANE_NAMES[lane],
            LANE_EMPTY[lane],
            tuple(one for one in lines if one.owed.lane == lane),
            claims=lane == "damages",
        )
        for lane in LANES
    )
    if not programme.proven:
        lanes = (Lane(gettext_lazy("What you are owed"), "", tuple(lines)),)
    titles = {one.remedy: one.title for one in programme.owed}
    drawn = picture.of(programme.exposure) if programme.exposure is not None else None
    return Part(programme, lanes, drawn, course.of(programme, titles, today))


def _line(held: Holder, owed: Owed, asked: Mapping[int, Shown | Choice], today: date) -> Line:
    grant = owed.grant
    if grant is None:
        return Line(owed, None, None, within=False)
    card = asked.get(grant.id)
    shown = shown_of(held, grant, owed.title, today)
    return Line(owed, shown, card, within=grant.open and card is None)


def _together(asking: Sequence[GrantFacts]) -> list[list[GrantFacts]]:
    """Grants that wait for an answer, alternatives to each other together; in order."""
    found: list[list[GrantFacts]] = []
    for grant in asking:
        of_choice = next((those for those in found if those[0].remedy in grant.others), None)
        if of_choice is None:
            found.append([grant])
        else:
            of_choice.append(grant)
    return found


def asked_of(
    held: Holder, grants: Sequence[tuple[GrantFacts, str]], today: date, code: str = ""
) -> list[Shown | Choice]:
    """A card for each thing that is asked of these grants of one run, given with their titles."""
    titles = {grant.id: title for grant, title in grants}
    cards_: list[Shown | Choice] = []
    for among in _together([one[0] for one in grants if one[0].open]):
        shown = tuple(shown_of(held, one, titles[one.id], today, code) for one in among)
        cards_.append(shown[0] if len(shown) == 1 else _choice(held, shown, today, code))
    return cards_


def _choice(held: Holder, among: tuple[Shown, ...], today: date, code: str) -> Choice:
    grants = [one.grant for one in among]
    given = next((one for one in among if one.grant.silence is Silence.GIVE), None)
    said = silent(grants[0], today)
    if given is not None:
        words = {"day": days_.the(grants[0].deadline), "title": given.title}
        over = grants[0].deadline is not None and grants[0].deadline < today
        said = (
            _("The last day was %(day)s: we give you “%(title)s”. You can still answer here.")
            if over
            else _("After %(day)s we give you “%(title)s”.")
        ) % words
    return Choice(among, said, cards.card_of(held, *grants), code)


def shown_of(held: Holder, grant: GrantFacts, title: str, today: date, code: str = "") -> Shown:
    """One grant in sentences; ``code`` where the holder has typed the one of its letter."""
    before, after = before_and_after(grant)
    return Shown(
        grant=grant,
        title=title,
        gift=gift(grant),
        before=before,
        after=after,
        state=said.ROW_STATES[Act.GRANTS][grant.state],
        silent=silent(grant, today),
        answered=answered(grant),
        card=cards.card_of(held, grant) if grant.open else "",
        code=code,
    )


def gift(grant: GrantFacts) -> str:
    """Exactly what is given."""
    if grant.kind is GrantKind.STORAGE:
        return _("%(amount)s more space.") % {"amount": said.amount(grant.amount, "bytes")}
    if grant.kind in (GrantKind.EXTENSION, GrantKind.SERVICE_DAYS):
        unit = "months" if grant.kind is GrantKind.EXTENSION else "days"
        count = said.amount(grant.amount, unit)
        return _("%(count)s more of your subscription.") % {"count": count}
    money = said.amount(grant.amount, "minor", grant.currency)
    kind = said.KINDS[grant.kind.name.lower().replace("_", "-")]
    return _("%(amount)s: %(kind)s.") % {"amount": money, "kind": kind}


def before_and_after(grant: GrantFacts) -> tuple[str, str]:
    """What the mailbox has without the grant and with it; empty where it is only a sum of money, or
    where another of the alternatives is given."""
    if grant.instead is not None:
        return "", ""
    if grant.base is not None and grant.target is not None:
        return said.amount(grant.base, "bytes"), said.amount(grant.target, "bytes")
    if grant.base_until is not None and grant.until is not None:
        days = (days_.to(grant.base_until), days_.to(grant.until))
        first, then = (_("paid until %(day)s") % {"day": day} for day in days)
        return first, then
    return "", ""


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


_PAID: Mapping[str, Lazy] = {
    "bill": gettext_lazy("It is taken off your next bill. You need do nothing."),
    "credit": gettext_lazy("It is a credit on your account with us. You need do nothing."),
    TRANSFER: gettext_lazy("It was paid by transfer to the account that you gave."),
}
_AT_BANK: Lazy = gettext_lazy(
    "We pay it by transfer to the account that you gave. You need do nothing more."
)
_BY_TRANSFER: Mapping[str, Lazy] = {
    NO_PAYEE: gettext_lazy("We pay it by transfer. Give the account to pay it to, on this page."),
    ACCOUNT_REFUSED: gettext_lazy(
        "The bank did not take the account that you gave. Give another, on this page."
    ),
    NAME_CLOSE: gettext_lazy(
        "We pay it by transfer, once you have looked at the name on the account, on this page."
    ),
}


def silent(grant: GrantFacts, today: date) -> str:
    """What happens if the holder does nothing."""
    if grant.state is GrantState.DECLINED and grant.instead is not None:
        return _("You get another of the alternatives in its place.")
    if grant.made and grant.channel:
        return str(_PAID[grant.channel])
    if grant.state is GrantState.LAPSED and grant.consent is Consent.CLAIM:
        return _("The last day passed and it was not asked for: by the rules nothing is given.")
    if grant.state in _ENDED:
        return str(_ENDED[grant.state])
    if grant.coming and grant.channel == TRANSFER:
        return str(_BY_TRANSFER.get(grant.code, _AT_BANK))
    if grant.coming:
        return _("It is on its way. You need do nothing.")
    day = {"day": days_.the(grant.deadline)}
    if grant.consent is Consent.CLAIM:
        return str(_asked_for(grant, today)) % day
    if grant.deadline is not None and grant.deadline < today:
        return str(_OVER[grant.silence]) % day
    return str(_OPEN[grant.silence]) % day


def _asked_for(grant: GrantFacts, today: date) -> Lazy:
    """What happens to a grant that must be asked for, and was not."""
    if grant.is_for_damages:
        return gettext_lazy("It is given only if you claim it, by %(day)s at the latest.")
    if grant.deadline is not None and grant.deadline < today:
        return gettext_lazy(
            "The last day to ask for it was %(day)s. It is still open only if our letter has not"
            " reached you."
        )
    return gettext_lazy("It is given only if you ask for it. After %(day)s it ends.")


_OPEN: Mapping[Silence, Lazy] = {
    Silence.GIVE: gettext_lazy("We give it to you all the same after %(day)s."),
    Silence.FORFEIT: gettext_lazy("After %(day)s it ends and is not given."),
    Silence.ASK_AGAIN: gettext_lazy("It stays open after %(day)s and we ask you again."),
}
_OVER: Mapping[Silence, Lazy] = {
    Silence.GIVE: gettext_lazy(
        "The last day was %(day)s: we give it to you all the same. You can still answer here."
    ),
    Silence.FORFEIT: gettext_lazy("The last day was %(day)s."),
    Silence.ASK_AGAIN: gettext_lazy("The last day was %(day)s. It is still open: answer here."),
}


def answered(grant: GrantFacts) -> str:
    """When and how an answer was given; empty where none was."""
    given = grant.answer
    if given is None:
        return ""
    if grant.consent is Consent.CLAIM:
        return _("You asked for it here, on %(at)s.") % {"at": moment(given.at)}
    sentence = {
        (True, True): _("You said yes here, on %(at)s."),
        (True, False): _("You said no here, on %(at)s."),
        (False, True): _("Your yes was taken by another way, on %(at)s."),
        (False, False): _("Your no was taken by another way, on %(at)s."),
    }[given.channel == "webmail", given.yes]
    return sentence % {"at": moment(given.at)}


def summed_up(parts: Sequence[Part]) -> str:
    """The first thing that the page says: whether anything is to be done."""
    if not parts:
        return ""
    asking = sum(part.asking for part in parts)
    to_ask_for = sum(part.to_ask_for for part in parts)
    if not asking and to_ask_for:
        return ngettext(
            "One thing is given to you only if you ask for it.",
            "%(count)d things are given to you only if you ask for them.",
            to_ask_for,
        ) % {"count": to_ask_for}
    if not asking and any(one.wants_account for part in parts for one in part.programme.grants):
        return _("Give the account to which you want to be paid.")
    if not asking:
        return _("You need do nothing.")
    return ngettext(
        "One thing waits for your answer.", "%(count)d things wait for your answer.", asking
    ) % {"count": asking}
