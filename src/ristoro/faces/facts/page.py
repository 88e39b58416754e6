"""All that the page of facts says of a programme, gathered once for people and for machines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from ristoro.faces import said
from ristoro.faces.components import COMPONENTS, STATES
from ristoro.faces.facts import damages, rules
from ristoro.faces.facts.sources import Sources, sources_of
from ristoro.faces.far import HowFar, how_far
from ristoro.fulfilment import wording
from ristoro.fulfilment.report import report
from ristoro.fulfilment.statement import Statement, as_data
from ristoro.kernel.keys import digest_of
from ristoro.notices import specimens
from ristoro.notices.specimens import Specimen
from ristoro.outages.timeline import changes, ranges
from ristoro.remedies.models import Run, RunState

STATEMENT_SECONDS = 600

NEVER = (
    _("a password, a card number, an IBAN or a code, by mail, by text message or by telephone;"),
    _("that you follow a link: our letters have none, nor forms, nor attachments;"),
    _("that you confirm, reactivate or migrate your mailbox;"),
    _("money, in any form, to have what you are owed."),
)


@dataclass(frozen=True, slots=True)
class Step:
    """On these stores, from this time."""

    at: datetime
    stores: str
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """These components changed to ``state``, on all stores at once or on some after others."""

    state: str
    state_words: str
    components: tuple[str, ...]
    component_words: tuple[str, ...]
    steps: tuple[Step, ...]


Case = tuple[str, str]
"""What is given, and whether the holder must do something for it."""


@dataclass(frozen=True, slots=True)
class ForPlan:
    """Whoever has one of these plans now: what most of them are given, and what some are."""

    plans: tuple[str, ...]
    most: Case
    some: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The facts of one programme in one language; ``letters`` are in both."""

    run: Run
    sources: Sources
    moments: tuple[Moment, ...]
    told: tuple[rules.Told, ...]
    far: tuple[HowFar, ...]
    at: datetime
    letters: tuple[Specimen, ...]
    damages: str
    statement: Statement | None

    @property
    def since(self) -> date:
        """The day from which what is given is given: that on which it became public."""
        at = self.run.published_at or self.at
        return at.astimezone(self.sources.zone).date()

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands that write letters for it."""
        return tuple(sorted({one.brand for one in self.letters}))

    @property
    def lines(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """By brand, the subject of each of its letters in the reader's language."""
        own = [one for one in self.letters if one.locale == said.lang()]
        return tuple(
            (brand, tuple(dict.fromkeys(one.line for one in own if one.brand == brand)))
            for brand in self.brands
        )

    @property
    def begun(self) -> datetime:
        """When the outage began, where it was."""
        return self.sources.local(self.sources.outage.start)

    @property
    def ended(self) -> datetime | None:
        """When it ended; ``None`` while it goes on."""
        end = self.sources.outage.end
        return None if end is None else self.sources.local(end)

    @property
    def plans(self) -> tuple[ForPlan, ...]:
        """For each plan, whether its holders must do something; plans of one answer together.

        The plan is the present one: what is owed may follow from the one held then, so that some
        mailboxes of a plan are given what most of it are not.
        """
        by_plan: dict[str, Counter[Case]] = {}
        for told in self.told:
            for gives in told.gives:
                case = (gives.sentence, rules.answer(gives))
                for line in gives.lines:
                    by_plan.setdefault(line["plan"], Counter())[case] += line["count"]
        alike: dict[Case, tuple[list[str], dict[Case, None]]] = {}
        for plan, cases in sorted(by_plan.items()):
            (most, _count), *rest = cases.most_common()
            plans, some = alike.setdefault(most, ([], {}))
            plans.append(plan)
            some.update(dict.fromkeys(case for case, _count in rest))
        return tuple(
            ForPlan(tuple(plans), most, tuple(some)) for most, (plans, some) in alike.items()
        )


def page_of(run: Run, at: datetime) -> Page:
    """The page of a run as it stands ``at``, which is now; of an approved one, for its preview.

    ``BadInput`` where the run's folder is gone or was changed: nothing is published from it then.
    """
    sources = sources_of(run)
    far = how_far(run)
    drawn = specimens.of_run(run)
    return Page(
        run=run,
        sources=sources,
        moments=_moments(sources),
        told=rules.told(sources, run.totals),
        far=far,
        at=at,
        letters=() if drawn is None else specimens.read(drawn),
        damages=damages.how(),
        statement=_statement(run, far, at),
    )


