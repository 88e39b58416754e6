"""Who asks, where a proxy stands before the web: its word is taken, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from ristoro.env import Environment
from ristoro.faces.wsgi import behind


def asked(settings: dict[str, str], **scope: str) -> str:
    """The address that the application sees."""
    seen: list[str] = []

    def application(scope: dict[str, Any], start: object) -> list[bytes]:
        seen.append(scope["REMOTE_ADDR"])
        return []

    behind(application, Environment(settings))(scope, None)
    return seen[0]


TLS = {"RISTORO_BEHIND_TLS": "yes"}


@pytest.mark.parametrize(
    ("settings", "address", "told", "seen"),
    [
        ({}, "127.0.0.1", "192.0.2.1", "127.0.0.1"),
        (TLS, "127.0.0.1", "192.0.2.1", "192.0.2.1"),
        (TLS, "198.51.100.9", "192.0.2.1", "198.51.100.9"),
        (TLS, "127.0.0.1", "10.0.0.1, 192.0.2.1", "192.0.2.1"),
        ({**TLS, "RISTORO_PROXIES": "10.0.0.0/8"}, "10.1.2.3", "192.0.2.1", "192.0.2.1"),
        ({**TLS, "RISTORO_PROXIES": "10.0.0.0/8"}, "127.0.0.1", "192.0.2.1", "127.0.0.1"),
    ],
)
def test_a_proxy_is_believed_and_nobody_else(
    settings: dict[str, str], address: str, told: str, seen: str
) -> None:
    assert asked(settings, REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=told) == seen
