"""What a policy gives only to whoever asks: the holder asks for it on the page of what is owed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.databases import Database, copy_sqlite, pointed_at
from tests.fulfilment.stage import AT
from tests.webmail.mine.conftest import Own, approved
from tests.whole.programme import NOW, OUTAGE, POLICY

from ristoro.fulfilment import holder
from ristoro.fulfilment.callers import spoken
from ristoro.fulfilment.consent import LONGEST_PROOF, Said, Silence, answer
from ristoro.fulfilment.models import Answer, Consent, GrantState
from ristoro.journal.models import Entry
from ristoro.kernel import clock
from ristoro.kernel.errors import NotAllowed
from ristoro.notices.models import Notice, NoticeState
from ristoro.remedies.deciding.decide import decide
from ristoro.remedies.folder.run_folder import open_run
from ristoro.remedies.models import Run
from ristoro.staff import people
from ristoro.staff.models import Role
from ristoro.workers import shift
from ristoro.workers.counted import miscounts
from ristoro.workers.models import Act, Chunk, ChunkState

pytestmark = pytest.mark.host


@pytest.fixture(scope="module")
def by_request(
    sqlite_template: Path,
    decided: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Path:
    """A database with a run whose policy gives the extension only to whoever asks for it."""
    home = tmp_path_factory.mktemp("requests")
    policy = home / "policy.yaml"
    text = POLICY.read_text(encoding="utf-8")
    assert "{confirm: {by: 2023-04-30, silence: give}}" in text
    claim = "{claim: {by: 2023-04-30, otherwise: forfeit, remind: [10 days]}}"
    policy.write_text(text.replace("{confirm: {by: 2023-04-30, silence: give}}", claim))
    snapshot = Path(str(open_run(decided).record["snapshot"]))
    folder = decide(snapshot, OUTAGE, policy, home / "run").folder
    fresh = copy_sqlite(sqlite_template, home)
    with django_db_blocker.unblock(), pointed_at(fresh):
        approved(folder)
    return home / "ristoro.sqlite"


@pytest.fixture
def sqlite_loaded(by_request: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[Database]:
    fresh = copy_sqlite(by_request, tmp_path)
    with django_db_blocker.unblock(), pointed_at(fresh):
        yield fresh


@pytest.fixture(autouse=True)
def in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def place(own: Own) -> str:
    return f"/ristoro/{own.grant.id}/richiesta/"


def ask(own: Own, **more: str) -> Any:
    return own.client.post(place(own), {**own.fields(place(own)), "answer": "yes", **more})


def test_the_page_says_what_can_be_asked_for_by_when_and_what_it_gives(own: Own) -> None:
    assert own.grant.consent == Consent.CLAIM
    text = own.text("/ristoro/")
    assert "Una cosa ti spetta solo se la chiedi." in text
    assert ": puoi chiederlo" in text
    assert "Si dà solo se lo chiedi. Dopo il 30 aprile 2023 finisce." in text
    assert "29 febbraio 2024" in text
    assert "Nulla: l'abbiamo già calcolato noi." in text
    assert "Ultimo giorno per chiederlo; dopo non si dà nulla." in text
    assert '<time datetime="2023-04-20">' in text
    assert "Sì, lo voglio" not in text
    assert 'value="no"' not in text


def test_one_post_asks_for_it_and_it_goes_its_way_like_a_confirmed_one(own: Own) -> None:
    answer_ = ask(own)
    assert (answer_.status_code, answer_["location"]) == (303, own.receipt_place)
    assert own.grant.state == GrantState.PLANNED
    given = Answer.objects.get()
    assert (given.yes, given.channel, given.recorded_by) == (True, "webmail", "holder")
    entry = Entry.objects.get(name="fulfilment.answer.recorded")
    assert entry.actor == "holder"
    chunks = Chunk.objects.filter(act=Act.GRANTS)
    assert chunks.get(lo__lte=own.grant.id, hi__gt=own.grant.id).state == ChunkState.OPEN
    assert miscounts(Run.objects.get().pk) == []
    receipt = own.text(own.receipt_place)
    assert "L&#x27;hai chiesto" in receipt
    assert "Non hai rinunciato a nessun diritto" in receipt
    assert "La tua richiesta" in receipt
    assert "Ritira la mia richiesta" in receipt
    taken = own.client.post(f"/ristoro/{own.grant.id}/ripensamento/", own.fields(own.receipt_place))
    assert (taken.status_code, own.grant.state) == (303, GrantState.WAITING)
    assert ask(own).status_code == 303
    assert own.answers() == 1


def test_nobody_says_no_to_it_and_nobody_asks_for_its_holder(own: Own) -> None:
    assert ask(own, answer="no").status_code == 409
    run, gina = Run.objects.get(), people.add("gina", "x" * 20, [Role.AGENT], actor="test", at=AT)
    said = Said(True, "phone", "call 4711", gina, NOW)
    with pytest.raises(NotAllowed, match="whoever asks"):
        answer(run, own.grant.id, said, Silence.FORFEIT, shift.keep)
    said = Said(True, "webmail", "x" * LONGEST_PROOF, None, NOW)
    remedies = [{**line, "lane": "damages"} for line in run.totals["remedies"]]
    run.totals = {**run.totals, "remedies": remedies}
    with pytest.raises(NotAllowed, match="a claim with its reasons"):
        answer(run, own.grant.id, said, Silence.FORFEIT, shift.keep)
    assert own.grant.state == GrantState.WAITING
    assert own.answers() == 0


def test_after_the_last_day_nothing_is_given_to_whoever_was_reached(own: Own) -> None:
    fields = {**own.fields(place(own)), "answer": "yes"}
    late = NOW.replace(year=2024)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ristoro.faces.webmail.mine.acts.clock", Fixed(late))
        Notice.objects.filter(address=own.address).update(state=NoticeState.VERIFIED)
        refused = own.client.post(place(own), fields)
        assert refused.status_code == 409
        assert "ultimo giorno" in refused.content.decode()
        Notice.objects.filter(address=own.address).update(state=NoticeState.REFUSED)
        fields = {**own.fields(place(own)), "answer": "yes"}
        assert own.client.post(place(own), fields).status_code == 303
    assert own.grant.state == GrantState.PLANNED


class Fixed:
    """A clock that stands."""

    def __init__(self, at: Any) -> None:
        self.now = lambda: at


def test_the_desk_is_told_that_the_holder_asks_for_it(own: Own) -> None:
    programmes = holder.of_mailbox(own.address, "it")
    [grant] = programmes[0].grants
    assert grant.to_ask_for
    assert not grant.asks
    for at, name in ((NOW, "claim"), (NOW.replace(year=2024), "claim:late")):
        situations = spoken.situations_of(programmes, at, lambda run, number: "CODE")
        assert situations[0].name == name
