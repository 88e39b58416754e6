"""Why a letter did not go to somebody, in a sentence, by the code of how it ended."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from ristoro.faces.said import Lazy

WORDS: Mapping[str, Lazy] = {
    "not-here": _("mail goes to mailboxes of this service only, and this address is elsewhere."),
    "no-smtputf8": _("it has accents or other letters before the @ that mail cannot carry here."),
    "no-domain": _("what stands after the @ is not the name of a mail host."),
    "no-8bitmime": _("the mail host does not take this kind of attachment."),
    "too-big": _("the letter is larger than the mail host takes. Send fewer or smaller files."),
    "smtp-tls": _("the line to the mail host could not be encrypted, so nothing was sent."),
    "smtp-lacks": _("the mail host is not set up for sending. Tell your provider."),
    "smtp-535": _("the mail host did not take your password. Sign out and in again."),
    "smtp-552": _("the mailbox is full, or the letter is too large for it."),
    "lmtp-552": _("the mailbox is full."),
    "smtp-550": _("there is no such mailbox, or it does not take mail from you."),
    "lmtp-550": _("there is no such mailbox."),
    "smtp-cut": _("the line broke at the end: it is not known whether it arrived."),
}
LATER = _("the mail host could not take the letter now. Try again in a few minutes.")
NEVER = _("the mail host refused the letter.")


def reason(code: str) -> str:
    """The sentence of a code; for those of a host's replies, by their first digit."""
    found = WORDS.get(code)
    if found is not None:
        return str(found)
    return str(NEVER if code.partition("-")[2].startswith("5") else LATER)
