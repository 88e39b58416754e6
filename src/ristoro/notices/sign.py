"""DKIM signatures (RFC 6376), RSA-2048 and Ed25519 (RFC 8463) side by side, relaxed/relaxed.

The libraries that sign do RSA in Python or parse the message anew for each signature; here the
message is canonicalised once and signed by ``cryptography``. Verifying is left to a library that
shares no code with this (``notices.verify``).
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ristoro.kernel import clock

SIGNED = (
    *("from", "from", "to", "to", "subject", "subject", "date", "message-id", "mime-version"),
    *("content-type", "content-language", "auto-submitted", "x-ristoro-deposit"),
    *("reply-to", "content-transfer-encoding"),
)
"""Every field of a notice. One that is named once more than it stands there is signed as absent,
so that none can be added (RFC 6376, section 8.15)."""

_SPACES = re.compile(rb"[ \t]+")
_LINE_ENDS = re.compile(rb"[ \t]+\r\n")
_WIDTH = 72
_NAMES = (
    f" h={':'.join(SIGNED[:8])}:",
    f" {':'.join(SIGNED[8:11])}:",
    f" {':'.join(SIGNED[11:])};",
)


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of one domain. ``selector`` names the key's record below ``_domainkey``."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> str:
        return "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"

    def signature(self, hashed: bytes) -> bytes:
        """Sign the canonical fields; Ed25519 signs their SHA-256 (RFC 8463, section 3)."""
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(hashed, PKCS1v15(), hashes.SHA256())
        return self.key.sign(hashlib.sha256(hashed).digest())


def sign(message: bytes, signers: tuple[Signer, ...], at: datetime) -> bytes:
    """The message with one DKIM-Signature on top for each signer, in their order.

    ``message`` has CRLF lines and each field once. The same arguments give the same bytes: both
    algorithms are deterministic, and ``t=`` is ``at``.
    """
    header, _, body = message.partition(b"\r\n\r\n")
    canonical = canonical_fields(header)
    chosen = _chosen(canonical)
    hashed = base64.b64encode(hashlib.sha256(canonical_body(body)).digest()).decode()
    stamp = clock.micros(at) // 1_000_000
    fields = [_field(signer, chosen, hashed, stamp) for signer in signers]
    return b"".join(fields) + message


def body_hash(message: bytes) -> str:
    """The SHA-256, in hex, of the body in relaxed form: what ``bh=`` says in base64."""
    return hashlib.sha256(canonical_body(message.partition(b"\r\n\r\n")[2])).hexdigest()


def canonical_body(body: bytes) -> bytes:
    """The body in relaxed form (RFC 6376, section 3.4.4)."""
    if b"\t" in body or b"  " in body or b" \r\n" in body:
        body = _SPACES.sub(b" ", _LINE_ENDS.sub(b"\r\n", body))
    stripped = body.rstrip(b"\r\n")
    return stripped + b"\r\n" if stripped else b""


def canonical_fields(header: bytes) -> dict[str, bytes]:
    """Fields by lower-case name, each in relaxed form without its CRLF (RFC 6376, 3.4.2)."""
    fields = {}
    for line in header.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
        name, _, value = line.partition(b":")
        lowered = name.strip().lower()
        fields[lowered.decode("ascii")] = lowered + b":" + _SPACES.sub(b" ", value).strip(b" \t")
    return fields


def _chosen(canonical: dict[str, bytes]) -> bytes:
    named: set[str] = set()
    lines = []
    for name in SIGNED:
        if name in canonical and name not in named:
            named.add(name)
            lines.append(canonical[name])
    return b"\r\n".join(lines) + b"\r\n"


def _field(signer: Signer, chosen: bytes, hashed: str, stamp: int) -> bytes:
    tags = (
        f"v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};",
        f" s={signer.selector}; t={stamp};",
        f" bh={hashed};",
        *_NAMES,
    )
    # relaxed form joins the folded lines by the one space that each begins with
    canonical = "dkim-signature:" + "".join(tags) + " b="
    signature = base64.b64encode(signer.signature(chosen + canonical.encode())).decode()
    cut = [signature[at : at + _WIDTH] for at in range(0, len(signature), _WIDTH)]
    lines = [
        "DKIM-Signature: " + tags[0],
        *tags[1:],
        " b=" + cut[0],
        *(f" {rest}" for rest in cut[1:]),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()
