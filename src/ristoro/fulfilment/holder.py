"""What one mailbox has: what happened to it, what it is owed and why, and what was done.

It is read for the holder, the desk and the command line alike, from the run's proven folder and
the rows of grants, letters and answers. It speaks of this mailbox alone: a mailbox that shares its
holder shares neither its letters nor what it is owed, and of its address the first letter and the
domain are told. Whoever wants more of it signs in to it (``together``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from ristoro.fulfilment import withdraw
from ristoro.fulfilment.alternatives import instead_of
from ristoro.fulfilment.consent import HOLDER, Silence, is_for_damages
from ristoro.fulfilment.held import (
    Exposure,
    Failed,
    Given,
    GrantFacts,
    Owed,
    Programme,
    Stretch,
    Together,
    Told,
)
from ristoro.fulfilment.lapsing import silences_of
from ristoro.fulfilment.models import Answer, Consent, Grant, GrantKind, GrantState
from ristoro.fulfilment.money import ways_of
from ristoro.fulfilment.receipts import number_of
from ristoro.fulfilment.reminders import schedules_of
from ristoro.kernel.clock import instant
from ristoro.kernel.errors import BadInput, bad_input
from ristoro.notices.genuine import masked
from ristoro.notices.models import NO_DAY, Notice, NoticeState
from ristoro.outages import measure
from ristoro.remedies.explaining.explain import speaker
from ristoro.remedies.explaining.telling import tell
from ristoro.remedies.folder.find import OneOf, find_mailbox
from ristoro.remedies.folder.one import class_of
from ristoro.remedies.folder.run_folder import RunFolder, open_run
from ristoro.remedies.language.policy import Policy
from ristoro.remedies.measuring.groups import of_holder
from ristoro.remedies.models import Run, RunState

PUBLIC = (RunState.APPROVED, RunState.ACTING, RunState.CLOSED)
"""Before its approval nobody has promised anything."""
MOST_RUNS = 20
_ANOTHER = "\x00another mailbox"
"""Stands for the addresses of the holder's other mailboxes, and marks the lines to leave out."""


def of_mailbox(address: str, lang: str) -> tuple[Programme, ...]:
    """Every public programme in which the mailbox stands, newest first; ``lang`` is it or en.

    A mailbox that is owed nothing is in them too, with the reason.
    """
    runs = Run.objects.filter(state__in=PUBLIC).order_by("-approved_at", "-id")[:MOST_RUNS]
    found = (of_run(run, address, lang) for run in runs)
    return tuple(one for one in found if one is not None)


def together(signed_in: Iterable[str], lang: str) -> Together:
    """The mailboxes of one person, who has signed in to each of these addresses; no others."""
    return Together(tuple((address, of_mailbox(address, lang)) for address in signed_in))


def of_run(run: Run, address: str, lang: str) -> Programme | None:
    """What one run has of a mailbox; ``None`` where the mailbox is not in it."""
    address = address.strip().lower()
    letters = list(Notice.objects.filter(address=address, run_id=run.id).order_by("id"))
    told = tuple(_told(letter) for letter in letters)
    try:
        folder = open_run(Path(run.directory))
        _prove(folder, run)
    except BadInput:
        return _unproven(run, address, told, lang) if letters else None
    try:
        one = find_mailbox(folder, address)
    except BadInput:
        return None
    policy = folder.checked.policy
    return Programme(
        run=run,
        proven=True,
        title=policy.title[lang],
        outage=folder.bound.sight.outage.title[lang],
        exposure=exposure_of(one),
        owed=_owed(run, folder, one, lang),
        told=told,
        beside=_beside(folder, one),
        by_person=any(remedy.by_person for remedy in folder.checked.remedies),
    )


