"""The token itself: whose it is, and ending it."""

from __future__ import annotations

from ristoro.faces.api.operations import Call, Part
from ristoro.faces.api.shapes import Instant, Nothing, Shape
from ristoro.staff import tokens

part = Part("token", "The token that is shown. One is made with `ristoro token make`.")


class TokenShown(Shape):
    """Who shows the token, what it may do now, and until when."""

    person: str
    roles: list[str]
    ends_at: Instant


@part.get("token", gives=TokenShown)
def show_token(call: Call[Nothing]) -> TokenShown:
    """Show whose token this is, and with which of its roles it counts now."""
    return TokenShown(
        person=call.person.name,
        roles=sorted(role.value for role in call.person.roles),
        ends_at=call.bearer.ends_at,
    )


@part.delete("token")
def revoke_token(call: Call[Nothing]) -> None:
    """Revoke the token that is shown.

    For a program that is done with it, and for whoever finds one that has leaked.
    """
    tokens.revoke(call.person, call.bearer.token_id, call.at)
