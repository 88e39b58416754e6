"""A bundle: the same to the byte, whole when it is whole, and any change found and named."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ristoro.claims.bundle.contents import MANIFEST, Contents, Paper
from ristoro.claims.bundle.pack import archive, pack
from ristoro.claims.bundle.verify import verify
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.signed import key_of, public_of

AT = datetime(2023, 5, 2, 9, tzinfo=UTC)
KEY = key_of("the secret of a test", "facts")
EVIDENCE = canonical_json(
    {
        "format": "ristoro-evidence-1",
        "address": "anna@libero.it",
        "window": {"from": "2023-01-22T23:00:00.000000Z", "to": "2023-01-27T22:59:00.000000Z"},
        "totals": {"messages": 3, "delivered": 1, "late": 1, "bounced": 1},
        "sources": [{"file": "mail.log.1.gz", "sha256": "ab" * 32}],
        "limits": [{"limit": "before-our-door"}],
    }
)
BILL = b"%PDF-1.7 a bill of 120 euro"


def sha(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


CONTENTS = Contents(
    number="R-2023-000123",
    claim={
        "address": "anna@libero.it",
        "outage": "libero-virgilio-2023-01",
        "filed_at": "2023-02-20T10:00:00+00:00",
        "due_on": "2023-03-20",
        "lost": "mail-never-came",
        "counterparty": "ufficio@example.org",
        "how": "Un'offerta di lavoro <b>mai</b> arrivata",
        "happened_on": "2023-01-24",
        "cost_minor": 12_000,
        "currency": "EUR",
        "evidence_digest": sha(EVIDENCE),
        "documents": [{"name": "fattura.pdf", "sha256": sha(BILL)}],
    },
    evidence=EVIDENCE,
    papers=(Paper("fattura.pdf", "application/pdf", sha(BILL), BILL),),
    rule={"policy": "", "version": 0},
    policy=b"",
    outage=b"",
    decisions=(
        {
            "outcome": "partly",
            "reasons": ["not-delivered", "cost-in-part"],
            "words": "",
            "amount_minor": 8_000,
            "set_off": [{"what": "indemnity", "amount_minor": 500}],
            "pays_minor": 7_500,
            "currency": "EUR",
            "found_by": "Carla",
            "found_at": "2023-03-01T10:00:00+00:00",
            "agreed_by": "Dino",
            "agreed_at": "2023-03-02T10:00:00+00:00",
            "evidence_digest": sha(EVIDENCE),
        },
    ),
    letters=(b"Subject: la tua richiesta\r\n\r\n...",),
    timeline=({"at": "2023-02-20T10:00:00+00:00", "what": "filed", "by": "holder", "text": ""},),
)
WHOLE = pack(CONTENTS, AT, KEY)
TRUSTED = public_of(KEY)


def test_the_same_claim_gives_the_same_bytes() -> None:
    assert pack(replace(CONTENTS), AT, KEY) == WHOLE
    checked = verify(WHOLE, TRUSTED)
    assert checked.whole
    assert (checked.claim, checked.files) == ("R-2023-000123", 10)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_changed_byte_is_found(place: int, by: int) -> None:
    changed = bytearray(WHOLE)
    changed[place] ^= by
    assert not verify(bytes(changed), TRUSTED).whole


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=40), st.integers(0, 40))
def test_octets_put_in_or_taken_out_are_found(place: int, put: bytes, out: int) -> None:
    changed = WHOLE[:place] + put + WHOLE[place + out :]
    assert verify(changed, TRUSTED).whole == (changed == WHOLE)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_octets_that_are_no_bundle_are_said_to_be_none(octets: bytes) -> None:
    assert not verify(octets, TRUSTED).whole


def files_of(octets: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(octets)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def faults(files: dict[str, bytes], key: str = TRUSTED) -> list[tuple[str, str]]:
    return [(one.code, one.file) for one in verify(archive(files), key).faults]


def test_it_says_exactly_what_is_wrong() -> None:
    files = files_of(WHOLE)
    assert faults(files) == []
    decided = files["decisions.json"].replace(b"7500", b"9500")
    assert faults(files | {"decisions.json": decided}) == [("changed", "decisions.json")]
    assert faults(files | {"more.txt": b"."}) == [("not-listed", "more.txt")]
    without = {path: octets for path, octets in files.items() if path != "timeline.json"}
    assert faults(without) == [("missing", "timeline.json")]
    manifest = files[MANIFEST].replace(b"000123", b"000124")
    assert faults(files | {MANIFEST: manifest}) == [("manifest-changed", MANIFEST)]
    assert faults(files | {MANIFEST: files[MANIFEST] + b"\n"}) == [("spelling", MANIFEST)]
    assert faults({"claim.json": b"{}"}) == [("no-manifest", MANIFEST)]


def test_a_signature_by_another_key_proves_nothing() -> None:
    other = key_of("another secret", "facts")
    forged = pack(CONTENTS, AT, other)
    assert [one.code for one in verify(forged, TRUSTED).faults] == ["other-key"]
    assert verify(forged, public_of(other)).whole


@pytest.mark.parametrize(
    "claim",
    [
        {**CONTENTS.claim, "evidence_digest": "0" * 64},
        {**CONTENTS.claim, "documents": [{"name": "altra.pdf", "sha256": "1" * 64}]},
    ],
)
def test_files_that_do_not_agree_are_found_though_they_are_signed(claim: dict[str, object]) -> None:
    signed = pack(replace(CONTENTS, claim=claim), AT, KEY)
    assert {one.code for one in verify(signed, TRUSTED).faults} == {"disagrees"}


def test_the_sheet_is_for_a_person_in_both_languages() -> None:
    files = files_of(WHOLE)
    italian, english = files["read-me.it.html"].decode(), files["read-me.en.html"].decode()
    assert "danno provato in parte" in italian
    assert "€ 75,00" in italian
    assert "loss proved in part" in english
    assert "€75.00" in english
    assert "&lt;b&gt;mai&lt;/b&gt;" in italian  # what a holder wrote is text
    assert "non rinuncia a nessun diritto" in italian