def grant_facts(grant_id: int, address: str) -> tuple[Run, GrantFacts] | None:
    """One grant of this mailbox, and its run; ``None`` for another mailbox's, or none at all."""
    grant = Grant.objects.filter(
        id=grant_id, address=address.strip().lower(), run__state__in=PUBLIC
    ).first()
    if grant is None:
        return None
    run = Run.objects.get(id=grant.run_id)
    return run, _facts(run, grant, _policy_of(run))


def alternatives(run: Run, grant: GrantFacts, address: str) -> tuple[GrantFacts, ...]:
    """The mailbox's grants among which the holder chooses, in the policy's order; this one is one
    of them, and alone where there is no choice."""
    if not grant.others:
        return (grant,)
    policy = _policy_of(run)
    within = Grant.objects.filter(
        address=address.strip().lower(), run_id=run.id, remedy__in=[grant.remedy, *grant.others]
    )
    return tuple(_facts(run, one, policy) for one in within.order_by("remedy"))


def titles_of(run: Run, remedy: int, lang: str) -> tuple[str, str]:
    """What a run's programme and one of its remedies are called; the run's name where its folder
    is not what was approved."""
    policy = _policy_of(run)
    if policy is None:
        return run.name, run.name
    return policy.title[lang], policy.remedies[remedy].title[lang]


def zone_of(run: Run) -> ZoneInfo:
    """The zone of the policy's days; UTC where the run's folder is not what was approved."""
    policy = _policy_of(run)
    return ZoneInfo("UTC") if policy is None else policy.zone


def exposure_of(one: OneOf) -> Exposure:
    """When each way in of the mailbox, and mail from outside, did not work."""
    sight, cls = one.run.bound.sight, class_of(one.row, one.run.bound)

    def local(at: int) -> datetime:
        return instant(at).astimezone(sight.zone)

    parts = measure.exposure(sight.outage, cls, sight.until)
    failed = (
        Failed(
            component,
            tuple(
                Stretch(local(part.start), local(part.end), part.window.condition)
                for part in windows
            ),
        )
        for component, windows in parts.items()
    )
    return Exposure(local(sight.hull.start), local(sight.hull.end), tuple(failed))


def _owed(run: Run, folder: RunFolder, one: OneOf, lang: str) -> tuple[Owed, ...]:
    policy = folder.checked.policy
    say = speaker(folder, lang)
    mine = {
        grant.remedy: _facts(run, grant, policy)
        for grant in Grant.objects.filter(mailbox_id=one.mailbox_id, run_id=run.id)
    }
    hidden = {number: _ANOTHER for number in one.addresses if number != one.mailbox_id}
    alone = replace(one, addresses={**one.addresses, **hidden})
    owed = []
    for position, remedy in enumerate(one.run.checked.remedies):
        told = tell(remedy, alone, say)
        lines = tuple(line for line in told.lines if _ANOTHER not in line)
        owed.append(
            Owed(
                remedy=position,
                name=remedy.name,
                title=remedy.source.title[lang],
                lane=remedy.source.lane,
                headline=lines[0].removesuffix(f" [{told.stored.reason}]"),
                why=_sentences(lines[2:]),
                steps=lines[1:],
                reference=told.reference,
                grant=mine.get(position),
            )
        )
    return tuple(owed)


