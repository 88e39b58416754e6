"""Noting that a person is signed in in a browser, and asking who was."""

from __future__ import annotations

import hashlib
from datetime import datetime

from ristoro.staff.browsers.models import Sighting


def digest_of(name: str) -> str:
    """What is kept of a browser's name: enough to know it again, too little to be it."""
    return hashlib.sha256(name.encode()).hexdigest()


def see(browser: str, person_id: int, at: datetime) -> None:
    """Note that the person is signed in in the browser, which is given by its digest."""
    Sighting.objects.update_or_create(browser=browser, person_id=person_id, defaults={"at": at})


def was_seen(browser: str, person_id: int, since: datetime) -> bool:
    """Whether the person was signed in in the browser at ``since`` or later."""
    return Sighting.objects.filter(browser=browser, person_id=person_id, at__gte=since).exists()
