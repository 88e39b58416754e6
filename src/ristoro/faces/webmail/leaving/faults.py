"""Reporting a fault: three questions, and what is known of the mailbox is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ristoro.faces.said import Lazy
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.leaving.browsers import browser_of
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.faces.webmail.tags import zone
from ristoro.kernel import clock
from ristoro.kernel.errors import RistoroError
from ristoro.outages.columns import COMPONENTS
from ristoro.outages.reports.report import LONGEST, Known, Said, report
from ristoro.remedies.folder.find import find_mailbox
from ristoro.remedies.folder.run_folder import open_run
from ristoro.remedies.models import Run

PLACE = "/segnala/"
WAYS: dict[str, Lazy] = {
    "webmail": _("This webmail, in the browser"),
    "imap": _("A mail program that synchronises (IMAP)"),
    "pop3": _("A mail program that downloads (POP3)"),
    "submission": _("Sending from a mail program (SMTP)"),
    "inbound": _("Mail that others send does not arrive"),
    "ios": _("The app on iPhone or iPad"),
    "android": _("The app on Android"),
}
ERRORS: dict[str, Lazy] = {
    "report-way": _("Say what does not work."),
    "report-since": _("Say since when: a day and time within the last 30 days."),
    "report-words": _("Say in a few words what happens."),
    "reports-too-many": _(
        "You have sent several reports within an hour. They are being looked at."
    ),
}

FIELDS = {"report-way": "way", "report-since": "since", "report-words": "words"}


@require_safe
@holder
def fault(request: HttpRequest, held: Holder) -> HttpResponse:
    """The form, with what goes along with it; after it, the number of the report."""
    number = request.GET.get("numero", "")
    sent = number if number.isascii() and number.isdigit() else ""
    return _page(request, held, {"sent": sent, "way": COMPONENTS[0], "since": _now()})


@change
def send(request: HttpRequest, held: Holder) -> HttpResponse:
    """Take the report."""
    way, words = request.POST.get("way", ""), request.POST.get("words", "")[: LONGEST * 2]
    since = request.POST.get("since", "")
    try:
        made = report(Said(way, _instant(since), words), _known(request, held), clock.now())
    except RistoroError as error:
        codes = [one.code for one in error.problems if one.code in ERRORS]
        wrong = [(FIELDS.get(code, ""), ERRORS[code]) for code in codes]
        about = {"wrong": wrong, "way": way, "words": words, "since": since}
        return _page(request, held, about, 422)
    return see(f"{PLACE}?numero={made.pk}")


def _page(
    request: HttpRequest, held: Holder, about: Mapping[str, object], status: int = 200
) -> HttpResponse:
    told = {
        "part": "fault",
        "ways": [(way, WAYS[way]) for way in COMPONENTS],
        "longest": LONGEST,
        "known": _known(request, held),
        **about,
    }
    return page(request, held, "leaving/fault.html", told, status)


def _now() -> str:
    return clock.now().astimezone(zone()).strftime("%Y-%m-%dT%H:%M")


def _instant(text: str) -> datetime:
    """The instant of a ``datetime-local`` field; what cannot be read is long ago, and refused."""
    try:
        local = datetime.fromisoformat(text[:16])
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=zone())
    return local.replace(tzinfo=zone())


def _known(request: HttpRequest, held: Holder) -> Known:
    browser = browser_of(request.headers.get("User-Agent", ""))
    return Known(held.address, held.brand.code, store_of(held.address), browser)


def store_of(address: str) -> str:
    """The store of a mailbox as the newest run has it; empty where it has none."""
    run = Run.objects.order_by("-entered_at", "-pk").first()
    if run is None:
        return ""
    try:
        return str(find_mailbox(open_run(Path(run.directory)), address).row["store"])
    except (RistoroError, OSError):
        return ""