def about(shown: Page) -> dict[str, Any]:
    """What the template of the facts is given."""
    statement = None
    if shown.statement is not None:
        statement = wording.text(shown.statement, said.lang(), shown.sources.checked.policy)
    return {"page": shown, "run": shown.run, "never": NEVER, "statement": statement}


def _moments(sources: Sources) -> tuple[Moment, ...]:
    stores = {store for group in sources.outage.stores.values() for store in group}
    steps: dict[tuple[str, tuple[str, ...]], list[Step]] = {}
    for change in changes(sources.outage):
        step = Step(
            at=sources.local(change.at),
            stores=ranges(change.stores),
            everywhere=set(change.stores) == stores,
        )
        steps.setdefault((change.state, change.components), []).append(step)
    return tuple(
        Moment(
            state=state,
            state_words=str(STATES[state]),
            components=components,
            component_words=tuple(str(COMPONENTS[name]) for name in components),
            steps=tuple(together),
        )
        for (state, components), together in steps.items()
    )


def _statement(run: Run, far: tuple[HowFar, ...], at: datetime) -> Statement | None:
    """The statement, once workers have nothing left to do.

    Drawing it up reads every row of the run, so it is kept for as long as no row moves.
    """
    if not all(one.over for one in far):
        return None
    rows = [[line.act.name, *sorted(line.by_state.items())] for line in far]
    key = f"statement-{run.pk}-{digest_of([run.state, run.outcomes_digest, rows])}"
    kept: Statement | None = cache.get(key)
    if kept is None:
        kept = report(run, at)
        cache.set(key, kept, STATEMENT_SECONDS)
    return kept


def as_json(page: Page) -> dict[str, Any]:
    """The page for machines: exact figures, names instead of numbers, sentences beside them."""
    run, sources = page.run, page.sources
    return {
        "run": run.name,
        "language": said.lang(),
        "state": RunState(run.state).name.lower(),
        "paused": run.paused,
        "approved_at": as_data(run.approved_at),
        "published_at": as_data(run.published_at),
        "digests": {
            "snapshot": run.snapshot_digest,
            "outage": run.outage_digest,
            "policy": run.policy_digest,
            "outcomes": run.outcomes_digest,
        },
        "outage": {
            "name": sources.outage.name,
            "version": sources.outage.version,
            "title": sources.outage.title[said.lang()],
            "zone": sources.zone.key,
            "from": page.begun.isoformat(),
            "to": as_data(page.ended),
            "changes": [
                {
                    "at": step.at.isoformat(),
                    "state": one.state,
                    "components": list(one.components),
                    "stores": step.stores,
                }
                for one in page.moments
                for step in one.steps
            ],
            "sources": list(sources.outage.sources),
        },
        "policy": {
            "name": sources.checked.policy.name,
            "version": sources.checked.policy.version,
            "title": sources.checked.policy.title[said.lang()],
        },
        "plans": [
            {
                "plans": list(one.plans),
                "what": one.most[0],
                "must_i_do_something": one.most[1],
                "some": [
                    {"what": what, "must_i_do_something": answer} for what, answer in one.some
                ],
            }
            for one in page.plans
        ],
        "remedies": [
            {
                "title": told.title,
                "other_rights_kept": told.rights_kept,
                "gives": [_gives(gives, page.since) for gives in told.gives],
                "nothing": [as_data(one) for one in told.nothing],
                "alternatives": list(told.alternatives),
            }
            for told in page.told
        ],
        "never_asked": [str(one) for one in NEVER],
        "letters": [as_data(one) for one in page.letters],
        "damages": page.damages,
        "progress": [
            {
                "act": line.act.name.lower(),
                "rows": line.rows,
                "ended": line.ended,
                "waiting": line.waiting,
            }
            for line in page.far
        ],
        "statement": None if page.statement is None else as_data(page.statement),
    }


def _gives(gives: rules.Gives, since: date) -> dict[str, Any]:
    return {
        "rule": gives.rule,
        "what": gives.sentence,
        "must_i_do_something": rules.answer(gives),
        "consent": gives.consent,
        "from": as_data(since),
        "when": rules.begins(gives, since),
        "by": as_data(gives.by),
        "silence": gives.silence,
        "reference": gives.reference,
        "exact": list(gives.exact),
        "owed": list(gives.lines),
    }