def _sentences(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines that stand by themselves: those below a heading carry figures and text of rules."""
    own = (line for line in lines if line.startswith("  ") and not line.startswith("   "))
    return tuple(line.strip() for line in own if not line.endswith(":"))


def _unproven(run: Run, address: str, told: tuple[Told, ...], lang: str) -> Programme:
    """The rows alone, where the folder is gone or was changed: no reason is made up."""
    letter = Notice.objects.filter(address=address, run_id=run.id).only("mailbox_id").first()
    mailbox_id = -1 if letter is None else letter.mailbox_id
    grants = Grant.objects.filter(mailbox_id=mailbox_id, run_id=run.id).order_by("remedy")
    titles = {str(line["name"]): line for line in run.totals.get("remedies", ()) if "name" in line}
    names = list(titles)
    owed = []
    for grant in grants:
        name = names[grant.remedy] if grant.remedy < len(names) else ""
        title = str(titles.get(name, {}).get("title", {}).get(lang, name))
        facts = _facts(run, grant, None)
        owed.append(Owed(grant.remedy, name, title, "", title, (), (), "", facts))
    return Programme(run, False, run.name, "", None, tuple(owed), told, (), by_person=False)


def _facts(run: Run, grant: Grant, policy: Policy | None) -> GrantFacts:
    silences = silences_of(policy) if policy is not None else {}
    days_before = schedules_of(policy).get(grant.remedy, ()) if policy is not None else ()
    given = Answer.objects.filter(
        mailbox_id=grant.mailbox_id, run_id=run.id, remedy=grant.remedy
    ).first()
    answer, own = None, given is not None and given.recorded_by == HOLDER
    if given is not None:
        answer = Given(given.yes, given.channel, given.recorded_by, given.at, given.reason)
    state = GrantState(grant.state)
    return GrantFacts(
        id=grant.id,
        number=number_of(grant.id),
        run_id=run.id,
        remedy=grant.remedy,
        kind=GrantKind(grant.kind),
        amount=grant.amount,
        currency=grant.currency,
        base=grant.base,
        target=grant.target,
        base_until=grant.base_until,
        until=grant.until,
        consent=Consent(grant.consent),
        deadline=grant.deadline,
        state=state,
        since=grant.since,
        silence=silences.get(grant.remedy, Silence.ASK_AGAIN),
        reminders=_reminders(grant.deadline, days_before),
        answer=answer,
        withdrawable=withdraw.may_withdraw(run, state, own),
        others=_others(run, grant.remedy, policy),
        instead=instead_of(grant.result),
        channel=ways_of([grant]).get(grant.id, ""),
        code=grant.result,
        is_for_damages=is_for_damages(run, grant.remedy),
    )


def _others(run: Run, remedy: int, policy: Policy | None) -> frozenset[int]:
    """The alternatives to a remedy: by the totals that were approved where the policy is gone, or
    a holder could then be given two of them."""
    if policy is not None:
        return policy.others(remedy)
    choices = [line.get("choice", "") for line in run.totals.get("remedies", ())]
    if remedy >= len(choices) or not choices[remedy]:
        return frozenset()
    return frozenset(n for n, name in enumerate(choices) if name == choices[remedy]) - {remedy}


def _reminders(deadline: date | None, days_before: tuple[int, ...]) -> tuple[date, ...]:
    if deadline is None:
        return ()
    return tuple(deadline - timedelta(days=days) for days in days_before)


def _told(letter: Notice) -> Told:
    day = None if letter.day == NO_DAY else letter.day
    return Told(letter.id, letter.kind, NoticeState(letter.state), letter.about, day, letter.since)


def _beside(folder: RunFolder, one: OneOf) -> tuple[str, ...]:
    """The holder's other mailboxes, masked."""
    found = of_holder(folder, one.row)
    return tuple(masked(row["address"]) for row in found if row["mailbox_id"] != one.mailbox_id)


def _policy_of(run: Run) -> Policy | None:
    try:
        folder = open_run(Path(run.directory))
        _prove(folder, run)
    except BadInput:
        return None
    return folder.checked.policy


def _prove(folder: RunFolder, run: Run) -> None:
    """The folder's record may have been written anew: the row has what was approved."""
    for name in ("policy_digest", "outage_digest", "snapshot_digest", "outcomes_digest"):
        if str(folder.record.get(name)) != getattr(run, name):
            raise _changed(run, name)


def _changed(run: Run, name: str) -> BadInput:
    return bad_input(
        "run-changed",
        f"the {name.removesuffix('_digest')} in the folder of {run.name} is another",
        "it is not what was approved, and nothing is told from it",
        "bring the old file back",
    )
