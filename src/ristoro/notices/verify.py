"""Whether a message, as a mailbox stores it, is the notice that was signed.

dkimpy judges, which shares no code with the signer; it is given the public keys as the DNS
would give them, so that a check needs no network and works ten years later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser

import dkim

from ristoro.notices.keys import DnsRecord
from ristoro.notices.sign import body_hash


@dataclass(frozen=True, slots=True)
class Verification:
    """``valid`` names the selectors whose signature holds, ``failed`` says why the others fail.

    ``genuine`` wants at least one signature, and all of them to hold. ``body_hash`` is of the
    stored body, for comparison with the one recorded at deposit.
    """

    valid: tuple[str, ...]
    failed: tuple[str, ...]
    message_id: str
    deposit: str
    body_hash: str

    @property
    def genuine(self) -> bool:
        return bool(self.valid) and not self.failed


def verify(stored: bytes, records: Iterable[DnsRecord]) -> Verification:
    """Judge every DKIM signature of the stored bytes, in CRLF or LF lines, against these keys.

    What a host writes above the message (Return-Path, Delivered-To, Received) is not signed.
    """
    message = stored if b"\r\n" in stored else stored.replace(b"\n", b"\r\n")
    texts = {f"{record.name}.".encode(): record.text.encode() for record in records}

    def published(name: bytes, timeout: int = 5) -> bytes | None:
        return texts.get(name)

    parsed = BytesHeaderParser(EmailMessage, policy=policy.compat32).parsebytes(message)
    fields = parsed.get_all("DKIM-Signature") or []
    valid, failed = [], []
    for index, field in enumerate(fields):
        selector = _tag(str(field), "s")
        try:
            holds = dkim.DKIM(message, minkey=2048).verify(idx=index, dnsfunc=published)
            why = "the signature does not fit the message"
        except dkim.DKIMException as error:
            holds, why = False, str(error)
        if holds:
            valid.append(selector)
        else:
            failed.append(f"{selector}: {why}")
    return Verification(
        valid=tuple(valid),
        failed=tuple(failed),
        message_id=str(parsed["Message-ID"] or ""),
        deposit=str(parsed["X-Ristoro-Deposit"] or ""),
        body_hash=body_hash(message),
    )


def _tag(field: str, name: str) -> str:
    for tag in field.split(";"):
        key, _, value = tag.partition("=")
        if key.strip() == name:
            return value.strip()
    return ""
