"""How long ago something was, as people say it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def ago(at: datetime, now: datetime) -> str:
    """``3 hours ago``; what lies ahead, by a clock that is wrong, is ``just now``."""
    seconds = max((now - at) // timedelta(seconds=1), 0)
    days = seconds // _DAY
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        n = seconds // _MINUTE
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", n) % {"n": n}
    if seconds < _DAY:
        n = seconds // _HOUR
        return ngettext("%(n)d hour ago", "%(n)d hours ago", n) % {"n": n}
    if days < 7:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if days < 30:
        n = days // 7
        return ngettext("%(n)d week ago", "%(n)d weeks ago", n) % {"n": n}
    if days < 365:
        n = days // 30
        return ngettext("%(n)d month ago", "%(n)d months ago", n) % {"n": n}
    n = days // 365
    return ngettext("%(n)d year ago", "%(n)d years ago", n) % {"n": n}
