"""The editor's form: what was typed, what is wrong with it, and how the public will read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import override

from ristoro import env, wiring
from ristoro.faces.console.incidents import suggested, words
from ristoro.faces.said import Lazy
from ristoro.faces.site import Site
from ristoro.faces.told import Entry, Shown, moved, shown
from ristoro.kernel import clock
from ristoro.kernel.errors import Problem
from ristoro.outages.incidents import drafts, publish
from ristoro.outages.incidents.board import Part, conditions_of, parts_of
from ristoro.outages.incidents.models import Draft, Incident
from ristoro.outages.incidents.states import PHASES, Condition, Impact, Kind, Phase

LANGUAGES = ("it", "en")
IMPACTS = tuple(one for one in Impact if one is not Impact.MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Row:
    """One component in the form: what was told of it so far, and what the update says."""

    name: str
    component: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong: at which field, what the field is called, and what to do."""

    field: str
    name: Lazy
    sentence: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One to begin from: its value in the form, the phase that it is for, and its words."""

    value: str
    phase: str
    it: str
    en: str


@dataclass(frozen=True, slots=True)
class Form:
    """What the editor's template shows. ``draft`` is ``None`` before the first saving."""

    kind: Kind
    incident: Incident | None
    draft: Draft | None
    fields: Mapping[str, str]
    site: Site
    wrong: tuple[Wrong, ...] = ()

    @property
    def phases(self) -> tuple[Phase, ...]:
        """Those that can come now: after the end only what it was, before it not yet that."""
        every = PHASES[self.kind]
        if self.incident is None:
            return tuple(one for one in every if one is not Phase.POSTMORTEM)
        over = self.incident.over_at is not None
        return tuple(one for one in every if (one is Phase.POSTMORTEM) == over) or every

    @property
    def impacts(self) -> tuple[Impact, ...]:
        return IMPACTS

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return tuple(Condition)

    @property
    def brands(self) -> list[tuple[str, list[Row]]]:
        """Every component, by brand, with what was told of it so far by this incident."""
        so_far = self.incident.updates.all() if self.incident is not None else ()
        before = conditions_of(so_far)
        return [
            (brand.name, [self._row(part, before.get(part)) for part in parts_of([code])])
            for code, brand in self.site.brands.items()
        ]

    def _row(self, part: Part, before: tuple[Condition, datetime] | None) -> Row:
        name = f"components.{part.brand}.{part.component}"
        old = before[0] if before is not None else Condition.OPERATIONAL
        return Row(name, part.component, old.value, self.fields.get(name, ""))

    @property
    def sentences(self) -> list[Sentence]:
        """Sentences to begin from, for every phase that can come now."""
        return [
            Sentence(f"{phase}/{number}", phase.value, one.it, one.en)
            for phase in self.phases
            for number, one in enumerate(suggested.SENTENCES[phase])
        ]

    @property
    def wrong_at(self) -> dict[str, str]:
        """What is wrong by field, under names that a template can look up."""
        return {one.field.replace(".", "_"): one.sentence for one in self.wrong}

    @property
    def typed(self) -> dict[str, str]:
        """What was typed by field, under names that a template can look up."""
        return {name.replace(".", "_"): text for name, text in self.fields.items()}

    def previews(self, at: datetime) -> list[tuple[str, Shown]]:
        """As the public will read it, in both languages, if it were published ``at``."""
        found = []
        for lang in LANGUAGES:
            with override(lang):
                found.append((lang, self._shown(lang, at)))
        return found

    def changes(self, at: datetime) -> list[dict[str, str]]:
        """Which components it moves, from what to what."""
        told = self._written(at).told
        return publish.changes_of(self.incident, told, self.site.codes)

    def _written(self, at: datetime) -> drafts.Written:
        draft = Draft(kind=self.kind, fields=dict(self.fields))
        draft.incident = self.incident
        return drafts.written(draft, self.site.codes, self.site.zone, at)

    def _shown(self, lang: str, at: datetime) -> Shown:
        said, zone = self._written(at), self.site.zone
        changes = publish.changes_of(self.incident, said.told, self.site.codes)
        entry = Entry(
            at=at.astimezone(zone),
            phase=said.told.phase.value,
            body=said.told.body.en if lang == "en" else said.told.body.it,
            changes=moved(changes, self.site),
        )
        if self.incident is not None:
            before = shown(self.incident, self.site)
            entries = (entry, *before.entries)
            return Shown(
                self.incident, before.title, entries, before.started_at, None, before.scheduled
            )
        opening = said.opening
        unsaved = Incident(
            kind=self.kind,
            impact=opening.impact if opening else self.fields.get("impact") or "none",
        )
        start = (opening.started_at if opening else at).astimezone(zone)
        plan = opening.plan if opening else None
        scheduled = (plan.start.astimezone(zone), plan.end.astimezone(zone)) if plan else None
        title = self.fields.get(f"title.{lang}", "").strip()
        return Shown(unsaved, title or "…", (entry,), start, None, scheduled)


def of_draft(draft: Draft, site: Site, problems: Sequence[Problem] = ()) -> Form:
    """The form of a draft, with what stands against publishing it, if that was asked."""
    wrong = tuple(
        Wrong(words.field_of(one), words.NAMES[words.field_of(one)], words.sentence(one))
        for one in problems
    )
    return Form(Kind(draft.kind), draft.incident, draft, draft.fields, site, wrong)


def posted(data: QueryDict, site: Site) -> dict[str, str]:
    """What a form of the editor carries, line ends as one character."""
    names = [
        *drafts.FIELDS,
        *(f"components.{part.brand}.{part.component}" for part in parts_of(site.codes)),
    ]
    typed = {name: data.get(name, "").replace("\r\n", "\n") for name in names}
    return {name: text for name, text in typed.items() if text}


def blank(kind: Kind, incident: Incident | None, outage: str, site: Site) -> Form:
    """A form that nobody has typed into: now, and the phase that mostly comes first or next."""
    fields: dict[str, str] = {}
    if incident is None:
        now = clock.now().astimezone(site.zone)
        fields["from"] = f"{now:%Y-%m-%dT%H:%M}" if kind is Kind.INCIDENT else ""
        fields["outage"] = outage
    form = Form(kind, incident, None, fields, site)
    phases = form.phases
    so_far = incident.phase if incident is not None else ""
    place = min(phases.index(Phase(so_far)) + 1, len(phases) - 1) if so_far in phases else 0
    return Form(kind, incident, None, {**fields, "phase": phases[place].value}, site)


def site_for_staff() -> Site:
    """The brands and the zone; addresses of pages are relative here."""
    environment = env.current()
    return Site("/", wiring.brands_of(environment), wiring.zone_of(environment))
