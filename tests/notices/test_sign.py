"""DKIM: two signatures on every notice, held against a verifier that shares no code with us."""

from __future__ import annotations

import base64
import stat
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.notices import cast

from ristoro.kernel.errors import Missing
from ristoro.notices.keys import DnsRecord, dns_record, make_keys, read_signers
from ristoro.notices.sign import Signer, body_hash, canonical_body, canonical_fields, sign
from ristoro.notices.verify import verify


@cache
def signers() -> tuple[Signer, ...]:
    folder = Path(mkdtemp(prefix="ristoro-keys-"))
    make_keys(folder, cast.LIBERO)
    return read_signers(folder, cast.LIBERO)


def records() -> list[DnsRecord]:
    return [dns_record(signer) for signer in signers()]


def signed(locale: str = "it") -> bytes:
    return sign(cast.message(cast.six_months(locale)), signers(), cast.APPROVED)


@pytest.mark.parametrize("locale", ["it", "en"])
def test_both_signatures_of_a_stored_notice_hold(locale: str) -> None:
    trace = b"Return-Path: <>\r\nDelivered-To: carla@libero.it\r\nReceived: from a\r\n\tby b\r\n"
    found = verify(trace + signed(locale), records())
    assert found.valid == ("ristoro-rsa", "ristoro-ed25519")
    assert found.genuine
    assert found.message_id == "<ristoro.jan-2023.7@libero.it>"
    assert found.deposit == "jan-2023.7"
    assert found.body_hash == body_hash(cast.message(cast.six_months(locale)))


def test_the_same_notice_is_signed_with_the_same_bytes() -> None:
    assert signed() == signed()


def test_no_line_of_a_signed_notice_is_long() -> None:
    assert max(len(line) for line in signed().split(b"\r\n")) <= 98


def test_a_host_that_stores_line_ends_as_lf_changes_nothing() -> None:
    assert verify(signed().replace(b"\r\n", b"\n"), records()).genuine


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"sei mesi", b"due mesi"),
        (b"From: Libero Mail", b"From: Altri"),
        (b"To: carla", b"To: mario"),
        (b"Subject: ", b"Subject: altro "),
        (b"X-Ristoro-Deposit: jan", b"X-Ristoro-Deposit: feb"),
        (b"Content-Language: it", b"Content-Language: en"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
        (b"Message-ID: <ristoro", b"Message-ID: <other"),
        (b"To: carla", b"Reply-To: a@b.it\r\nTo: carla"),
        (b"Subject: ", b"Subject: altro\r\nSubject: "),
        (b"To: carla", b"From: a@b.it\r\nTo: carla"),
    ],
)
def test_any_change_or_addition_breaks_both_signatures(old: bytes, new: bytes) -> None:
    message = signed()
    assert old in message
    found = verify(message.replace(old, new, 1), records())
    assert not found.genuine
    assert len(found.failed) == 2


def test_a_notice_without_signature_or_with_another_key_is_not_genuine() -> None:
    assert not verify(cast.message(), records()).genuine
    assert not verify(signed(), []).genuine
    other = Signer("libero.it", "ristoro-ed25519", Ed25519PrivateKey.generate())
    found = verify(signed(), [records()[0], dns_record(other)])
    assert found.valid == ("ristoro-rsa",)
    assert not found.genuine


def test_ed25519_is_rfc_8463s_own_key() -> None:
    """The key pair of RFC 8463, appendix A.2."""
    seed = base64.b64decode("nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    signer = Signer("libero.it", "brisbane", Ed25519PrivateKey.from_private_bytes(seed))
    record = dns_record(signer)
    assert record.text == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    message = sign(cast.message(), (signer,), cast.APPROVED)
    assert verify(message, [record]).valid == ("brisbane",)


def test_relaxed_form_is_that_of_rfc_6376() -> None:
    """The example of RFC 6376, section 3.4.5."""
    assert canonical_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C\r\nD E\r\n"
    fields = canonical_fields(b"A: X\r\nB : Y\t\r\n\tZ  ")
    assert list(fields.values()) == [b"a:X", b"b:Y Z"]


@settings(max_examples=60, deadline=None)
@given(st.text("ab \t\r\n.", max_size=60))
def test_any_body_signed_is_a_body_that_the_verifier_accepts(text: str) -> None:
    body = "".join(text.split("\r")).replace("\n", "\r\n").encode()
    message = cast.message().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body
    assert verify(sign(message, signers(), cast.APPROVED), records()).genuine


def test_keys_are_private_made_once_and_published(tmp_path: Path) -> None:
    folder = tmp_path / "secrets" / "dkim"
    with pytest.raises(Missing, match="ristoro notice keys"):
        read_signers(folder, cast.LIBERO)
    made = make_keys(folder, cast.LIBERO)
    assert len(made) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    before = [path.read_bytes() for path in made]
    assert make_keys(folder, cast.LIBERO) == []
    assert [path.read_bytes() for path in made] == before
    record = dns_record(read_signers(folder, cast.LIBERO)[0])
    assert record.name == "ristoro-rsa._domainkey.libero.it"
    strings = record.zone_line().split('"')[1::2]
    assert "".join(strings) == record.text
    assert max(map(len, strings)) <= 255


def test_a_file_that_is_no_key_is_said_to_be_none(tmp_path: Path) -> None:
    made = make_keys(tmp_path, cast.LIBERO)
    made[0].write_text("nothing", encoding="ascii")
    with pytest.raises(Missing, match="no usable key"):
        read_signers(tmp_path, cast.LIBERO)
