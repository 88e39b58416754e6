"""A holder's yes or no to a grant that waits for one, and the asking for what must be asked for.

A refusal given once is not overwritten. What must be asked for (``Consent.CLAIM``) is asked for by
its holder alone, in the webmail: there a yes is the request, and nobody says no to it.

Whoever is given something by an answer is told so by a letter of its own, once it is
done. A no is not: whoever takes it confirms it on the spot, and a letter about nothing that was
given would only press for another answer.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from ristoro.fulfilment import alternatives
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantState
from ristoro.fulfilment.moves import Keep, Move, follow_up
from ristoro.journal import names
from ristoro.journal.append import append
from ristoro.kernel.errors import BadInput, NotAllowed, Problem, bad_input
from ristoro.kernel.keys import row_bounds
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.models import Run, RunState
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

CHANNELS = ("webmail", "phone", "counter", "letter")
LONGEST_PROOF = 500
LONGEST_REASON = 500
REACHED = (NoticeState.ACCEPTED, NoticeState.VERIFIED)
"""States of a letter that lies in its mailbox."""
HOLDER = "holder"
DAMAGES = "damages"
"""The lane of ``remedies.columns.LANES`` in which a loss is proven first."""


class Silence(enum.Enum):
    """What the policy says of a grant whose deadline goes by without an answer."""

    GIVE = "give"
    ASK_AGAIN = "ask-again"
    FORFEIT = "forfeit"


@dataclass(frozen=True, slots=True)
class Said:
    """A yes or a no, how it came (one of ``CHANNELS``), what proves it, and who recorded it.

    ``person`` is ``None`` where the holder answered in the webmail, signed in as the mailbox.
    ``reason`` is what the holder gave for it, in their own words, or nothing.
    """

    yes: bool
    channel: str
    proof: str
    person: Person | None
    at: datetime
    reason: str = ""

    @property
    def recorded_by(self) -> str:
        return HOLDER if self.person is None else self.person.name


@dataclass(frozen=True, slots=True)
class Recorded:
    """The answer that stands; ``already`` where the same one had been given before."""

    grant_id: int
    yes: bool
    already: bool
    state: GrantState


def answer(
    run: Run,
    grant_id: int,
    said: Said,
    silence: Silence,
    keep: Keep,
    others: Collection[int] = (),
) -> Recorded:
    """Record the answer and move the grant to planned or declined, in one transaction.

    With a yes a letter is planned that tells the holder when it is done, and the mailbox's grants
    of the remedies in ``others``, the alternatives to this one, are declined as far as they wait.
    A no leaves them.

    The same answer again is ``already``. ``NotAllowed`` where another answer stands, where the
    policy forfeits at a deadline that has passed (days of ``said.at``'s own zone) and a letter had
    reached the mailbox, where the grant asks for nothing, where an alternative to it is given, and
    where the person is neither agent nor operator. What must be asked for takes a yes from its
    holder in the webmail, and no other answer: ``NotAllowed``, as in the lane of damages, where a
    claim with its reasons is examined first; ``BadInput`` for an unknown
    channel or an empty proof.
    """
    _check(said)
    if said.person is not None:
        people.require(said.person, Role.AGENT, Role.OPERATOR)
    try:
        return _record(run, grant_id, said, silence, keep, others)
    except IntegrityError:
        # Another process answered between our look and our row: now its answer can be read.
        return _record(run, grant_id, said, silence, keep, others)


def decline(run: Run, grant_ids: Sequence[int], said: Said, keep: Keep) -> list[Recorded]:
    """A no to each of several alternatives of a mailbox, in one transaction; as ``answer``."""
    with transaction.atomic():
        ids = sorted(grant_ids)
        list(Grant.objects.select_for_update().filter(id__in=ids, run_id=run.id).order_by("id"))
        return [answer(run, one, said, Silence.ASK_AGAIN, keep) for one in ids]


def waiting_for_answer(grants: Iterable[tuple[int, int, str]], remedy: int | None) -> int:
    """The one grant meant, of ``(id, remedy, words)``; ``BadInput`` where it must be said which."""
    listed = list(grants)
    meant = [grant for grant in listed if remedy is None or grant[1] == remedy]
    if len(meant) == 1:
        return meant[0][0]
    choices = "; ".join(f"{number}: {words}" for _, number, words in listed)
    if not meant:
        raise bad_input(
            "nothing-asked",
            "no grant of this mailbox asks for an answer",
            f"the run gives it: {choices}" if listed else "the run gives it nothing",
            "check the run and the mailbox",
        )
    raise bad_input(
        "which-remedy",
        "more than one grant of this mailbox asks for an answer",
        choices,
        "name one with --remedy",
    )


def _record(
    run: Run,
    grant_id: int,
    said: Said,
    silence: Silence,
    keep: Keep,
    others: Collection[int],
) -> Recorded:
    with transaction.atomic():
        grant, beside = alternatives.locked(run, grant_id, others)
        given = Answer.objects.filter(
            mailbox_id=grant.mailbox_id, run_id=run.id, remedy=grant.remedy
        ).first()
        if given is not None:
            return _standing(grant, given, said)
        alternatives.refuse_second(grant, beside if said.yes else ())
        _may_answer(run, grant, said, silence)
        after = GrantState.PLANNED if said.yes else GrantState.DECLINED
        _answer_of(grant, said).save(force_insert=True)
        Grant.objects.filter(id=grant.id, state=GrantState.WAITING).update(
            state=after, result="", since=said.at
        )
        passed, counts = alternatives.pass_over(beside if said.yes else (), grant.remedy, said.at)
        keep(
            Move(
                run.id,
                grant.bucket,
                grant.remedy,
                GrantState.WAITING,
                after,
                (grant.id,),
                grant.amount,
                (follow_up(grant),) if said.yes else (),
                passed,
            )
        )
        data = {
            "mailbox_id": grant.mailbox_id,
            "remedy": grant.remedy,
            "yes": said.yes,
            **({"asked_for": True} if grant.consent == Consent.CLAIM else {}),
            "channel": said.channel,
            "proof": said.proof,
            **({"passed_over": counts} if counts else {}),
        }
        append(said.recorded_by, names.ANSWER_RECORDED, f"grant {grant.id}", data, said.at)
        return Recorded(grant.id, said.yes, already=False, state=after)


def _answer_of(grant: Grant, said: Said) -> Answer:
    return Answer(
        mailbox_id=grant.mailbox_id,
        bucket=grant.bucket,
        run_id=grant.run_id,
        remedy=grant.remedy,
        yes=said.yes,
        channel=said.channel,
        proof=said.proof,
        reason=said.reason,
        recorded_by=said.recorded_by,
        at=said.at,
    )


def told(run: Run, bucket: int) -> set[int]:
    """The mailboxes of a bucket that a letter of the run has reached."""
    lo, hi = row_bounds(bucket, run.id)
    letters = Notice.objects.filter(id__gte=lo, id__lt=hi, run_id=run.id, state__in=REACHED)
    return set(letters.values_list("mailbox_id", flat=True))


def _standing(grant: Grant, given: Answer, said: Said) -> Recorded:
    if given.yes == said.yes:
        return Recorded(grant.id, given.yes, already=True, state=GrantState(grant.state))
    words = "yes" if given.yes else "no"
    raise NotAllowed(
        Problem(
            "answered-otherwise",
            f"this grant was answered {words} on {given.at:%Y-%m-%d %H:%M} UTC by {given.channel}",
            "an answer that was recorded with its proof is not overwritten",
            "a yes is taken back by a reversal once it is made; for a no that was meant as a yes, "
            "have the operator enter a run for this mailbox",
        )
    )


def _may_answer(run: Run, grant: Grant, said: Said, silence: Silence) -> None:
    if run.state not in (RunState.APPROVED, RunState.ACTING):
        raise NotAllowed(
            Problem(
                "run-not-open",
                f"run {run.name} takes no answers while it is {RunState(run.state).name.lower()}",
                "only an approved run that is not closed can still give",
                "have it approved first, or look for the run that is open",
            )
        )
    if grant.state != GrantState.WAITING or grant.consent == Consent.AUTOMATIC:
        raise _nothing_asked(f"no answer; it is {GrantState(grant.state).name.lower()}")
    if grant.consent == Consent.CLAIM:
        _may_ask(run, grant, said)
    late = grant.deadline is not None and said.at.date() > grant.deadline
    forfeits = late and said.yes and silence is Silence.FORFEIT
    if forfeits and grant.mailbox_id in told(run, grant.bucket):
        raise NotAllowed(
            Problem(
                "too-late",
                f"the day to answer was {grant.deadline}",
                "the policy of this run gives nothing after it",
                "if the holder could not answer in time, have the operator enter a run for it",
            )
        )


def is_for_damages(run: Run, remedy: int) -> bool:
    """Whether a remedy is of the lane of damages, by the totals that were approved."""
    lines = run.totals.get("remedies", ())
    return remedy < len(lines) and lines[remedy].get("lane") == DAMAGES


def _may_ask(run: Run, grant: Grant, said: Said) -> None:
    if is_for_damages(run, grant.remedy):
        raise _nothing_asked("a claim with its reasons")
    if said.person is not None or not said.yes:
        raise NotAllowed(
            Problem(
                "holder-asks",
                "this grant is given to whoever asks for it",
                "its holder asks for it in the webmail; nobody asks in their place, and whoever "
                "does not want it need not say so",
                "tell the holder where it is asked for, and until when",
            )
        )


def _nothing_asked(what: str) -> NotAllowed:
    return NotAllowed(
        Problem(
            "nothing-asked",
            f"this grant asks for {what}",
            "a yes is recorded only where one is awaited",
            "tell the holder how it stands (ristoro explain)",
        )
    )


def _check(said: Said) -> None:
    problems = []
    if said.channel not in CHANNELS:
        problems.append(
            Problem(
                "wrong-value",
                f"{said.channel!r} is not a channel",
                "a report counts answers by channel",
                f"choose one of {', '.join(CHANNELS)}",
            )
        )
    if not said.proof.strip() or len(said.proof) > LONGEST_PROOF:
        problems.append(
            Problem(
                "wrong-value",
                f"the proof of the answer is empty or longer than {LONGEST_PROOF} characters",
                "it must be possible to show later how the holder answered",
                "write a call number, a letter's reference, who was at the counter",
            )
        )
    if len(said.reason) > LONGEST_REASON:
        problems.append(
            Problem(
                "wrong-value",
                f"the reason of the answer is longer than {LONGEST_REASON} characters",
                "it stands beside the answer, and is read by people",
                "shorten it",
            )
        )
    if said.person is None and said.channel != "webmail":
        problems.append(
            Problem(
                "wrong-value",
                f"an answer by {said.channel} was recorded by nobody",
                "only in the webmail does the holder answer without a person between",
                "name the person who took the answer",
            )
        )
    if problems:
        raise BadInput(*problems)
