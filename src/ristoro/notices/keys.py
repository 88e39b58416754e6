"""The keys that sign notices: made once, kept private, published in the DNS.

A brand has one RSA-2048 and one Ed25519 key, in ``$RISTORO_HOME/secrets/dkim``, a file each:
``<brand>.<selector>.pem`` (PKCS #8, mode 0600). The selector tells the algorithm.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ristoro.kernel.errors import Missing, Problem
from ristoro.notices.facts import Brand
from ristoro.notices.sign import Signer

SELECTORS = ("ristoro-rsa", "ristoro-ed25519")
"""RSA first: a checker that knows one algorithm only knows this one."""

_LONGEST_STRING = 255  # RFC 1035, section 3.3


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A TXT record: its full name, and its text in strings of at most 255 octets."""

    name: str
    text: str

    def zone_line(self) -> str:
        """The record as a line of a zone file."""
        cut = range(0, len(self.text), _LONGEST_STRING)
        strings = " ".join(f'"{self.text[at : at + _LONGEST_STRING]}"' for at in cut)
        return f"{self.name}. IN TXT ( {strings} )"


def make_keys(folder: Path, brand: Brand) -> list[Path]:
    """Make the keys of a brand that are not there; the files made, oldest ones untouched."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for selector in SELECTORS:
        path = _file(folder, brand, selector)
        if path.exists():
            continue
        key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
        if selector == SELECTORS[0]:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        else:
            key = ed25519.Ed25519PrivateKey.generate()
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        made.append(path)
    return made


def read_signers(folder: Path, brand: Brand) -> tuple[Signer, ...]:
    """The brand's signers; ``Missing`` says which key is not there and how to make it."""
    signers = []
    for selector in SELECTORS:
        path = _file(folder, brand, selector)
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError) as error:
            raise _unusable(path, str(error)) from error
        if not isinstance(key, (rsa.RSAPrivateKey, ed25519.Ed25519PrivateKey)):
            raise _unusable(path, f"a key of type {type(key).__name__}")
        signers.append(Signer(brand.domain, selector, key))
    return tuple(signers)


def dns_record(signer: Signer) -> DnsRecord:
    """The public key as RFC 6376 (section 3.6.1) and RFC 8463 (section 4) publish it."""
    public = signer.key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        kind = "rsa"
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, raw = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    name = f"{signer.selector}._domainkey.{signer.domain}"
    return DnsRecord(name, f"v=DKIM1; k={kind}; p={base64.b64encode(raw).decode()}")


def _file(folder: Path, brand: Brand, selector: str) -> Path:
    return folder / f"{brand.code}.{selector}.pem"


def _unusable(path: Path, why: str) -> Missing:
    return Missing(
        Problem(
            "dkim-key",
            f"there is no usable key in {path}",
            why,
            "run `ristoro notice keys`, publish the records that it prints, then try again",
        )
    )
