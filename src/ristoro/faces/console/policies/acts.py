"""What operators do with policies: enter one, correct its text, have it examined."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ristoro.errands import policies as work
from ristoro.faces.console.policies.views import found, marked, policy_page
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.documents import MOST_BYTES
from ristoro.kernel.errors import BadInput, Missing, RistoroError
from ristoro.staff.models import Role
from ristoro.staff.people import Person
from ristoro.workers.errands import as_data


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(Role.OPERATOR)
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Enter a policy with its cases: sent as files, pasted, or one of those that come along.

    What is wrong is said with its line and column, and shown in the text that stays in the form.
    """
    if request.method != "POST":
        return _form(request, person, "", "")
    now = clock.now()
    shipped = request.POST.get("shipped", "")
    try:
        texts = work.shipped_texts(shipped) if shipped else None
    except Missing as error:
        raise Http404 from error
    raw, cases = texts or (_sent(request, "policy"), _sent(request, "cases"))
    try:
        digest = work.enter(raw, cases, person, now)
    except RistoroError as error:
        return _form(request, person, _text(raw), _text(cases), error)
    file = work.policy_path(digest).name
    if work.report(file) is None:
        work.ask_examine(file, person, f"examine {person.id} {work.texts_of(file)}", now)
    return SeeOther(reverse("console:policy", args=[digest]))


@require_http_methods(["GET", "HEAD"])
@held_by(Role.OPERATOR)
def correct(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """The form with the text of a policy, to be entered as another version."""
    kept = found(name)
    return _form(request, person, kept.text, _text(work.cases_text(kept.file)))


@require_POST
@held_by(Role.OPERATOR)
def examine(request: HttpRequest, person: Person, name: str) -> HttpResponse:
    """Have a policy examined again."""
    kept = found(name)
    key = f"examine {request.POST.get('key', '')[:40] or uuid4().hex}"
    try:
        work.ask_examine(kept.file, person, key, clock.now())
    except RistoroError as error:
        return policy_page(request, person, name, error)
    return SeeOther(reverse("console:policy", args=[name]))


def _sent(request: HttpRequest, name: str) -> bytes:
    """A file if one is sent, else the text; one that is too long stays so, and is refused."""
    file = request.FILES.get(f"{name}-file")
    if file is not None:
        return bytes(file.read(MOST_BYTES + 1))
    return request.POST.get(name, "").replace("\r\n", "\n").encode()


def _text(raw: bytes) -> str:
    return raw.decode("utf-8-sig", errors="replace")


def _form(
    request: HttpRequest, person: Person, text: str, cases: str, error: RistoroError | None = None
) -> HttpResponse:
    about: dict[str, Any] = {"person": person, "text": text, "cases_text": cases, "problems": []}
    if error is None:
        return render(request, "console/policies/enter.html", about)
    wrong = shown(error)
    problems = [as_data(problem) for problem in error.problems]
    files = {"policy.yaml": text, "cases.yaml": cases}
    about |= {
        "wrong": wrong,
        "problems": problems,
        "excerpts": [
            {"file": file, "lines": excerpt(written, problems, file)}
            for file, written in files.items()
            if any(one["file"] == file and one["line"] for one in problems)
        ],
    }
    status = 422 if isinstance(error, BadInput) else wrong.status
    return render(request, "console/policies/enter.html", about, status=status)


AROUND = 2


def excerpt(text: str, problems: list[dict[str, Any]], file: str) -> list[dict[str, Any]]:
    """The lines of a text of which something is said, with some around each."""
    codes: dict[int, list[str]] = {}
    for one in problems:
        if one["file"] == file and one["line"]:
            codes.setdefault(one["line"], []).append(one["code"])
    return [
        line
        for line in marked(text, codes)
        if any(abs(line["number"] - at) <= AROUND for at in codes)
    ]
