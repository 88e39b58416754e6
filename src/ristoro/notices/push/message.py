"""What a phone shows: that something has come, and nothing of what it says.

The message is in the form of Declarative Web Push, which shows it without a script of ours; the
script of older browsers reads the same form. It opens the webmail's first page, never a remedy: a
screen that others see, or a forged message, must have nothing to lead to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

TOPIC = "ristoro"
DAY = 24 * 60 * 60
TITLES: Mapping[str, str] = {
    "it": "C'è una comunicazione nella tua webmail",
    "en": "There is a message for you in your webmail",
}
_DECLARATIVE = 8030  # the mark of the form, after RFC 8030


def message(home: str, locale: str) -> bytes:
    """The message for a browser in its holder's language; ``home`` is its webmail's address."""
    lang = locale if locale in TITLES else "it"
    told = {
        "web_push": _DECLARATIVE,
        "notification": {
            "title": TITLES[lang],
            "navigate": home,
            "lang": lang,
            "dir": "ltr",
            "tag": TOPIC,
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
