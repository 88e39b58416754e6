"""A claim begun, saved, sent, thrown away, withdrawn or appealed against: each by POST."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ristoro import env
from ristoro.claims import appeal as appeals
from ristoro.claims import choosing, documents, drafts, filing, offers, terms, touched
from ristoro.claims.documents import Sent
from ristoro.claims.models import Claim, ClaimState
from ristoro.edges.scanners.opening import scanner_of
from ristoro.faces.said import lang
from ristoro.faces.webmail import posts
from ristoro.faces.webmail.claiming import own, posted, telling, views
from ristoro.faces.webmail.claiming.posted import Fault, Posted
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.posts import change, see
from ristoro.faces.webmail.writing.guard import bounded
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput, NotAllowed

METHODS = "GET, HEAD, POST"


def new(request: HttpRequest, **named: Any) -> HttpResponse:
    """The choice of an outage by GET; a draft by POST."""
    if request.method == "POST":
        return begin(request, **named)
    if request.method in ("GET", "HEAD"):
        return _new_page(request, **named)
    return HttpResponse(status=405, headers={"Allow": METHODS})


@holder
def _new_page(request: HttpRequest, held: Holder) -> HttpResponse:
    return views.begin_page(request, held)


@change
def begin(request: HttpRequest, held: Holder) -> HttpResponse:
    """A draft about the chosen outage; the same form again leads to the same draft."""
    name = request.POST.get("outage", "")
    outage = next((o for o in touched.touched(held.address, lang()) if o.outage == name), None)
    if outage is None:
        wrong = _("Choose the outage that your claim is about.")
        return views.begin_page(request, held, wrong, status=422)
    key = request.POST[posts.KEY]
    drafts.expire(env.current().home, clock.now(), held.address)
    try:
        claim = drafts.begin(outage, key, held.language, clock.now())
    except NotAllowed as error:
        wrong = posted.stood(error.problems[0].code)
        return views.begin_page(request, held, wrong, status=409)
    return see(telling.place_of(claim))


@bounded
def claim(request: HttpRequest, **named: Any) -> HttpResponse:
    """A claim by GET; a draft's words and files by POST."""
    if request.method == "POST":
        return save(request, **named)
    if request.method in ("GET", "HEAD"):
        return _claim_page(request, **named)
    return HttpResponse(status=405, headers={"Allow": METHODS})


