"""``ristoro init``: the home folder, its secrets and keys, and the tables."""

from __future__ import annotations

from django.core.management import call_command

from ristoro import env, wiring
from ristoro.env import Environment
from ristoro.notices.keys import make_keys

SECRETS = (
    "RISTORO_SECRET_KEY",
    "RISTORO_NOTICE_SECRET",
    "RISTORO_PUSH_KEY",
    "RISTORO_FACTS_SECRET",
)


def init() -> None:
    """Make the home folder, its secrets and keys, and the tables; again: bring them up to date."""
    environment = env.current()
    environment.home.mkdir(parents=True, exist_ok=True)
    make_secrets(environment)
    call_command("migrate", verbosity=0, interactive=False)


def make_secrets(environment: Environment) -> None:
    """Make the random secrets and the signing keys that are not there yet."""
    for name in SECRETS:
        environment.make_secret(name)
    for brand in wiring.brands_of(environment).values():
        make_keys(wiring.dkim_folder(environment), brand)
