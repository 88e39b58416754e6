"""Requests to be called: when, at which number, and the queue that agents take them from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from django.db import transaction
from django.db.models import F, QuerySet

from ristoro.fulfilment.callers import calls
from ristoro.fulfilment.callers.models import Call, Callback
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, NotAllowed, Problem
from ristoro.remedies.language.calendars import Calendar, working_days
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

OPEN, TAKEN, DONE, UNREACHED = "open", "taken", "done", "unreached"
LIVE = (OPEN, TAKEN)
LONGEST_WORDS = 500
COUNTRY = "IT"
"""Where a number without a country code is."""

SLOTS = ((time(9), time(12)), (time(12), time(15)), (time(15), time(18)))
DAYS_AHEAD = 4
MOST_TRIES = 3
AGAIN_AFTER = timedelta(hours=2)
"""Three unanswered calls, two hours apart at least, end a request."""
TAKEN_FOR = timedelta(minutes=30)
"""After it others may take what an agent took and did not finish."""
MOST_LISTED = 50
MOST_OPEN = 3
_CALENDAR = Calendar(COUNTRY)


@dataclass(frozen=True, slots=True)
class Slot:
    """Some hours of a working day in which a holder can be called."""

    begins: datetime
    due: datetime

    @property
    def name(self) -> str:
        """As a form names it."""
        return self.begins.isoformat()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asks for: the number, a slot's name, and what about."""

    number: str
    slot: str
    words: str


def slots(at: datetime, zone: ZoneInfo) -> list[Slot]:
    """The slots that can be promised now: those not half over, of this and the next four working
    days."""
    local = at.astimezone(zone)
    found = []
    for day in _days(local.date()):
        for begins, ends in SLOTS:
            one = Slot(datetime.combine(day, begins, zone), datetime.combine(day, ends, zone))
            if local < one.begins + (one.due - one.begins) / 2:
                found.append(one)
    return found


def ask(call: Call, wish: Wish, key: str, at: datetime, zone: ZoneInfo) -> Callback | None:
    """Keep a request of the call's holder; ``None`` for the same form again.

    ``BadInput`` for each field that is wrong, ``NotAllowed`` where three are open already.
    """
    number, words = _number(wish.number), " ".join(wish.words.replace("\0", "").split())
    slot = next((one for one in slots(at, zone) if one.name == wish.slot), None)
    problems = list(_wrong(number, slot, words))
    if problems or slot is None:
        raise BadInput(*problems)
    with transaction.atomic():
        live = Callback.objects.filter(address=call.address, state__in=LIVE)
        if live.count() >= MOST_OPEN:
            raise _refused("callbacks-too-many", "three requests of this mailbox are open already")
        made = Callback.objects.create(
            asked_at=at,
            mailbox_id=call.mailbox_id,
            address=call.address,
            brand=call.brand,
            locale=call.locale,
            number=number,
            words=words,
            begins=slot.begins,
            due=slot.due,
            state=OPEN,
        )
        if not calls.did(call, key, calls.CALLBACK, str(made.pk), at):
            transaction.set_rollback(True)
            return None
        told = {"call": call.pk, "mailbox_id": call.mailbox_id, "due": slot.due.isoformat()}
        append(call.person, names.CALLBACK_ASKED, f"callback {made.pk}", told, at)
    return made


def queue(at: datetime, after: int = 0, most: int = MOST_LISTED) -> list[Callback]:
    """What waits to be called, the one due first before; those whose time has not begun after them.

    ``after`` leaves out as many: a queue is worked from its head, and nobody reads far into it.
    """
    waiting = _free(at).order_by("due", "id")
    return list(waiting[after : after + most])


def waiting(at: datetime) -> int:
    """How many could be called now."""
    return _free(at).filter(begins__lte=at).count()


def taken_by(person: Person) -> list[Callback]:
    """What the person has taken and not finished."""
    found = Callback.objects.filter(state=TAKEN, taken_by_id=person.id)
    return list(found.order_by("due", "id")[:MOST_LISTED])


def live_of(address: str) -> list[Callback]:
    """The requests of a mailbox that are not finished."""
    found = Callback.objects.filter(address=address, state__in=LIVE)
    return list(found.order_by("-asked_at")[:MOST_LISTED])


