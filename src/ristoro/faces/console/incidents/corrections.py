"""Correcting what was published: written in both languages, read beside the old text, confirmed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ristoro.faces.console.incidents import words
from ristoro.faces.entrance.doors import held_by
from ristoro.faces.problems import shown
from ristoro.faces.seeing import SeeOther
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, RistoroError
from ristoro.outages.incidents.correct import check_read, correct, told
from ristoro.outages.incidents.models import Update
from ristoro.outages.incidents.publish import LONGEST_BODY, Words, of_words
from ristoro.staff.models import Role
from ristoro.staff.people import Person

_FORM = "console/incidents/correct.html"


@require_http_methods(["GET", "HEAD", "POST"])
@held_by(Role.OPERATOR)
def correction(request: HttpRequest, person: Person, slug: str, code: str) -> HttpResponse:
    """The form; by POST first what it will read like beside what it reads now, then done."""
    try:
        update = told(slug, code)
    except Missing:
        return render(request, "404.html", status=404)
    before = Words(update.body_it, update.body_en)
    if request.method != "POST":
        return _form(request, person, update, before)
    typed = Words(_text(request, "text.it"), _text(request, "text.en")).tidy()
    wrong = {
        words.field_of(one).replace(".", "_"): words.sentence(one)
        for one in of_words(typed, "text", LONGEST_BODY)
    }
    if wrong:
        return _form(request, person, update, typed, wrong)
    if "publish" not in request.POST:
        about = {"person": person, "update": update, "before": before, "after": typed}
        return render(request, "console/incidents/corrected.html", about)
    try:
        if before != typed:
            check_read(update, Words(_text(request, "before.it"), _text(request, "before.en")))
        correct(slug, code, typed, person, clock.now())
    except RistoroError as error:
        return _form(request, person, update, typed, error=error)
    return SeeOther(reverse("console:incident", args=[slug]))


def _form(
    request: HttpRequest,
    person: Person,
    update: Update,
    typed: Words,
    wrong_at: dict[str, str] | None = None,
    error: RistoroError | None = None,
) -> HttpResponse:
    wrong = None if error is None else shown(error)
    about = {
        "person": person,
        "update": update,
        "typed": typed,
        "wrong_at": wrong_at or {},
        "wrong": wrong,
    }
    status = wrong.status if wrong is not None else 422 if wrong_at else 200
    return render(request, _FORM, about, status=status)


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\r\n", "\n")
