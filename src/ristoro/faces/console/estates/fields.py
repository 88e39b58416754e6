"""What each field of a mailbox is, in a few words, for whoever chooses where it is read from."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy

FIELDS: Mapping[str, Lazy] = {
    "mailbox_id": _("a number of your own; without one it is made from the address"),
    "address": _("name@domain"),
    "brand": _("the brand's code, such as libero"),
    "store": _("the backend that holds the mailbox"),
    "holder_id": _("who holds it: the same for all mailboxes of one person"),
    "locale": _("the language of letters: it or en"),
    "standing": _("good, arrears, suspended or abuse"),
    "created_at": _("the instant it was created"),
    "closed_at": _("the instant it was closed, if it was"),
    "plan": _("the plan's code"),
    "plan_since": _("the instant from which it has this plan"),
    "price_minor": _("the price of one billing period in cents: 1999"),
    "price": _("or the same price in units: 19.99"),
    "currency": _("the currency, such as EUR"),
    "billing_months": _("the months that the price is for: 12"),
    "paid_until": _("the last day that is paid"),
    "storage_bytes": _("the quota, in bytes"),
    "used_bytes": _("the bytes in use"),
    "before_plan": _("the plan before the last change"),
    "before_price_minor": _("its price in cents"),
    "before_price": _("or the same in units"),
    "before_billing_months": _("the months of that price"),
    "before_paid_until": _("the last day that was paid of it"),
    "before_storage_bytes": _("its quota, in bytes"),
    "ways": _("the ways in that the plan allows: webmail+imap+pop3"),
    "seen_webmail": _("the last use of the webmail"),
    "seen_imap": _("the last use by IMAP"),
    "seen_pop3": _("the last use by POP3"),
    "seen_submission": _("the last sending by SMTP"),
    "seen_ios": _("the last use of the iOS app"),
    "seen_android": _("the last use of the Android app"),
}
