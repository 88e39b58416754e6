"""What the parts of a mail service, and the states they may be in, are called to the public."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

COMPONENTS = {
    "webmail": _("webmail"),
    "imap": _("mail programs (IMAP)"),
    "pop3": _("mail programs (POP3)"),
    "submission": _("sending from mail programs"),
    "inbound": _("mail from outside"),
    "ios": _("iOS app"),
    "android": _("Android app"),
}
STATES = {
    "down": _("out of order"),
    "degraded": _("not as it should be"),
    "back": _("working again"),
}
