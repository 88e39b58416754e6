"""The page of tokens and webhooks in a real browser: it fits, it is accessible, it makes one."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Reader, Site

from ristoro.kernel import clock
from ristoro.staff import tokens
from ristoro.workers.hooks import register
from ristoro.workers.hooks.models import Webhook

Make = Callable[..., Reader]
LOOKS = [(320, "it", "light"), (390, "en", "dark"), (1366, "it", "light"), (1366, "en", "dark")]


def test_tokens_and_webhooks_fit_and_are_accessible(reader: Make, site: Site) -> None:
    olga, now = site.programme.staff["Olga"], clock.now()
    for number in range(2):
        url = f"https://hooks{number}.example.it/{'ristoro-' * 6}"
        register.add(url, ["run.approved", "run.closed"], olga, now, lambda url: None)
    trouble = "webhook-500: " + "the receiver said this and that; " * 4
    Webhook.objects.filter(url__contains="hooks1").update(failing_since=now, trouble=trouble)
    tokens.make(olga, "estrazione notturna", olga.roles, 90, now)
    troubles = []
    for width, lang, scheme in LOOKS:
        one = reader(width, lang, scheme)
        one.sign_in("Olga")
        page = one.open("/console/api/")
        page.fill("#name", f"programma {width} {scheme}")
        page.check("input[name=role]")
        page.click("form[action$='/token/'] button")
        assert page.inner_text("pre").startswith("ristoro_")
        troubles += one.troubles()
    assert troubles == []
