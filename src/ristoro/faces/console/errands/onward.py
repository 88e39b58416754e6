"""What each kind of errand is called, and where to go on once it is done: one line a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ristoro.errands import (
    bank_files,
    books,
    closing,
    decisions,
    entering,
    estates,
    evidence,
    mending,
    policies,
    publishing,
    registering,
    renewing,
    uploads,
)
from ristoro.faces.said import Lazy
from ristoro.workers.models import Errand, ErrandState


@dataclass(frozen=True, slots=True)
class Onward:
    """What a kind is called; and, where there is a page for what came of it, that page."""

    name: Lazy
    words: Lazy = ""
    """Of the link to the page."""
    to: Callable[[Errand], str] | None = None
    """The page of what a done errand made."""
    back: Callable[[Errand], str] | None = None
    """The page to ask again from, for one that failed or was cancelled."""
    faults: Callable[[Errand], str] | None = None
    """A file of all that is wrong, for one whose problems say only the first; may be ``""``."""
    kept: Lazy = ""
    """What stays of one that was cancelled or failed, where anything does."""


def _snapshot(errand: Errand) -> str:
    return reverse("console:snapshot", args=[errand.result["digest"]])


def _upload(errand: Errand) -> str:
    there = uploads.find_or_none(str(errand.params["upload"]))
    return reverse("console:upload", args=[there.name]) if there else ""


def _policy(errand: Errand) -> str:
    return reverse("console:policy", args=[errand.params["policy"].removesuffix(".yaml")])


def _bad_rows(errand: Errand) -> str:
    listed = any(problem["code"] == "bad-rows" for problem in errand.problems)
    there = uploads.find_or_none(str(errand.params["upload"])) if listed else None
    return reverse("console:bad-rows", args=[there.name]) if there else ""


def _run(errand: Errand) -> str:
    return reverse("console:run", args=[errand.result["run"]])


def _proof(errand: Errand) -> str:
    return reverse("console:proof", args=[errand.params["run"]])


def _closing(errand: Errand) -> str:
    return reverse("console:closing", args=[errand.params["run"]])


def _report(errand: Errand) -> str:
    return reverse("console:statement", args=[errand.params["run"]])


def _chain(errand: Errand) -> str:
    del errand
    return reverse("console:chain")


def _decided(errand: Errand) -> str:
    return reverse("console:decision", args=[errand.result["folder"]])


def _decide(errand: Errand) -> str:
    chosen = {name: errand.params[name] for name in ("snapshot", "policy")}
    outage = f"{errand.params['outage']}/{errand.params['version']}"
    return f"{reverse('console:decide')}?{urlencode(chosen | {'outage': outage})}"


def _decision(errand: Errand) -> str:
    folder = errand.params.get("folder")
    return reverse("console:decision", args=[folder]) if folder else ""


def _compared(errand: Errand) -> str:
    made = errand.result
    if "against" not in made:
        return ""  # of two policies that no decision is of
    return reverse("console:decision-comparison", args=[made["folder"], made["against"]])


def _drawn(errand: Errand) -> str:
    return reverse("console:run-preview", args=[errand.params["run"]])


def _publication(errand: Errand) -> str:
    return reverse("console:publication", args=[errand.params["run"]])


def _breach(errand: Errand) -> str:
    return reverse("console:breach", args=[errand.params["outage"]])


def _queues(errand: Errand) -> str:
    return reverse("console:queues", args=[errand.params["run"]])


def _evidence(errand: Errand) -> str:
    return reverse("console:evidence-import", args=[errand.result["evidence"]])


def _all_evidence(errand: Errand) -> str:
    del errand
    return reverse("console:evidence")


def _bank_file(errand: Errand) -> str:
    return reverse("console:bank-file", args=[errand.params["file"]])


def _bank_files(errand: Errand) -> str:
    del errand
    return reverse("console:bank-files")


def _books_file(errand: Errand) -> str:
    return reverse("console:books-file", args=[errand.pk])


def _books(errand: Errand) -> str:
    del errand
    return reverse("console:books")


def _held_against(errand: Errand) -> str:
    return reverse("console:evidence-outage", args=[errand.params["outage"]])


KINDS: Mapping[str, Onward] = {
    bank_files.READ: Onward(
        _("Reading of a file of the bank's"),
        _("See what it would change"),
        _bank_file,
        _bank_files,
    ),
    bank_files.APPLY: Onward(
        _("Applying of a file of the bank's"),
        _("See what it changed"),
        _bank_file,
        _bank_file,
        kept=_("What was applied stays. Applied again, it goes on from there."),
    ),
    books.EXPORT: Onward(
        _("Writing of the books into a file"), _("Take the file away"), _books_file, _books
    ),
    evidence.IMPORT: Onward(
        _("Import of mail logs"), _("See what the logs hold"), _evidence, _all_evidence
    ),
    evidence.COMPARE: Onward(
        _("Comparison of an outage with the logs"),
        _("See where they disagree"),
        _held_against,
        _held_against,
    ),
    mending.RETRY: Onward(_("Rows tried again"), _("Back to the queues"), _queues, _queues),
    mending.LOOK: Onward(_("Rows looked at"), _("Back to the queues"), _queues, _queues),
    publishing.LETTERS: Onward(
        _("Letters for the page of facts"),
        _("Read what becomes public"),
        _publication,
        _publication,
    ),
    registering.COUNT: Onward(
        _("Numbers for the register of breaches"), _("Open the record"), _breach, _breach
    ),
    estates.KIND: Onward(
        _("Import of an estate"), _("Open the snapshot"), _snapshot, _upload, _bad_rows
    ),
    policies.KIND: Onward(_("Examination of a policy"), _("Open the policy"), _policy, _policy),
    decisions.DECIDE: Onward(_("Decision"), _("See what will be given"), _decided, _decide),
    decisions.COMPARE: Onward(
        _("Comparison of two policies"), _("See who gains and who loses"), _compared, _decision
    ),
    decisions.CHECK: Onward(
        _("Proof of a decision"), _("See what will be given"), _decided, _decision
    ),
    decisions.DRAW: Onward(_("Drawing samples"), _("See what will be given"), _drawn),
    renewing.NEWS: Onward(
        _("Comparison of a run with a newer estate"), _("See what will be given"), _drawn
    ),
    entering.ENTER: Onward(_("Entry of a run"), _("Open the run"), _run, _decision),
    entering.PROVE: Onward(_("Proof of a run"), _("See each check"), _proof, _proof),
    closing.RECONCILE: Onward(
        _("Reading the world again"), _("See what was read"), _closing, _closing
    ),
    closing.DRAW_UP: Onward(_("Drawing up a report"), _("Open the report"), _report, _report),
    closing.CLOSE: Onward(_("Closing a run"), _("See the closing statement"), _closing, _closing),
    closing.WALK: Onward(_("Walking the journal"), _("See how it came out"), _chain, _chain),
}


def of(errand: Errand) -> Onward:
    """What is known of an errand's kind; its bare name where nothing is."""
    return KINDS.get(errand.kind) or Onward(errand.kind)


def link(errand: Errand) -> str:
    """The address to go on to, ``""`` where there is none."""
    kind = of(errand)
    if errand.state == ErrandState.DONE and kind.to is not None:
        return kind.to(errand)
    if errand.state in (ErrandState.FAILED, ErrandState.CANCELLED) and kind.back is not None:
        return kind.back(errand)
    return ""


def faults(errand: Errand) -> str:
    """The address of a file of all that is wrong, ``""`` where there is none."""
    kind = of(errand)
    return "" if kind.faults is None else kind.faults(errand)
