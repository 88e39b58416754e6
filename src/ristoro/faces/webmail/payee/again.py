"""Signing in anew: the password is asked of the mail host again, on a connection of its own."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from ristoro.edges.mailboxes.contract import SignInRefused, Unreachable
from ristoro.faces.webmail import attempts
from ristoro.faces.webmail.doors import Holder, opened_as
from ristoro.faces.webmail.signing import LONGEST_PASSWORD

REFUSED, LOCKED, UNREACHABLE = "refused", "locked", "unreachable"
STATUS = {REFUSED: 403, LOCKED: 429, UNREACHABLE: 503}


def against(request: HttpRequest, held: Holder) -> str:
    """What stands against the password that came with the form; empty where it is the holder's.

    Wrong ones are counted with those of the sign-in page, and lock both.
    """
    password = request.POST.get("password", "")[: LONGEST_PASSWORD + 1]
    if not attempts.may_try(request, held.address):
        return LOCKED
    if not password.strip() or "\0" in password or len(password) > LONGEST_PASSWORD:
        return REFUSED
    asked = replace(held.session, password=password, origin=request.META.get("REMOTE_ADDR", ""))
    try:
        opened_as(asked).close()
    except SignInRefused:
        attempts.failed(request, held.address)
        return REFUSED
    except Unreachable:
        return UNREACHABLE
    attempts.succeeded(request, held.address)
    return ""
