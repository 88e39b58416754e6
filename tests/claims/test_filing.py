"""Claims as they are begun, saved, filed and withdrawn, in both databases."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from tests.claims.logs import imported
from tests.databases import Database
from tests.payees import made as payees

from ristoro.claims import documents, drafts, filing, states
from ristoro.claims.documents import Sent
from ristoro.claims.drafts import Words
from ristoro.claims.models import Claim, ClaimState, CostKind, Document, Evidence, Lost, Note
from ristoro.claims.terms import Terms
from ristoro.claims.touched import Touched, window
from ristoro.journal.models import Entry
from ristoro.kernel.errors import BadInput, NotAllowed
from ristoro.kernel.keys import bucket_of
from ristoro.notices import words
from ristoro.notices.singles.models import Single

ROME = ZoneInfo("Europe/Rome")
TERMS = Terms(second_above=50_000, zone=ROME)
NOW = datetime(2023, 2, 6, 10, tzinfo=UTC)
ANNA = "anna@libero.it"
OUTAGE = Touched(
    outage="libero-virgilio-2023-01",
    outage_digest="d" * 64,
    title="Gennaio 2023",
    run_id=1,
    mailbox_id=77,
    bucket=bucket_of(77),
    address=ANNA,
    brand="libero",
    currency="EUR",
    zone=ROME,
    start=datetime(2023, 1, 22, 23, tzinfo=ROME),
    end=datetime(2023, 1, 27, 12, tzinfo=ROME),
    last_day=None,
)
WORDS = Words(
    lost=Lost.MAIL_CAME_LATE,
    counterparty="ufficio@example.it",
    happened_on=date(2023, 1, 23),
    cost_minor=35_000,
    cost_kind=CostKind.LOST_EARNINGS,
    how="La conferma del lavoro è arrivata quattro giorni dopo.",
)


def begun(key: str = "a key of a form", at: datetime = NOW) -> Claim:
    return drafts.begin(OUTAGE, key, "it", at)


def written(key: str = "a key of a form", words: Words = WORDS) -> Claim:
    claim = begun(key)
    return drafts.save(claim, words, claim.saved_at, NOW + timedelta(minutes=1)).claim


def filed(home: Path, key: str = "a key of a form", at: datetime = NOW) -> Claim:
    return filing.file(written(key), OUTAGE, home, TERMS, at)


def test_the_same_form_begins_one_draft(each_database: Database) -> None:
    assert begun().pk == begun().pk
    assert begun("another").pk != begun().pk


def test_a_save_that_has_not_seen_another_undoes_nothing(database: Database) -> None:
    claim = begun()
    seen = claim.saved_at
    first = drafts.save(claim, WORDS, seen, NOW + timedelta(seconds=5))
    assert not first.lost_to_other
    same = drafts.save(claim, WORDS, seen, NOW + timedelta(seconds=6))
    assert not same.lost_to_other  # the answer to the first was lost, and it was sent again
    late = drafts.save(claim, replace(WORDS, how="x"), seen, NOW + timedelta(seconds=7))
    assert late.lost_to_other
    assert Claim.objects.get().how == WORDS.how


def test_what_no_field_can_hold_is_left_out(database: Database) -> None:
    words = replace(WORDS, counterparty="a\0b\n c\u202e" + "x" * 400, how="\0uno\r\ndue" * 2000)
    claim = written(words=words)
    assert claim.counterparty.startswith("ab cx")
    assert len(claim.counterparty) == drafts.LONGEST_COUNTERPARTY
    assert len(claim.how) == drafts.LONGEST_HOW
    assert "\0" not in claim.how
    assert "\r" not in claim.how


def test_a_draft_that_nobody_saves_is_deleted_with_its_documents(
    database: Database, tmp_path: Path
) -> None:
    claim = begun()
    kept = documents.add(claim, Sent("a.txt", b"una prova"), tmp_path, None, NOW)
    path = tmp_path / "claims" / "documents" / kept.sealed[:2] / kept.sealed
    assert path.exists()
    assert drafts.expire(tmp_path, NOW + drafts.LIFE) == 0
    assert drafts.expire(tmp_path, NOW + drafts.LIFE + timedelta(seconds=1)) == 1
    assert not Claim.objects.exists()
    assert not Document.objects.exists()
    assert not path.exists()


def test_filing_freezes_what_was_found_and_gives_a_number_and_a_day(
    each_database: Database, tmp_path: Path
) -> None:
    imported(tmp_path, ANNA)
    claim = filed(tmp_path)
    assert (claim.number, claim.state) == ("R-2023-000001", ClaimState.FILED)
    assert claim.due_on == date(2023, 3, 6)  # twenty working days after Monday 6 February
    evidence = Evidence.objects.get(claim=claim)
    assert evidence.digest == claim.evidence_digest
    found = json.loads(evidence.body)
    assert found["totals"]["late"] == 1
    assert found["totals"]["expired"] == 1
    assert found["address"] == ANNA
    assert [one.what for one in Note.objects.filter(claim=claim)] == ["filed"]
    assert Single.objects.get().key == "claim-filed-R-2023-000001"
    entry = Entry.objects.get(name="claims.claim.filed")
    assert entry.subject == "claim R-2023-000001"
    again = filing.file(claim, OUTAGE, tmp_path, TERMS, NOW + timedelta(days=1))
    assert again.number == claim.number
    assert Single.objects.count() == 1


def test_without_any_log_the_evidence_says_so(database: Database, tmp_path: Path) -> None:
    claim = filed(tmp_path)
    found = json.loads(Evidence.objects.get(claim=claim).body)
    assert "no-evidence" in [one["limit"] for one in found["limits"]]


@pytest.mark.parametrize("spoilt", ["sources.json", "histories.parquet"])
def test_a_claim_is_taken_although_the_logs_cannot_be_read(
    database: Database, tmp_path: Path, spoilt: str
) -> None:
    folder = imported(tmp_path, ANNA)
    for path in tmp_path.rglob(spoilt):
        assert folder.path in path.parents
        path.write_bytes(b"{}")
    claim = filed(tmp_path)
    assert claim.state == ClaimState.FILED
    assert claim.evidence_digest == ""
    unread = Note.objects.get(claim=claim, what="evidence-unread")
    assert not unread.shown


def test_what_is_lacking_is_named_by_its_field(database: Database, tmp_path: Path) -> None:
    empty = Words(Lost.NOT_SAID, "", date(2022, 12, 31), None, CostKind.NOT_SAID, "ah")
    with pytest.raises(BadInput) as refused:
        filing.file(written(words=empty), OUTAGE, tmp_path, TERMS, NOW)
    codes = [one.code for one in refused.value.problems]
    assert codes == ["lost", "happened_on", "cost", "cost_kind", "how"]
    assert Claim.objects.get().state == ClaimState.DRAFT


def test_after_the_policy_s_last_day_none_is_begun_and_none_is_filed(
    database: Database, tmp_path: Path
) -> None:
    closed = replace(OUTAGE, last_day=NOW.date() - timedelta(days=1))
    with pytest.raises(NotAllowed):
        drafts.begin(closed, "a key", "it", NOW)
    with pytest.raises(NotAllowed):
        filing.file(written(), closed, tmp_path, TERMS, NOW)
    assert drafts.begin(replace(OUTAGE, last_day=NOW.date()), "a key", "it", NOW).pk


def test_a_mailbox_files_so_many_in_a_day_and_has_so_many_drafts(
    database: Database, tmp_path: Path
) -> None:
    for number in range(filing.MOST):
        filed(tmp_path, f"form {number}")
    with pytest.raises(NotAllowed, match="claims-too-many"):
        filed(tmp_path, "one more")
    assert filed(tmp_path, "one more", NOW + filing.PER).number == "R-2023-000006"
    for number in range(drafts.MOST):
        begun(f"draft {number}")
    with pytest.raises(NotAllowed, match="drafts-too-many"):
        begun("one more draft")


def test_claims_filed_at_once_have_numbers_of_their_own(
    each_database: Database, tmp_path: Path
) -> None:
    claims = [written(f"form {number}") for number in range(4)]

    def file(claim: Claim) -> str:
        try:
            return filing.file(claim, OUTAGE, tmp_path, TERMS, NOW).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(file, [*claims[:3], claims[0]]))
    assert sorted(set(numbers)) == ["R-2023-000001", "R-2023-000002", "R-2023-000003"]
    assert Single.objects.count() == 3


def test_a_claim_is_withdrawn_once_and_not_after_it_was_decided(
    database: Database, tmp_path: Path
) -> None:
    claim = filed(tmp_path)
    for _ in range(2):
        assert filing.withdraw(claim, "k", NOW).state == ClaimState.WITHDRAWN
    assert Entry.objects.filter(name="claims.claim.withdrawn").count() == 1
    other = filed(tmp_path, "another")
    Claim.objects.filter(pk=other.pk).update(state=ClaimState.SETTLED)
    with pytest.raises(NotAllowed):
        filing.withdraw(other, "k", NOW)


def test_a_filed_claim_keeps_its_words_and_documents(database: Database, tmp_path: Path) -> None:
    claim = filed(tmp_path)
    saved = drafts.save(claim, replace(WORDS, how="altro"), claim.saved_at, NOW)
    assert saved.lost_to_other
    assert saved.claim.how == WORDS.how
    for forbidden in (
        lambda: drafts.discard(claim, tmp_path),
        lambda: documents.add(claim, Sent("a.txt", b"a"), tmp_path, None, NOW),
        lambda: documents.remove(claim, 1, tmp_path),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_the_evidence_is_of_the_outage_and_the_day_and_what_may_follow() -> None:
    span = window(OUTAGE, None)
    assert window(OUTAGE, date(2023, 1, 23)) == span
    assert window(OUTAGE, date(2023, 2, 2)).start == span.start
    assert window(OUTAGE, date(2023, 2, 2)).end > span.end


def test_no_move_leads_out_of_withdrawn_and_a_draft_is_only_filed() -> None:
    assert not [move for move in states.MOVES if move[0] == ClaimState.WITHDRAWN]
    assert [after for before, after in states.MOVES if before == ClaimState.DRAFT] == [
        ClaimState.FILED
    ]


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_letter_that_confirms_a_claim_is_linkless_and_has_no_number(
    database: Database, tmp_path: Path, lang: str
) -> None:
    filed(tmp_path)
    single = Single.objects.get()
    single.locale = lang
    for day in (date(2023, 2, 8), date(2023, 3, 31), date(2024, 11, 11)):
        single.words = {name: words.day(day, lang) for name in single.words}
        written = payees.writer().write(single)  # it refuses a letter with anything like a link
        parsed = message_from_bytes(written.letter.message, policy=policy.default)
        part = parsed.get_body(("plain",))
        assert part is not None
        text = " ".join(part.get_content().split())
        assert words.day(day, lang)[1:] in text
        assert "R-2023" not in text
