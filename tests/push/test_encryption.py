"""What is sent is what RFC 8291 says, octet by octet, and who sends is said as RFC 8292 says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from ristoro.edges.push.contract import LONGEST_MESSAGE, Target
from ristoro.edges.push.encryption import encrypt
from ristoro.edges.push.places import SERVICES, origin_of
from ristoro.edges.push.vapid import from_url, in_url, sender
from ristoro.kernel.errors import BadInput

# RFC 8291, appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)
TARGET = Target("https://push.example.net/push/1", from_url(THEIRS), from_url(AUTH))
NOW = datetime(2023, 2, 10, 9, 0, tzinfo=UTC)


def test_the_example_of_the_rfc_comes_out_octet_by_octet() -> None:
    own = derive_private_key(int.from_bytes(from_url(OWN), "big"), SECP256R1())
    assert in_url(encrypt(PLAIN, TARGET, own, from_url(SALT))) == BODY


def test_a_message_that_push_services_would_cut_is_refused() -> None:
    own = derive_private_key(1, SECP256R1())
    assert len(encrypt(b"x" * LONGEST_MESSAGE, TARGET, own, bytes(16))) == 4_096
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (LONGEST_MESSAGE + 1), TARGET, own, bytes(16))


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [(b"", bytes(16)), (bytes(65), bytes(16)), (b"\x04" + bytes(64), b""), (b"\x04", bytes(16))],
)
def test_keys_of_another_length_are_no_target(p256dh: bytes, auth: bytes) -> None:
    with pytest.raises(ValueError, match="65 and 16"):
        Target("https://push.example.net/", p256dh, auth)


def test_a_token_says_who_sends_to_whom_and_until_when() -> None:
    one = sender("a secret", "mailto:ristoro@libero.it")
    scheme, _, rest = one.authorization("https://push.example.net", NOW).partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = fields["t"].split(".")
    assert scheme == "vapid"
    assert fields["k"] == one.public
    assert json.loads(from_url(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(from_url(claims)) == {
        "aud": "https://push.example.net",
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "sub": "mailto:ristoro@libero.it",
    }
    raw = from_url(signature)
    pair = (int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_url(one.public))
    signed = f"{head}.{claims}".encode()
    public.verify(encode_dss_signature(*pair), signed, ECDSA(SHA256()))


def test_the_same_secret_makes_the_same_sender_everywhere() -> None:
    assert sender("one", "").public == sender("one", "").public
    assert sender("one", "").public != sender("two", "").public
    assert "key" not in repr(sender("one", ""))


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc:def", "https://fcm.googleapis.com"),
        ("https://web.push.apple.com/QGx", "https://web.push.apple.com"),
        ("https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com"),
        ("https://db5p.notify.windows.com/w/?token=a%2b", "https://db5p.notify.windows.com"),
    ],
)
def test_services_of_browsers_makers_are_spoken_to(endpoint: str, origin: str) -> None:
    assert origin_of(endpoint, SERVICES) == origin


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x",
        "https://fcm.googleapis.com:port/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "https://[::1/x",
        "https://evil@fcm.googleapis.com/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://push.apple.com/x",
        "https://evilpush.apple.com.example/x",
        "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com/\r\nHost: evil",
        "https://fcm.googleapis.com/" + "x" * 1_000,
    ],
)
def test_no_other_address_is_spoken_to(endpoint: str) -> None:
    with pytest.raises(BadInput):
        origin_of(endpoint, SERVICES)