@holder
def _claim_page(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    found = own.claim_of(held, claim_id)
    if found.state == ClaimState.DRAFT:
        return views.form_page(request, held, found)
    return views.claim_page(request, held, found)


@change
def save(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """Keep what the form says; then lead on to where its button leads.

    To a script that asks for JSON, say whether it was kept, and as which the draft stands now.
    """
    found = own.claim_of(held, claim_id)
    scripted = request.headers.get("Accept", "").startswith("application/json")
    if found.state != ClaimState.DRAFT:
        return _told(found, (), 409) if scripted else see(telling.place_of(found))
    told = posted.posted(request, found, lang())
    saved = drafts.save(found, told.words, told.seen, clock.now())
    if saved.lost_to_other:
        sentence = _(
            "This claim was changed on another page or device meanwhile. What is shown here is what"
            " stands there: write again what is missing."
        )
        other = (Fault("other", sentence),)
        if scripted:
            return _told(saved.claim, other, 409)
        return views.form_page(request, held, saved.claim, other, status=409)
    faults = (*told.faults, *_files(saved.claim, told))
    if scripted:
        return _told(saved.claim, faults, 200)
    if faults:
        return views.form_page(request, held, saved.claim, faults, told.typed, status=422)
    if request.POST.get("go") == "review":
        return see(reverse("claiming:review", args=[found.pk]))
    after = "#documents" if told.uploads or told.remove is not None else ""
    return see(f"{telling.place_of(found)}?salvata=1{after}")


def _files(found: Claim, told: Posted) -> list[Fault]:
    """Keep the files that were sent and take out the one that was to go; why some were not kept."""
    faults = []
    home, scanner = env.current().home, scanner_of(env.current())
    if told.remove is not None:
        documents.remove(found, told.remove, home)
    for upload in told.uploads:
        size = upload.size or 0
        data = upload.read() if size <= documents.MOST_BYTES else bytes(documents.MOST_BYTES + 1)
        try:
            documents.add(found, Sent(upload.name or "", data), home, scanner, clock.now())
        except (BadInput, NotAllowed) as error:
            faults.append(posted.file_fault(error.problems[0], upload.name or ""))
    return faults


def _told(found: Claim, faults: tuple[Fault, ...], status: int) -> JsonResponse:
    about = {
        "saved": status < 400,
        "seen": posted.seen_of(found),
        "faults": [one.sentence for one in faults],
    }
    return JsonResponse(about, status=status)


@change
def file(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """Send a claim, as it was shown for the last time, and lead to its receipt."""
    found = own.claim_of(held, claim_id)
    if found.state != ClaimState.DRAFT:
        return see(f"{telling.place_of(found)}?fatto=inviata")
    if request.POST.get(posted.SEEN) != posted.seen_of(found):
        wrong = posted.stood("claim-moved")
        return views.review_page(request, held, found, wrong, status=409)
    outage = views.outage_of(found)
    if outage is None:
        return views.review_page(request, held, found, status=409)
    try:
        filing.file(found, outage, env.current().home, terms.of_house(), clock.now())
    except BadInput:
        return views.review_page(request, held, found, status=422)
    except NotAllowed as error:
        wrong = posted.stood(error.problems[0].code)
        return views.review_page(request, held, found, wrong, status=409)
    return see(f"{telling.place_of(found)}?fatto=inviata")


@change
def discard(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """Throw a draft away, with its documents."""
    found = Claim.objects.filter(pk=claim_id, address=held.address).first()
    if found is not None:
        try:
            drafts.discard(found, env.current().home)
        except NotAllowed:
            return see(telling.place_of(found))
    return see(f"{reverse('claiming:home')}?eliminata=1")


@change
def withdraw(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """Take a claim back that nobody has decided yet."""
    found = own.claim_of(held, claim_id)
    if found.state == ClaimState.DRAFT:
        return see(telling.place_of(found))
    try:
        filing.withdraw(found, request.POST[posts.KEY], clock.now())
    except NotAllowed as error:
        wrong = posted.stood(error.problems[0].code)
        return views.claim_page(request, held, found, wrong, status=409)
    return see(f"{telling.place_of(found)}?fatto=ritirata")


@change
def appeal(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """Ask that a decision be looked at again, by somebody else, and say why."""
    found = own.claim_of(held, claim_id)
    why = request.POST.get("why", "")
    try:
        appeals.ask(found, why, request.POST[posts.KEY], terms.of_house(), clock.now())
    except BadInput:
        wrong = _("Say in a sentence or two why the decision should be looked at again.")
        return views.claim_page(request, held, found, wrong, why=why[: appeals.LONGEST], status=422)
    except NotAllowed as error:
        wrong = posted.stood(error.problems[0].code)
        return views.claim_page(request, held, found, wrong, status=409)
    return see(f"{telling.place_of(found)}?fatto=riesame")


CHOICES = {"kind": True, "money": False}


@change
def choose(request: HttpRequest, held: Holder, claim_id: int) -> HttpResponse:
    """Take what is offered in kind, or the money."""
    found = own.claim_of(held, claim_id)
    yes = CHOICES.get(request.POST.get("choice", ""))
    meant = request.POST.get("offer", "")
    offer = next((one for one in offers.of_claim(found) if str(one.pk) == meant), None)
    if yes is None or offer is None:
        return views.claim_page(request, held, found, posted.stood(""), status=422)
    try:
        choosing.choose(offer, yes, terms.of_house(), clock.now())
    except NotAllowed as error:
        wrong = posted.stood(error.problems[0].code)
        return views.claim_page(request, held, found, wrong, status=409)
    return see(f"{telling.place_of(found)}?fatto=scelta")
