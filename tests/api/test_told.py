"""What is told of an outage over the API: an update corrected, the register written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import Program
from tests.api.test_door import refused

from ristoro.kernel import clock
from ristoro.outages.incidents.models import Correction, Incident

NAME = "libero-virgilio-2023-01"
OUTAGE = (Path(__file__).parents[2] / f"outages/{NAME}.yaml").read_text(encoding="utf-8")
REGISTER = f"breaches/{NAME}"


def words(text: str) -> dict[str, str]:
    return {"it": f"{text} (it)", "en": f"{text} (en)"}


@pytest.fixture
def told(olga: Program) -> dict[str, Any]:
    """An incident with one update."""
    body = {
        "title": words("Slow"),
        "impact": "minor",
        "started_at": (clock.now() - timedelta(hours=1)).isoformat(),
        "phase": "investigating",
        "text": words("We look"),
        "components": [],
    }
    made = olga.post("incidents", body)
    assert made.status_code == 201, made.content
    shown: dict[str, Any] = made.json()
    return shown


def test_an_update_is_corrected_once_and_the_old_text_is_kept(
    olga: Program, aldo: Program, told: dict[str, Any]
) -> None:
    [update] = told["updates"]
    path = f"incidents/{told['slug']}/updates/{update['code']}/correction"
    refused(aldo.post(path, words("We found it")), 403, "role-missing")
    for _ in range(2):
        answer = olga.post(path, words("We found it"))
        assert answer.status_code == 200, answer.content
        assert answer.json()["updates"][0]["text"] == words("We found it")
    [kept] = Correction.objects.all()
    assert (kept.body_it, kept.corrected_by) == ("We look (it)", "Olga")
    other = f"incidents/{told['slug']}/updates/{'0' * 12}/correction"
    refused(olga.post(other, words("Nothing")), 404, "no-update")
    one = {"it": "Solo in italiano"}
    assert olga.post(path, one).status_code == 422
    assert Incident.objects.get().updates.get().body_en == "We found it (en)"


def test_the_register_is_written_assessed_and_settled_by_who_may(
    olga: Program, aldo: Program
) -> None:
    assert olga.post("outages", {"text": OUTAGE}).status_code == 201
    nature = {"kind": "nature", "words": "The storage failed."}
    written = olga.post(f"{REGISTER}/entries", nature)
    assert written.status_code == 200, written.content
    assert written.json()["entries"][-1]["words"] == "The storage failed."
    assert olga.post(f"{REGISTER}/entries", {**nature, "kind": "notified"}).status_code == 422
    risk = olga.post(f"{REGISTER}/risk", {"risk": "unlikely", "words": "Nothing was lost."})
    assert risk.json()["entries"][-1]["data"] == {"risk": "unlikely"}
    reasons = "4711; late, for it was not known at first how many mailboxes it was about"
    settled = {"notified": True, "words": reasons}
    refused(olga.post(f"{REGISTER}/settlement", settled), 403, "role-missing")
    answer = aldo.post(f"{REGISTER}/settlement", settled)
    assert answer.json()["standing"] == "notified", answer.content
    refused(aldo.post(f"{REGISTER}/settlement", settled), 409, "breach-settled")
    more = {"words": "The store was replaced.", "sent_at": clock.now().isoformat()}
    added = aldo.post(f"{REGISTER}/supplements", more)
    assert added.json()["entries"][-1]["kind"] == "supplement", added.content


def test_what_is_told_more_follows_a_first_notification(olga: Program, aldo: Program) -> None:
    assert olga.post("outages", {"text": OUTAGE}).status_code == 201
    more = {"words": "The store was replaced.", "sent_at": clock.now().isoformat()}
    refused(aldo.post(f"{REGISTER}/supplements", more), 409, "breach-not-notified")
    refused(aldo.post("breaches/no-outage/supplements", more), 404, "no-breach")
