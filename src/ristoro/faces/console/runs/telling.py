"""What did not go through, and what to do about it, in words; and how long things take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import ROW_STATES, Lazy, number
from ristoro.workers import mending
from ristoro.workers.models import Act

register = template.Library()


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in a few words, and what a person does about it."""

    words: Lazy
    todo: Lazy


_GONE = Reason(
    _("The mailbox is gone"),
    _("See whether it was closed or renamed. If it is back, try again; else mark it as handled."),
)
_CHANGED = Reason(
    _("The plan was changed since"),
    _(
        "The value is no longer the one that was decided from. Put it right by hand, and mark it"
        " as handled; or put the old value back, and try again."
    ),
)
_FULL = Reason(
    _("The mailbox is full"),
    _("The letter did not fit. Once its holder has made room, try again; or call the holder."),
)
_BUSY = Reason(
    _("The mail host was not there, or busy"),
    _("Workers try again by themselves, more and more seldom. Once the host is well, try now."),
)
_STORED = Reason(
    _("The letter is in the mailbox, but not as it was sent"),
    _("Look at it there. It is not sent a second time: mark it as handled."),
)
_BAD = Reason(
    _("The host refuses the letter as it is"),
    _("See the host's own words in its log, put the cause right, then try again."),
)
_AT_BANK = Reason(
    _("A transfer that is prepared, or with the bank"),
    _("See the list of payments. It is looked at again by itself."),
)
_BILLING = Reason(
    _("The billing system was not there, or did not take it"),
    _("Nothing was booked. Workers try again by themselves; see its own words in its log."),
)
REASONS: Mapping[str, Reason] = {
    "no-mailbox": _GONE,
    "lmtp-550": _GONE,
    "lmtp-551": _GONE,
    "bad-address": _GONE,
    "no-subscription": Reason(
        _("There is no subscription any more"),
        _("See in the billing system whether it was moved. If it is back, try again."),
    ),
    "base-changed": _CHANGED,
    "not-as-given": _CHANGED,
    "unit": Reason(
        _("The host counts in larger units"),
        _("The host cannot hold this value exactly. Set it by hand, and mark it as handled."),
    ),
    "key-reused": Reason(
        _("The billing system has booked something else under this key"),
        _("See there what was booked. Trying again books nothing."),
    ),
    "no-channel": Reason(
        _("The policy names no way of paying it that is open"),
        _("There is no bill to come, and no transfer is named. Decide anew by a policy that does."),
    ),
    "no-payee": Reason(
        _("The holder has not said to which account"),
        _("The letter asks for it, and so does the webmail. It is looked at again by itself."),
    ),
    "account-refused": Reason(
        _("The bank did not take the holder's account"),
        _("A letter asks for another, and so does the webmail. It is looked at again by itself."),
    ),
    "cooling-off": _AT_BANK,
    "to-be-batched": _AT_BANK,
    "sent": _AT_BANK,
    "no-answer": Reason(
        _("The bank has not said for days whether it was paid"),
        _("Read its statements. It is not paid again before they are."),
    ),
    "lmtp-552": _FULL,
    "lmtp-452": _FULL,
    "lmtp-422": _FULL,
    "stored-twice": Reason(
        _("The letter is in the mailbox twice"),
        _("Have one of the two removed, and mark it as handled."),
    ),
    "signature-broken": _STORED,
    "too-large": _BAD,
    "bad-message": _BAD,
    "no-8bitmime": _BAD,
    "absent": Reason(
        _("Looked for, and not there"),
        _("It certainly did not happen, and is tried again by itself."),
    ),
    "locked": _BUSY,
    "userdb": _BUSY,
    "not-flushed": _BUSY,
}
_LOOK = _("Nobody knows yet whether it happened. Workers look, and never do it a second time.")


def reason(act: Act, state: int, code: str) -> Reason:
    """What a code means; one that is not known is told as it is."""
    known = REASONS.get(code)
    if known is None and code.startswith(("imap-", "lmtp-4", "lmtp-down", "connect")):
        known = _BUSY
    if known is None and code.startswith("lmtp-5"):
        known = _BAD
    if known is None and code.startswith("billing-"):
        known = _BILLING
    if mending.may_look(act, state):
        return Reason(known.words if known else _("The answer was lost"), _LOOK)
    return known or Reason(code or _("No reason was given"), _("See the code in the manual."))


@register.filter
def row_state(state: int, act: Act) -> Lazy:
    """A row's state in words."""
    return ROW_STATES[act][state]


@register.filter
def lasting(value: timedelta | None) -> str:
    """``about 9 minutes``, for what lies ahead."""
    if value is None:
        return ""
    seconds = int(value.total_seconds())
    if seconds < 10:
        return gettext("a few seconds")
    if seconds < 90:
        return gettext("about %(n)s seconds") % {"n": -(-seconds // 10) * 10}
    if seconds < 5400:
        return gettext("about %(n)s minutes") % {"n": (seconds + 30) // 60}
    return gettext("about %(n)s hours") % {"n": number((seconds + 1800) // 3600)}


@register.filter
def ago(value: timedelta) -> str:
    """``12 s ago``, for what was just now."""
    seconds = max(0, int(value.total_seconds()))
    if seconds < 120:
        return gettext("%(n)s s ago") % {"n": seconds}
    if seconds < 7200:
        return gettext("%(n)s min ago") % {"n": seconds // 60}
    return gettext("%(n)s h ago") % {"n": number(seconds // 3600)}


@register.filter
def clock(value: datetime) -> str:
    """``14:03:12 UTC``."""
    return f"{value:%H:%M:%S %Z}"
