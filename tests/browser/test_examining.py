"""An examiner's claims by keyboard alone, in Chromium: how long a decision takes the desk."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.browser.conftest import Site
from tests.claims.made import HOW, claim
from tests.faces.programme import AT, PASSWORD

from ristoro.claims.models import Claim, ClaimState
from ristoro.staff import people
from ristoro.staff.models import Role

HOUR = 3600
AT_LEAST = 25
"""Decisions in an hour that must be possible."""

READING = 90
"""Seconds that are left to read a claim and its evidence, where the desk takes none of them."""


@pytest.fixture
def desk(site: Site) -> Site:
    people.add("Carla", PASSWORD, (Role.EXAMINER,), actor="test", at=AT)
    for number in range(1, 5):
        claim(number, how=f"{HOW} ({number})", cost_minor=8_000 + number)
    return site


def test_claims_are_decided_by_keyboard_one_after_the_other(reader: Any, desk: Site) -> None:
    carla = reader(width=1366)
    carla.sign_in("Carla")
    page = carla.open("/console/pratiche/")
    assert carla.troubles() == []
    page.keyboard.press("n")
    page.wait_for_url("**/console/pratiche/R-2023-000001/")
    assert carla.troubles() == []
    keys = ("i", "2", "4", "m", *"50,00", "Control+Enter", "Control+Enter")
    begun = time.monotonic()
    for number in (1, 2, 3):
        for key in keys[:-2]:
            page.keyboard.press(key)
        page.keyboard.press(keys[-2])
        page.wait_for_selector("pre.letter")
        if number == 1:
            assert "50 euro" in page.inner_text("pre.letter")
            assert carla.troubles() == []
        page.keyboard.press(keys[-1])
        page.wait_for_url(f"**/console/pratiche/R-2023-{number + 1:06d}/?decisa=*")
    each = (time.monotonic() - begun) / 3
    print(f"{len(keys)} keys and {each:.1f} s a decision")
    assert each + READING < HOUR / AT_LEAST
    decided = Claim.objects.filter(state=ClaimState.SETTLED)
    assert sorted(decided.values_list("number", flat=True)) == [
        f"R-2023-{number:06d}" for number in (1, 2, 3)
    ]
    small = reader(width=390, scheme="dark")
    small.sign_in("Carla")
    small.open("/console/pratiche/R-2023-000004/")
    assert small.troubles() == []
    small.open("/console/pratiche/?vista=decided")
    assert small.troubles() == []
