"""Taking a made grant back: asked for by one person with a reason, agreed to by another.

The way back is the recorded base, set only where the world still shows the target: whatever a
holder or the provider changed since is left alone. Nothing is deleted; the grant stays, reversed.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from ristoro.edges.billing.contract import ExtensionAsk
from ristoro.edges.mailhosts.contract import QuotaAsk
from ristoro.fulfilment import extension, money, storage
from ristoro.fulfilment.act import Doors
from ristoro.fulfilment.models import Grant, GrantKind, GrantState, Reversal
from ristoro.fulfilment.moves import Keep, Move
from ristoro.fulfilment.rows import GrantRow, of_mailbox
from ristoro.fulfilment.states import MADE
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import Missing, NotAllowed, Problem, bad_input
from ristoro.kernel.outcome import Ending, Result
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

LONGEST_REASON = 500


def ask(run: Run, grant: GrantRow, reason: str, person: Person, at: datetime) -> None:
    """Note that an operator wants the grant taken back; nothing else happens yet.

    ``NotAllowed`` for another role, for a grant that is not made, for money, and where it is asked
    already; ``BadInput`` without a reason.
    """
    people.require(person, Role.OPERATOR)
    if grant.kind in money.KINDS:
        raise NotAllowed(
            Problem(
                "money-stays",
                "this grant is a sum of money that was paid",
                "what was credited or transferred is its holder's, and is not taken from a bill or"
                " an account unasked",
                "settle it with the holder, and book what comes of it in the billing system",
            )
        )
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise bad_input(
            "wrong-value",
            f"the reason is empty or longer than {LONGEST_REASON} characters",
            "the second person and the holder must be able to read why",
            "write why the grant is taken back",
        )
    if grant.state not in MADE:
        raise NotAllowed(
            Problem(
                "not-made",
                f"this grant is {grant.state.name.lower()}",
                "only what was given can be taken back",
                "a grant that waits may be declined by its holder (ristoro confirm --decline)",
            )
        )
    with transaction.atomic():
        _, made = Reversal.objects.get_or_create(
            mailbox_id=grant.mailbox_id,
            run_id=run.id,
            remedy=grant.remedy,
            defaults={
                "bucket": grant.bucket,
                "reason": reason,
                "asked_by": person.name,
                "asked_by_id": person.id,
                "asked_at": at,
            },
        )
        if not made:
            raise NotAllowed(
                Problem(
                    "asked-already",
                    "somebody asked for this already",
                    "one grant has one reversal",
                    "have an approver agree: ristoro reverse ... --approve",
                )
            )
        data = {"mailbox_id": grant.mailbox_id, "remedy": grant.remedy, "reason": reason}
        append(person.name, names.REVERSAL_ASKED, f"grant {grant.id}", data, at)


def approve(
    run: Run, grant: GrantRow, person: Person, doors: Doors, at: datetime, keep: Keep
) -> Result:
    """Take the grant back, as an approver who is not the one who asked; how it ended.

    Refused, and left made: ``base-changed`` where the value has moved on since, ``would-fill``
    where the mailbox holds more than the old limit, ``would-lapse`` where the old day has passed.
    A process that died in between is made good by approving again: the second setting of the old
    value changes nothing and is recorded.
    """
    reversal = _asked(run, grant)
    people.require(person, Role.APPROVER)
    people.require_another(person, reversal.asked_by, reversal.asked_by_id)
    result = _take_back(grant, doors, reversal.reason, at.date())
    with transaction.atomic():
        Reversal.objects.filter(id=reversal.id).update(
            approved_by=person.name,
            approved_by_id=person.id,
            approved_at=at,
            result="done" if result.done else result.code,
        )
        moved = result.done and Grant.objects.filter(id=grant.id, state=grant.state).update(
            state=GrantState.REVERSED, result="reversed", since=at
        )
        if moved:
            keep(
                Move(
                    run.id,
                    grant.bucket,
                    grant.remedy,
                    grant.state,
                    GrantState.REVERSED,
                    (grant.id,),
                    grant.amount,
                )
            )
            data = {
                "mailbox_id": grant.mailbox_id,
                "remedy": grant.remedy,
                "reason": reversal.reason,
                "asked_by": reversal.asked_by,
            }
            append(person.name, names.GRANT_REVERSED, f"grant {grant.id}", data, at)
    return result


def made_grant(run: Run, mailbox_id: int, remedy: int | None) -> GrantRow:
    """The mailbox's one made grant, or that of the remedy named; ``BadInput`` where there is none
    or where it must be said which.
    """
    grants = of_mailbox(run.id, mailbox_id)
    meant = [
        grant
        for grant in grants
        if grant.state in MADE and (remedy is None or grant.remedy == remedy)
    ]
    if len(meant) == 1:
        return meant[0]
    listed = ", ".join(f"{one.remedy} ({one.kind.label}, {one.state.label})" for one in grants)
    raise bad_input(
        "which-grant",
        f"{len(meant)} grants of this mailbox could be meant",
        f"its remedies in this run: {listed or 'none'}",
        "name one that was made with --remedy",
    )


def _asked(run: Run, grant: GrantRow) -> Reversal:
    asked = Reversal.objects.filter(
        mailbox_id=grant.mailbox_id, run_id=run.id, remedy=grant.remedy
    ).first()
    if asked is None:
        raise Missing(
            Problem(
                "not-asked",
                "nobody has asked to take this grant back",
                "taking away needs two people: one asks with a reason, another agrees",
                "have an operator ask first: ristoro reverse ... --reason TEXT",
            )
        )
    return asked


def _take_back(grant: GrantRow, doors: Doors, reason: str, today: date) -> Result:
    if grant.kind is GrantKind.STORAGE:
        return _lower(grant, doors)
    base_until, until = extension.figures(grant)
    if base_until < today:
        return Result(
            Ending.REFUSED,
            "would-lapse",
            f"the old day, {base_until.isoformat()}, has passed: the mailbox would be downgraded",
        )
    key = f"{extension.key_of(grant, doors.run_name)}/reversed"
    back = ExtensionAsk(key, grant.address, until, base_until)
    return doors.billing.extend([back], reason=f"run {doors.run_name} reversed: {reason}")[0]


def _lower(grant: GrantRow, doors: Doors) -> Result:
    base, target = storage.figures(grant)
    reading = doors.host.read_quota([grant.address])[0]
    if not reading.result.done:
        return reading.result
    used = (reading.used_kib or 0) * storage.KIB
    if used > base:
        return Result(
            Ending.REFUSED,
            "would-fill",
            f"the mailbox holds {used} bytes, more than the old limit of {base}",
        )
    return doors.host.raise_quota([QuotaAsk(grant.address, target, base)])[0]
