"""Named letters for the tests of this stage."""

from __future__ import annotations

from datetime import UTC, date, datetime

from ristoro.notices.brands import read_brands
from ristoro.notices.compose import compose
from ristoro.notices.facts import (
    GrantFacts,
    Identity,
    NoticeKind,
    Phase,
    Subject,
)
from ristoro.notices.letters import outage_words

BRANDS = read_brands()
LIBERO = BRANDS["libero"]
APPROVED = datetime(2023, 2, 10, 9, 30, tzinfo=UTC)
OUTAGE = outage_words(date(2023, 1, 22), date(2023, 2, 1))
MORE_SPACE = GrantFacts("storage", Phase.DONE, 214_748_365, base=2**30, target=1_288_490_189)
SIX_MONTHS_ASKED = GrantFacts(
    "extension",
    Phase.ASKED,
    6,
    base_until=date(2023, 8, 31),
    until=date(2024, 2, 29),
    deadline=date(2023, 4, 30),
    fallback="give",
)
SIX_MONTHS_DONE = GrantFacts(
    "extension", Phase.DONE, 6, base_until=date(2023, 8, 31), until=date(2024, 2, 29)
)
CARLA = Identity("jan-2023", 7, "carla@libero.it", "RXJK-VNQR")


def more_space(locale: str = "it") -> Subject:
    return Subject(LIBERO, locale, NoticeKind.STORAGE_DONE, OUTAGE[locale], (MORE_SPACE,))


def six_months(locale: str = "it") -> Subject:
    return Subject(
        LIBERO, locale, NoticeKind.EXTENSION_CONFIRM, OUTAGE[locale], (SIX_MONTHS_ASKED,)
    )


def message(subject: Subject | None = None) -> bytes:
    return compose(subject or more_space(), CARLA, APPROVED)
