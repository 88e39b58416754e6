"""The pages of policies that show: the shelf, one policy, one of its cases, two side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro.errands import places
from ristoro.errands import policies as work
from ristoro.errands.policies import Found
from ristoro.faces.console.errands import telling
from ristoro.faces.console.errands.views import UNENDED, watching
from ristoro.faces.entrance.doors import held_by, is_of
from ristoro.faces.problems import shown
from ristoro.faces.said import lang
from ristoro.kernel.errors import BadInput, Missing, RistoroError
from ristoro.remedies.comparing.policy_changes import changes_of
from ristoro.remedies.comparing.side_by_side import side_by_side
from ristoro.remedies.explaining.overview import overview
from ristoro.remedies.models import Run
from ristoro.remedies.shelves import Kept
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers import errands

LOOKERS = (Role.OPERATOR, Role.APPROVER, Role.AUDITOR)
MOST_RUNS = 20
MOST_CASES = 500


@require_safe
@held_by(*LOOKERS)
def policies(request: HttpRequest, person: Person) -> HttpResponse:
    """Every policy on the shelf, its versions together."""
    kept = places.shelves().policies_kept()
    groups = [
        {"name": name, "versions": [_listed(one) for one in versions]}
        for name, versions in groupby(kept, key=lambda one: one.policy.name)
    ]
    there = {one.policy.name for one in kept}
    may_act = is_of(person, Role.OPERATOR)
    about = {
        "person": person,
        "groups": groups,
        "may_act": may_act,
        "shipped": [name for name in work.shipped() if name not in there] if may_act else [],
    }
    return render(request, "console/policies/policies.html", about)


def _listed(one: Kept) -> dict[str, Any]:
    report = work.report(one.file)
    return {
        "stem": Path(one.file).stem,
        "policy": one.policy,
        "title": one.policy.title[lang()],
        "entry": work.entry(Path(one.file).stem),
        "result": None if report is None else result_of(report),
    }


def result_of(report: Mapping[str, Any]) -> dict[str, int]:
    """An examination in figures."""
    cases, bands, edges = report["cases"], report["bands"], report["edges"]
    return {
        "cases": len(cases),
        "failed": sum(bool(case["failures"]) for case in cases),
        "findings": len(report["findings"]),
        "bands": len(bands),
        "reached": sum(bool(band["cases"]) for band in bands),
        "edges": len(edges),
        "tried": sum(bool(edge["tried"]) for edge in edges),
    }


@require_safe
@watching
@held_by(*LOOKERS)
def policy(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """One policy: in plain words, examined, and as it is written."""
    return policy_page(request, person, name)


def policy_page(
    request: HttpRequest, person: Person, name: str, error: RistoroError | None = None
) -> HttpResponse:
    """The page of a policy; with what stood against an act that was just asked for, if anything."""
    kept = found(name)
    wrong = None if error is None else shown(error)
    report = work.report(kept.file)
    last = work.last_examination(kept.file)
    going = last if last is not None and last.state in UNENDED else None
    far = None if going is None else errands.far(going)
    about: dict[str, Any] = {
        "person": person,
        "wrong": wrong,
        "name": name,
        "policy": kept.policy,
        "title": kept.policy.title[lang()],
        "entry": work.entry(name),
        "told": overview(kept.checked, lang()),
        "report": report,
        "result": None if report is None else result_of(report),
        "cases": [] if report is None else report["cases"][:MOST_CASES],
        "unreached": [] if report is None else [one for one in report["bands"] if not one["cases"]],
        "untried": [] if report is None else [one for one in report["edges"] if not one["tried"]],
        "has_cases": bool(work.cases_text(kept.file).strip()),
        "last": last,
        "errand": going,
        "far": far,
        "step": "" if going is None else telling.step(going),
        "counts": "" if going is None or far is None else telling.counts(going, far),
        "lines": marked(kept.text, {} if report is None else codes_by_line(report["findings"])),
        "others": _others(kept),
        "runs": Run.objects.filter(policy_digest=kept.policy.digest).order_by("-pk")[:MOST_RUNS],
        "may_act": is_of(person, Role.OPERATOR),
        "key": uuid4().hex,
    }
    status = 200 if wrong is None else wrong.status
    return render(request, "console/policies/policy.html", about, status=status)


def _others(kept: Found) -> list[dict[str, Any]]:
    """The other policies, those of the same name first."""
    shelf = [one for one in places.shelves().policies_kept() if one.file != kept.file]
    shelf.sort(key=lambda one: one.policy.name != kept.policy.name)
    return [{"stem": Path(one.file).stem, "policy": one.policy} for one in shelf]


def codes_by_line(findings: Sequence[Mapping[str, Any]]) -> dict[int, list[str]]:
    """What is said of each line of a text, by code."""
    found: dict[int, list[str]] = {}
    for one in findings:
        found.setdefault(int(one["line"]), []).append(str(one["code"]))
    return found


def marked(text: str, codes: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
    """The lines of a text with their numbers, and what is said of them."""
    return [
        {"number": number, "text": line, "codes": codes.get(number, ())}
        for number, line in enumerate(text.splitlines(), 1)
    ]


@require_safe
@held_by(*LOOKERS)
def case(request: HttpRequest, person: Person, name: str, number: int) -> HttpResponse:
    """One case: whether it comes out as expected, and why so."""
    kept = found(name)
    report = work.report(kept.file)
    if report is None or not 1 <= number <= len(report["cases"]):
        raise Http404
    one = report["cases"][number - 1]
    written = work.cases_text(kept.file).decode("utf-8-sig").splitlines()
    after = report["cases"][number]["line"] if number < len(report["cases"]) else len(written) + 1
    about = {
        "person": person,
        "name": name,
        "policy": kept.policy,
        "case": one,
        "number": number,
        "before": number - 1,
        "after": number + 1 if number < len(report["cases"]) else None,
        "written": [
            {"number": at, "text": written[at - 1]} for at in range(one["line"], after) if written
        ],
        "told": [
            {"title": lines[0], "text": "\n".join(lines[1:])}
            for lines in one["told"].get(lang(), ())
        ],
    }
    return render(request, "console/policies/case.html", about)


@require_safe
@held_by(*LOOKERS)
def beside(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Two policies side by side: their texts, and what differs in their meaning."""
    kept = found(name)
    other = request.GET.get("con", "")
    try:
        against = work.find(f"{other}.yaml")
    except (Missing, BadInput) as error:
        raise Http404 from error
    about = {
        "person": person,
        "name": name,
        "policy": kept.policy,
        "other": other,
        "against": against.policy,
        "stretches": side_by_side(against.text, kept.text),
        "changes": [
            {
                "one": one,
                "where": " · ".join(one.path),
                "before": one.before.replace("`", ""),
                "after": one.after.replace("`", ""),
            }
            for one in changes_of(against.raw, kept.raw)
        ],
    }
    return render(request, "console/policies/beside.html", about)


def found(name: str) -> Found:
    """A policy by its file's name without the suffix; 404 where there is none."""
    try:
        return work.find(f"{name}.yaml")
    except (Missing, BadInput) as error:
        raise Http404 from error
