"""A browser's name, version and system: they help to find a fault, and tell nobody apart."""

from __future__ import annotations

import re

_BROWSERS = (
    ("Edge", re.compile(r"Edg(?:A|iOS)?/(\d{1,3})")),
    ("Opera", re.compile(r"OPR/(\d{1,3})")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/(\d{1,3})")),
    ("Firefox", re.compile(r"(?:Firefox|FxiOS)/(\d{1,3})")),
    ("Chrome", re.compile(r"(?:Chrome|CriOS)/(\d{1,3})")),
    ("Safari", re.compile(r"Version/(\d{1,3})\S* .*Safari/")),
)
"""In this order: each of the later ones is named by those before it, too."""

_SYSTEMS = (
    ("iPhone", re.compile(r"iPhone|iPod")),
    ("iPad", re.compile(r"iPad")),
    ("Android", re.compile(r"Android")),
    ("Windows", re.compile(r"Windows")),
    ("macOS", re.compile(r"Macintosh")),
    ("ChromeOS", re.compile(r"CrOS")),
    ("Linux", re.compile(r"Linux|X11")),
)


def browser_of(agent: str) -> str:
    """``Firefox 128, Android`` from a User-Agent; empty for what has no name here."""
    named = next(
        (f"{name} {found[1]}" for name, form in _BROWSERS if (found := form.search(agent))), ""
    )
    system = next((name for name, form in _SYSTEMS if form.search(agent)), "")
    return ", ".join(one for one in (named, system) if one)
