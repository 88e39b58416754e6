"""What a reader is told of dangers, links, claims and faults, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext_lazy as _

from ristoro.edges.mailboxes.dangers import Danger
from ristoro.faces.webmail.reading.links import Warn
from ristoro.faces.webmail.reading.seal import Fault

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Lazy: TypeAlias = "str | StrPromise"

DANGERS: Mapping[Danger, Lazy] = {
    Danger.PROGRAM: _("This is a program: it can do anything on your device once opened."),
    Danger.SCRIPT: _("This is a script: it can do anything on your device once opened."),
    Danger.MACROS: _("This document has macros: small programs that can do harm."),
    Danger.PAGE: _("This is a web page: it can look like any site and ask for your password."),
    Danger.DRAWING: _("This drawing can contain programs."),
    Danger.DISK: _("This is the image of a disk: programs in it pass by your device's checks."),
    Danger.SHORTCUT: _("This is a shortcut: opening it can start programs."),
    Danger.LOCKED: _("This is locked with a password, or damaged: nobody can check what is in it."),
    Danger.MESSAGE: _("This is another message: its sender cannot be checked from here."),
    Danger.PROGRAM_INSIDE: _("There are programs or web pages inside."),
    Danger.OTHER_TYPE: _("Its content is not what its name says."),
    Danger.TWO_ENDINGS: _("Its name has two endings, to look like a document."),
    Danger.DISGUISED: _("Its name was written so as to hide how it ends."),
    Danger.BUNDLE: _("This is a bundle of files in a form of its own: it is not opened here."),
    Danger.LARGE: _("It is too large to be looked into from here: know who sent it."),
}
LINKS: Mapping[Warn, Lazy] = {
    Warn.OTHER_PLACE: _("The text names another place than the link leads to."),
    Warn.FOREIGN_LETTERS: _("The address has letters that can look like others."),
    Warn.NUMBER: _("The address is a number, not a name."),
    Warn.USER: _("The address begins with a name that is not the place it leads to."),
    Warn.NOT_SECURE: _("The connection is not encrypted."),
}
FAULTS: Mapping[Fault, Lazy] = {
    Fault.OTHER_MAILBOX: _("It was written to another mailbox than yours."),
    Fault.UNKNOWN_LETTER: _("We have not written this letter to you."),
    Fault.CHANGED: _("Its words are not those that we wrote."),
}
FAULT: Lazy = _("It is not as our letters are: it was changed, copied, or never came from us.")
