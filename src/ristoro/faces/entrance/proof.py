"""What a session knows of a person's second factor: that it was proven, by whom and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ristoro.faces.seeing import SeeOther
from ristoro.staff.people import Person

_KEY = "second-factor"


def given(request: HttpRequest, person: Person, at: datetime) -> None:
    """Remember that the person proved a factor; the session gets a new name."""
    request.session.cycle_key()
    request.session[_KEY] = {"person": person.id, "at": int(at.timestamp())}


def is_given(
    request: HttpRequest, person: Person, at: datetime, within: timedelta | None = None
) -> bool:
    """Whether this very person proved a factor in this session, and not longer ago than that.

    Always, where the installation asks for none.
    """
    if not settings.SECOND_FACTOR:
        return True
    known = request.session.get(_KEY, {})
    if known.get("person") != person.id:
        return False
    return within is None or at.timestamp() - int(known["at"]) <= within.total_seconds()


def ask(after: str) -> HttpResponse:
    """To the page that asks for a factor, and on to another after it."""
    return SeeOther(f"{reverse('entrance:second')}?{urlencode({'next': after})}")
