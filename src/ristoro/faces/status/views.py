"""The public pages. They change nothing, set no cookie and are the same for everybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import translate_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ristoro import env
from ristoro.faces.facts import page
from ristoro.faces.facts.public import called_off, public_runs
from ristoro.faces.said import lang
from ristoro.faces.site import site_of
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput
from ristoro.notices import genuine
from ristoro.remedies.models import Run

CODE_SECRET = "RISTORO_NOTICE_SECRET"  # noqa: S105 - the secret's name, not the secret
MOST_LISTED = 100

View = Callable[..., HttpResponse]
public = cache_control(public=True, max_age=60)


def published(view: View) -> View:
    """Answer 503, and publish nothing, where a run's folder is gone or was changed."""

    @wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            return view(request, **named)
        except BadInput:
            return render(request, "status/withheld.html", languages(request), status=503)

    return answer


@public
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """Every public programme, newest first."""
    runs = public_runs()[:MOST_LISTED]
    return render(request, "status/programmes.html", {**languages(request), "runs": runs})


@public
@require_safe
@published
def programme(request: HttpRequest, name: str) -> HttpResponse:
    """The page of facts of one programme; of one that was called off, that it was, as 410."""
    if (run := called_off().filter(name=name).first()) is not None:
        about = {**languages(request), "run": run}
        return render(request, "status/called-off.html", about, status=410)
    shown = page.page_of(public_run(name), clock.now())
    about = {**languages(request), **page.about(shown), "base": site_of(request).base}
    return render(request, "status/programme.html", about)


@public
@require_safe
@published
def letters(request: HttpRequest, name: str, brand: str) -> HttpResponse:
    """The letters of a programme under one brand, word for word, the reader's language first."""
    shown = page.page_of(public_run(name), clock.now())
    own = [one for one in shown.letters if one.brand == brand]
    if not own:
        raise Http404(_("There is no public programme of that name."))
    first = (lang(), *(code for code, _name in settings.LANGUAGES if code != lang()))
    listed = [(code, [one for one in own if one.locale == code]) for code in first]
    about = {"page": shown, "run": shown.run, "brand": brand, "languages_of_letters": listed}
    return render(request, "status/letters.html", {**languages(request), **about})


@csrf_exempt  # a look-up: nothing changes, nobody is signed in, and no cookie is wanted
@cache_control(no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Whether the code of a letter is genuine; asked by POST, so that no log keeps it."""
    asked = request.method == "POST"
    found = None
    if asked:
        secret = env.current().secret(CODE_SECRET).encode()
        typed, address = request.POST.get("code", ""), request.POST.get("mailbox", "")
        found = genuine.verdict(secret, typed[: genuine.LONGEST], address[: genuine.LONGEST])
    return render(request, "status/check.html", {**languages(request), "found": found})


def public_run(name: str) -> Run:
    """The public run of that name; 404 where there is none."""
    run = public_runs().filter(name=name).first()
    if run is None:
        raise Http404(_("There is no public programme of that name."))
    return run


def languages(request: HttpRequest) -> dict[str, Any]:
    """The same page in each language."""
    here = request.build_absolute_uri(request.path)
    return {"in_italian": translate_url(here, "it"), "in_english": translate_url(here, "en")}
