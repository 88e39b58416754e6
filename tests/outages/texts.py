"""A small outage as text, which tests change a line of."""

from __future__ import annotations

from ristoro.outages.declare import read_outage_text
from ristoro.outages.outage import Outage

GOOD = """\
outage: small
version: 1
title: {it: Un guasto, en: A fault}
zone: Europe/Rome
stores:
  libero: [lib-01..lib-04]
  virgilio: [vir-01, vir-02]
windows:
  - components: [webmail, imap]
    brands: libero
    stores: [lib-01..lib-03]
    from: 2023-03-25T22:00
    to: 2023-03-26T12:00
    reopening:
      - {stores: [lib-01], at: 2023-03-26T08:00}
      - {components: imap, at: 2023-03-26T10:00}
  - components: all
    brands: [virgilio]
    from: 2023-03-26T01:00
    to: 2023-03-26T05:00
    condition: degraded
    error-rate: 12.5 %
    planned: true
    announced: 2023-03-24T01:00
exclusions:
  - components: all
    stores: vir-01
    from: 2023-03-26T03:00
    to: 2023-03-26T04:00
    cause: force-majeure
    reason: a flood
sources:
  - our own monitoring
"""


def changed(old: str, new: str, text: str = GOOD) -> str:
    """The text with one part of it changed, which must be there exactly once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def outage(text: str = GOOD) -> Outage:
    return read_outage_text(text.encode(), "small.yaml")


def correction(before: Outage, text: str = GOOD) -> str:
    """The next version of an outage, as text."""
    head = f"version: {before.version + 1}\ncorrects: {before.digest}\nreason: a better log\n"
    return changed("version: 1\n", head, text)
