"""Webhooks: other programs that are told what happens."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from ristoro import env, wiring
from ristoro.faces.api.operations import Call, Leads, Made, Part
from ristoro.faces.api.paging import numbered
from ristoro.faces.api.shapes import After, Instant, Nothing, Shape
from ristoro.staff.models import Role
from ristoro.workers.hooks import register
from ristoro.workers.hooks.events import TYPES
from ristoro.workers.hooks.models import Webhook

part = Part("webhooks", "Other programs that are told what happens, signed (Standard Webhooks).")
READERS = (Role.OPERATOR, Role.AUDITOR)
EventType = Annotated[str, Field(json_schema_extra={"enum": list(TYPES)})]

LEADS: Leads = {
    name: {"id": "/id"}
    for name in ("get_webhook", "rotate_webhook", "enable_webhook", "remove_webhook")
}


class Wanted(Shape):
    """Whom to tell, and of what; of everything where no event is named."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[!-~]{1,480}$")]
    events: Annotated[list[EventType], Field(default_factory=list, max_length=len(TYPES))]


class WebhookShown(Shape):
    """A webhook, and how far it has been told."""

    id: int
    url: str
    events: list[str]
    told: Annotated[int, Field(description="The last entry of the journal that it has.")]
    delivered_at: Instant | None
    failing_since: Instant | None
    next_at: Annotated[Instant, Field(description="When it is tried again, if it fails.")]
    trouble: str
    disabled_at: Instant | None
    added_by: str
    added_at: Instant


class WebhookMade(WebhookShown):
    """A webhook with its secret, which is shown this once."""

    secret: Annotated[str, StringConstraints(pattern=r"^whsec_[A-Za-z0-9+/=]+$")]


class Webhooks(Shape):
    """A part of the list."""

    items: list[WebhookShown]
    next: str | None


@part.get("webhooks", *READERS, takes=After, gives=Webhooks)
def list_webhooks(call: Call[After]) -> Webhooks:
    """List the webhooks, and what stands against those that fail."""
    items, later = numbered(Webhook.objects.order_by("pk"), call.given)
    return Webhooks(items=[WebhookShown.model_validate(_shown(one)) for one in items], next=later)


@part.post("webhooks", Role.OPERATOR, takes=Wanted, gives=WebhookMade, status=201, leads=LEADS)
def add_webhook(call: Call[Wanted]) -> Made:
    """Have an address told of what happens from now on; its secret is shown this once."""
    check = wiring.webhook_carrier(env.current()).check
    made = register.add(call.given.url, call.given.events, call.person, call.at, check)
    return Made(_made(made), f"webhooks/{made.webhook.pk}")


@part.get("webhooks/{id}", *READERS, gives=WebhookShown)
def get_webhook(call: Call[Nothing]) -> WebhookShown:
    """Show a webhook."""
    return WebhookShown.model_validate(_shown(register.named(int(call.path["id"]))))


@part.post("webhooks/{id}/rotate", Role.OPERATOR, gives=WebhookMade)
def rotate_webhook(call: Call[Nothing]) -> WebhookMade:
    """Sign by a new secret, shown this once; for a day the one before signs beside it."""
    return _made(register.rotate(int(call.path["id"]), call.person, call.at))


@part.post("webhooks/{id}/enable", Role.OPERATOR, gives=WebhookShown)
def enable_webhook(call: Call[Nothing]) -> WebhookShown:
    """Try a webhook again at once, from the event that it did not take."""
    found = register.enable(int(call.path["id"]), call.person, call.at)
    return WebhookShown.model_validate(_shown(found))


@part.delete("webhooks/{id}", Role.OPERATOR)
def remove_webhook(call: Call[Nothing]) -> None:
    """Tell a webhook nothing more, and forget its secret."""
    register.remove(int(call.path["id"]), call.person, call.at)


def _made(made: register.Made) -> WebhookMade:
    return WebhookMade.model_validate({**_shown(made.webhook), "secret": made.secret})


def _shown(webhook: Webhook) -> dict[str, object]:
    return {
        "id": webhook.pk,
        "url": webhook.url,
        "events": webhook.events,
        "told": webhook.told,
        "delivered_at": webhook.delivered_at,
        "failing_since": webhook.failing_since,
        "next_at": webhook.next_at,
        "trouble": webhook.trouble,
        "disabled_at": webhook.disabled_at,
        "added_by": webhook.added_by,
        "added_at": webhook.added_at,
    }
