"""Whom a holder writes to, so that an address need not be typed twice.

Only people that the holder has written to: who merely wrote to the holder is not offered, or a
look-alike of somebody's address would find its way into the field.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from ristoro.edges.mailboxes.composing import Field
from ristoro.edges.mailboxes.contract import Person, Role, Row
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.folders import by_role
from ristoro.faces.webmail.writing.recipients import said, wrong_with

LATELY = 200
"""Letters whose recipients are offered."""


@require_safe
@holder
def people(request: HttpRequest, held: Holder) -> HttpResponse:
    """To whom the newest letters went, as a field of recipients has them, the newest first."""
    folder = by_role(held.mailbox.folders(), Role.SENT)
    rows = () if folder is None else held.mailbox.page(folder.path, size=LATELY).rows
    return JsonResponse({"people": [said(Field((one,))) for one in written_to(rows, held.address)]})


def written_to(rows: Iterable[Row], me: str) -> list[Person]:
    """Each recipient once, by the newest name that is not empty; not oneself."""
    found: dict[str, Person] = {}
    for row in rows:
        for one in row.recipients:
            address = one.address.lower()
            if address == me.lower() or wrong_with(one.address) is not None:
                continue
            before = found.setdefault(address, one)
            if one.name and not before.name:
                found[address] = one
    return list(found.values())
