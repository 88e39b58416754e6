"""What templates of the webmail ask for: ``{% load posta %}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ristoro.edges.mailboxes.contract import Folder, Person, Role
from ristoro.faces.said import lang
from ristoro.faces.webmail import folders, places, posts
from ristoro.faces.webmail.session import Session
from ristoro.fulfilment import wording
from ristoro.kernel import clock
from ristoro.notices import words

register = template.Library()

_MONTHS: Mapping[str, tuple[str, ...]] = {
    "it": ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


@register.simple_tag(takes_context=True)
def form_keys(context: template.Context) -> SafeString:
    """The hidden fields that every form of the webmail has: against forgery, and its own key."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="{}" value="{}">',
        context["csrf_token"],
        posts.KEY,
        posts.new_key(),
    )


def zone() -> ZoneInfo:
    """The zone that holders' times are shown in: ``RISTORO_ZONE``."""
    return clock.zone(settings.HOLDERS_ZONE)


@register.filter
def when(at: datetime) -> SafeString:
    """A short time with the long one in its title: ``14:05``, ``12 gen``, ``12 gen 2022``."""
    local, now = at.astimezone(zone()), clock.now().astimezone(zone())
    day = f"{local.day} {_MONTHS[lang()][local.month - 1]}"
    if local.date() == now.date():
        short = f"{local:%H:%M}"
    else:
        short = day if local.year == now.year else f"{day} {local.year}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), moment(at), short
    )


@register.filter
def moment(at: datetime) -> str:
    """The long time: ``12 gennaio 2023, 14:05``."""
    local = at.astimezone(zone())
    return f"{wording.day(local.date(), lang())}, {local:%H:%M}"


@register.filter
def clock_time(at: datetime) -> str:
    """The time of the day: ``14:05``."""
    return f"{at.astimezone(zone()):%H:%M}"


@register.filter
def bytes_said(value: int) -> str:
    """``3,2 GB``, in units of 1,024."""
    return words.size(value, lang())


@register.filter
def person(one: Person) -> str:
    """A correspondent's name, or the address where there is no name."""
    return one.name or one.address or _("(unknown)")


@register.filter
def people(those: Sequence[Person]) -> str:
    """The first three correspondents."""
    return ", ".join(person(one) for one in those[:3]) or _("(unknown)")


@register.filter
def folder_name(folder: Folder) -> str:
    """What a folder is called, in the reader's language where it has a role."""
    return str(folders.shown(folder))


@register.filter
def folder_trail(folder: Folder) -> str:
    """What a folder is called, with those it is in: ``Famiglia › Foto``."""
    above = folder.path.split(folder.delimiter) if folder.delimiter else []
    inside = above[-1 - folder.depth : -1] if folder.depth else []
    return " › ".join((*inside, folder_name(folder)))


@register.filter
def folder_role(folder: Folder) -> str:
    """What a folder is for: ``inbox``, ``sent`` and so on; empty for most."""
    return str(folders.role_of(folder).value)


@register.filter
def tally(folder: Folder) -> int:
    """What waits in a folder: drafts, else what is unread; nothing in those of one's own doing."""
    role = folders.role_of(folder)
    if role is Role.DRAFTS:
        return folder.total or 0
    return 0 if role in (Role.SENT, Role.TRASH) else folder.unseen or 0


@register.filter
def tally_word(folder: Folder) -> str:
    """What its tally counts."""
    return _("to finish") if folders.role_of(folder) is Role.DRAFTS else _("unread")


@register.filter
def folder_place(path: str) -> str:
    """The address of a folder."""
    return places.folder(path)


@register.simple_tag
def message_place(folder: str, uidvalidity: int, uid: int) -> str:
    """The address of a message."""
    return places.message(folder, uidvalidity, uid)


@register.filter
def space(session: Session) -> str:
    """``3,2 GB di 5 GB (64 %)``, as it was when last asked for; empty where there is no limit."""
    if session.used is None or not session.limit:
        return ""
    told = {
        "used": words.size(session.used, lang()),
        "limit": words.size(session.limit, lang()),
        "percent": 100 * session.used // session.limit,
    }
    return _("%(used)s of %(limit)s (%(percent)d%%)") % told


@register.filter
def nearly_full(session: Session) -> int:
    """From how many bytes on the meter warns."""
    return 9 * (session.limit or 0) // 10
