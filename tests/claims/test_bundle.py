"""A bundle: the same to the byte, whole when it is whole, and any change found and named."""

from __future__ import annotations

import hashlib
import re
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


def test_files_that_lie_within_each_other_are_not_unpacked() -> None:
    inner = archive({"b": b"0" * 10_000})
    whole = bytearray(archive({"a": inner}))
    directory = whole.rindex(b"PK\x01\x02a"[:4])
    with zipfile.ZipFile(BytesIO(inner)) as packed:
        entry = packed.infolist()[0]
    at = bytes(whole).index(b"PK\x03\x04", 4)  # the header within the first file's octets
    second = bytearray(inner[inner.index(b"PK\x01\x02") : inner.index(b"PK\x05\x06")])
    second[42:46] = at.to_bytes(4, "little")
    end = whole.index(b"PK\x05\x06", directory)
    told = bytearray(whole[end:])
    told[8:12] = (2).to_bytes(2, "little") * 2
    told[12:16] = (end - directory + len(second)).to_bytes(4, "little")
    nested = bytes(whole[:end] + second + told)
    assert entry.file_size == 10_000

    assert [one.code for one in verify(nested, TRUSTED).faults] == ["too-large"]


def test_names_are_signed_and_files_cannot_change_places() -> None:
    files = files_of(WHOLE)
    paper = next(path for path in files if path.startswith("documents/"))
    moved = {("../" + path if path == paper else path): octets for path, octets in files.items()}
    assert {("missing", paper), ("not-listed", "../" + paper)} <= set(faults(moved))
    swapped = files | {paper: files["timeline.json"], "timeline.json": files[paper]}
    assert {one for one in faults(swapped) if one[0] == "changed"} == {
        ("changed", paper),
        ("changed", "timeline.json"),
    }
    twice = files[MANIFEST].replace(b'{"at":', b'{"at":"2030-01-01T00:00:00+00:00","at":', 1)
    assert faults(files | {MANIFEST: twice}) == [("spelling", MANIFEST)]


def test_what_a_stranger_wrote_turns_no_line_of_a_sheet_around() -> None:
    claim = {**CONTENTS.claim, "how": "fattura\u202efdp.exe\x1b[2J\nsecond line"}
    files = files_of(pack(replace(CONTENTS, claim=claim), AT, KEY))
    sheet = files["read-me.it.html"].decode()
    assert "fattura\\u202efdp.exe\\x1b[2J\nsecond line" in sheet


def test_sheets_hold_nothing_that_is_fetched_or_runs() -> None:
    for name, octets in files_of(WHOLE).items():
        if name.endswith(".html"):
            assert not re.search(rb"<script|<link|<img|src=|href=|url\(|@import", octets)