def take(person: Person, callback_id: int, at: datetime) -> Callback:
    """Take a request, to call now; ``NotAllowed`` where another agent has it."""
    people.require(person, Role.AGENT)
    with transaction.atomic():
        taken = (
            _free(at)
            .filter(pk=callback_id)
            .update(state=TAKEN, taken_by=person.name, taken_by_id=person.id, taken_at=at)
        )
        own = Callback.objects.filter(pk=callback_id, state=TAKEN, taken_by_id=person.id).first()
        if own is None:
            raise _refused("callback-taken", "another agent has taken it, or it is finished")
        if taken:
            _moved(own, person, TAKEN, at)
    return own


def own(person: Person, callback_id: int) -> Callback:
    """A request that the person has taken."""
    people.require(person, Role.AGENT)
    found = Callback.objects.filter(pk=callback_id, state=TAKEN, taken_by_id=person.id).first()
    if found is None:
        raise _refused("callback-taken", "another agent has taken it, or it is finished")
    return found


def done(person: Person, callback_id: int, at: datetime) -> None:
    """The holder was spoken with."""
    _end(person, callback_id, DONE, at)


def unanswered(person: Person, callback_id: int, at: datetime) -> Callback:
    """Nobody answered: tried again two hours later, and given up after three times."""
    with transaction.atomic():
        one = own(person, callback_id)
        if one.tries + 1 >= MOST_TRIES:
            Callback.objects.filter(pk=one.pk).update(tries=F("tries") + 1)
            _end(person, callback_id, UNREACHED, at)
        else:
            again = at + AGAIN_AFTER
            Callback.objects.filter(pk=one.pk).update(
                state=OPEN,
                tries=F("tries") + 1,
                begins=again,
                due=max(one.due, again),
                taken_by="",
                taken_by_id=None,
            )
            _moved(one, person, OPEN, at)
    return Callback.objects.get(pk=callback_id)


def give_back(person: Person, callback_id: int, at: datetime) -> None:
    """Let another agent take it."""
    with transaction.atomic():
        one = own(person, callback_id)
        Callback.objects.filter(pk=one.pk).update(state=OPEN, taken_by="", taken_by_id=None)
        _moved(one, person, OPEN, at)


def shown_number(number: str) -> str:
    """``+39 02 1234 5678``."""
    parsed = phonenumbers.parse(number)
    style = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, style))


def _end(person: Person, callback_id: int, state: str, at: datetime) -> None:
    with transaction.atomic():
        one = own(person, callback_id)
        # The number was given for this call, and is kept no longer than it is of use.
        Callback.objects.filter(pk=one.pk).update(state=state, ended_at=at, number="")
        _moved(one, person, state, at)


def _moved(one: Callback, person: Person, state: str, at: datetime) -> None:
    told = {"person": person.id, "mailbox_id": one.mailbox_id, "state": state}
    append(person.name, names.CALLBACK_MOVED, f"callback {one.pk}", told, at)


def _free(at: datetime) -> QuerySet[Callback]:
    """What nobody has, or somebody has had for too long."""
    left = Callback.objects.filter(state=TAKEN, taken_at__lt=at - TAKEN_FOR)
    return Callback.objects.filter(state=OPEN) | left


def _number(typed: str) -> str:
    """The number in E.164; empty where it cannot be one."""
    try:
        parsed = phonenumbers.parse(typed[:40], COUNTRY)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(parsed):
        return ""
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _wrong(number: str, slot: Slot | None, words: str) -> Sequence[Problem]:
    found = []
    if not number:
        found.append(
            Problem("callback-number", "this is no telephone number", "nobody could be called",
                    "write it with its area code; from abroad with + and the country's")
        )  # fmt: skip
    if slot is None:
        found.append(
            Problem("callback-slot", "these hours cannot be promised any more",
                    "a promise to call is kept", "choose among the hours that are listed")
        )  # fmt: skip
    if not words or len(words) > LONGEST_WORDS:
        found.append(
            Problem("callback-words", f"the words have {len(words)} characters",
                    "whoever calls must know what it is about", f"write 1 to {LONGEST_WORDS}")
        )  # fmt: skip
    return found


def _days(first: date) -> list[date]:
    known = working_days(_CALENDAR)
    days: list[date] = []
    day: date | None = known.after(first - timedelta(days=1), 1)
    while day is not None and len(days) <= DAYS_AHEAD:
        days.append(day)
        day = known.after(day, 1)
    return days


def _refused(code: str, what: str) -> NotAllowed:
    why = "whoever asks to be called is called once, by one agent"
    return NotAllowed(Problem(code, what, why, "look at the queue again"))
