"""The application that a web server runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from ristoro import env
from ristoro.env import Environment

Application = Callable[..., Any]


def behind(application: Application, environment: Environment) -> Application:
    """The application as it is reached: by a proxy, if there is one, whose word is taken for who
    asks. Without that every holder would come from the proxy's address, and count as one."""
    if not environment.flag("RISTORO_BEHIND_TLS", default=False):
        return application
    proxies = environment.text("RISTORO_PROXIES", "127.0.0.1 ::1").split()
    wrapped: Application = wrap_wsgi_with_proxy_headers(application, proxies)
    return wrapped


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ristoro.settings")
application = behind(get_wsgi_application(), env.current())
