"""Coming in, going out, and who is on the other side of a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from ristoro.faces.entrance import browser, proof
from ristoro.faces.entrance.menu import home_of
from ristoro.kernel import clock
from ristoro.kernel.errors import Missing, NotAllowed
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.staff.people import Person

View = Callable[..., HttpResponseBase]


class SignIn(LoginView):
    """Name and password; five wrong ones lock the pair of name and address for an hour."""

    template_name = "entrance/sign-in.html"
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """The console, or the desk for whoever only answers calls."""
        return home_of(people.find(self.request.user.get_username()))


class SignOut(LogoutView):
    """By POST only: a link that signs out could be put into any page."""


def held_by(*roles: Role) -> Callable[[View], View]:
    """A view for signed-in people who hold one of ``roles`` now; it is called with the person.

    Others are asked to sign in or for their second factor, or answered 403. Nothing of these pages
    is kept by a browser.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, **named: Any) -> HttpResponseBase:
            try:
                person = people.find(request.user.get_username())
                people.require(person, *roles)
            except (NotAllowed, Missing):
                return render(request, "403.html", status=403)
            if not proof.is_given(request, person, clock.now()):
                return proof.ask(request.path if request.method == "GET" else "")
            name = browser.see(request, person, clock.now())
            return browser.kept(view(request, person, **named), name)

        return never_cache(login_required(answer))

    return wrap


def is_of(person: Person, *roles: Role) -> bool:
    """Whether a page should offer what asks for these roles; the act itself asks again."""
    return not person.roles.isdisjoint(roles)
