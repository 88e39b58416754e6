"""What a holder chooses for a phone: to install, to read without a network, to be told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ristoro import env, wiring
from ristoro.faces.webmail.doors import Holder, holder
from ristoro.faces.webmail.pages import page
from ristoro.faces.webmail.posts import change, see
from ristoro.kernel import clock
from ristoro.kernel.errors import BadInput
from ristoro.notices.push import subscriptions
from ristoro.notices.push.message import TITLES
from ristoro.notices.push.subscriptions import Subscriber

INBOX = "/posta/"


@require_safe
@holder
def choices(request: HttpRequest, held: Holder) -> HttpResponse:
    """The page of choices."""
    return _page(request, held)


@change
def subscribe(request: HttpRequest, held: Holder) -> HttpResponse:
    """Tell this browser from now on when a letter of ours has come."""
    environment = env.current()
    endpoint, p256dh, auth = (request.POST.get(one, "") for one in ("endpoint", "p256dh", "auth"))
    try:
        target = subscriptions.target_of(endpoint, p256dh, auth, wiring.push_services(environment))
    except BadInput as error:
        return _page(request, held, wrong=error.problems[0].code, status=422)
    home = request.build_absolute_uri(INBOX)
    subscriptions.subscribe(held.address, Subscriber(target, home, held.language), clock.now())
    return see(f"{reverse('phone:choices')}?avvisi=si")


@change
def unsubscribe(request: HttpRequest, held: Holder) -> HttpResponse:
    """Tell one browser no more; without its address, none of the mailbox's."""
    subscriptions.unsubscribe(held.address, request.POST.get("endpoint", ""))
    return see(f"{reverse('phone:choices')}?avvisi=no")


def _page(
    request: HttpRequest, held: Holder, *, wrong: str = "", status: int = 200
) -> HttpResponse:
    sender = wiring.push_sender(env.current())
    about = {
        "part": "phone",
        "public": sender.public if sender else "",
        "told": subscriptions.count(held.address),
        "shown": TITLES[held.language if held.language in TITLES else "it"],
        "done": request.GET.get("avvisi", ""),
        "wrong": wrong,
    }
    return page(request, held, "phone/choices.html", about, status)
