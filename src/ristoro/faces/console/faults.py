"""What holders report: counted by way in, store and hour, and in their own words."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ristoro.faces.entrance.doors import held_by
from ristoro.kernel import clock
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.reports import report
from ristoro.staff.models import Role
from ristoro.staff.people import Person

DAYS = (1, 7, 30)
LONGEST_STORE = 40


@require_safe
@held_by(Role.OPERATOR, Role.AGENT, Role.AUDITOR)
def faults(request: HttpRequest, person: Person) -> HttpResponse:
    """Reports of the last days, all or those of one way in or one store.

    The words are shown without the mailbox: where to look is what they are read for.
    """
    asked = request.GET.get("giorni", "")
    days = int(asked) if asked in {str(one) for one in DAYS} else DAYS[0]
    way = request.GET.get("via", "")
    way = way if way in COMPONENTS else ""
    store = request.GET.get("archivio", "")[:LONGEST_STORE]
    since = clock.now() - timedelta(days=days)
    about = {
        "person": person,
        "days": days,
        "choices": DAYS,
        "way": way,
        "ways": COMPONENTS,
        "store": store,
        "stores": report.stores(since),
        "tallies": report.tallies(since, way, store),
        "reports": report.newest(since, way, store),
    }
    return render(request, "console/faults.html", about)
