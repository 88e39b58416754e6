"""Days and lengths of time inside a sentence: Italian has an article, and joins it to *a*."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ristoro.faces import said


def the(day: date | None) -> str:
    """``il 30 aprile 2023``, ``l'8 maggio 2023``; ``30 April 2023``; a dash where there is none."""
    if day is None:
        return "–"
    return f"{_article(day)}{said.day(day)}" if said.lang() == "it" else said.day(day)


def to(day: date | None) -> str:
    """``al 30 aprile 2023``, ``all'8 maggio 2023``; ``30 April 2023``."""
    if day is None or said.lang() != "it":
        return the(day)
    joined = "all'" if _elided(day) else "al "
    return f"{joined}{said.day(day)}"


def lasting(time: timedelta) -> str:
    """``5 giorni e 8 ore``; to the minute, without parts that are nought."""
    hours, minutes = divmod(time // timedelta(minutes=1), 60)
    days, hours = divmod(hours, 24)
    parts = [
        ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else "",
        ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes} if minutes else "",
    ]
    told = [part for part in parts if part] or [_("less than a minute")]
    if len(told) == 1:
        return told[0]
    return _("%(first)s and %(last)s") % {"first": ", ".join(told[:-1]), "last": told[-1]}


def _article(day: date) -> str:
    return "l'" if _elided(day) else "il "


def _elided(day: date) -> bool:
    """*Otto* and *undici* begin with a vowel."""
    return day.day in (8, 11)
