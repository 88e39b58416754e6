"""Names that may be used once, known to every web process: forms sent, sessions signed out of.

They are kept as rows of Django's session table, which is shared and cleared of what has expired
(``clearsessions``); a row's key is a hash, so that no cookie can be made from it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.contrib.sessions.models import Session as Row
from django.db import IntegrityError, transaction

from ristoro.kernel import clock


def spend(name: str, until: datetime) -> bool:
    """Use a name up, until then at least; ``False`` where it was used already."""
    try:
        with transaction.atomic():
            Row.objects.create(session_key=_key(name), session_data="", expire_date=until)
    except IntegrityError:
        return False
    return True


def is_spent(name: str) -> bool:
    """Whether the name is used up."""
    return Row.objects.filter(session_key=_key(name), expire_date__gt=clock.now()).exists()


def note(name: str, text: str) -> None:
    """Write down how it ended, for whoever comes with the same name again."""
    Row.objects.filter(session_key=_key(name)).update(session_data=text)


def noted(name: str) -> str:
    """What was written down; empty where nothing was, or not yet."""
    found = Row.objects.filter(session_key=_key(name)).values_list("session_data", flat=True)
    return next(iter(found), "")


def give_back(name: str) -> None:
    """Have the name unused: what it was used for did not happen."""
    Row.objects.filter(session_key=_key(name)).delete()


def _key(name: str) -> str:
    return hashlib.sha256(f"ristoro webmail {name}".encode()).hexdigest()[:40]
