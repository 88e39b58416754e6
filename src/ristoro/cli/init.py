"""``ristoro init``: the home folder, its secrets and the tables."""

from __future__ import annotations

from django.core.management import call_command

from ristoro import env

SECRETS = ("RISTORO_SECRET_KEY", "RISTORO_NOTICE_SECRET")


def init() -> None:
    """Make the home folder, its random secrets and the tables; again: bring them up to date."""
    environment = env.current()
    environment.home.mkdir(parents=True, exist_ok=True)
    for name in SECRETS:
        environment.make_secret(name)
    call_command("migrate", verbosity=0, interactive=False)
