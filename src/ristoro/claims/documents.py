"""The documents of a claim: judged by their bytes, kept encrypted, each under a key of its own.

A document is a PDF, a PNG or JPEG picture, plain text, or a message as it was received. What the
file is called says nothing: its bytes do. It lies under the home folder in a file that is named by
the digest of what is in it, encrypted (AES-256-GCM) by a key that only its row has: the disk alone
tells nothing, and a document whose row is gone can be read by nobody.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, transaction
from PIL import Image, UnidentifiedImageError

from ristoro.claims import scanning
from ristoro.claims.models import Claim, ClaimState, Document
from ristoro.edges.mailboxes.filenames import safe_name
from ristoro.edges.scanners.contract import Scanner
from ristoro.kernel.errors import BadInput, NotAllowed, Place, Problem, bad_input

MOST = 10
"""Documents of one claim."""
MOST_BYTES = 5 << 20
"""Of one document."""
ALL_BYTES = 20 << 20
"""Of all documents of one claim."""

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
TEXT, MESSAGE = "text/plain", "message/rfc822"
KINDS = (PDF, PNG, JPEG, TEXT, MESSAGE)

_NONCE = 12
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_HEADER = re.compile(rb"[!-9;-~]+:[ \t]?\S?")
_MARKUP = re.compile(
    rb"\s*(<(!doctype|html|svg|script|\?xml|\?php)|#!|%!ps|\{\\rtf)", re.IGNORECASE
)
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as the holder sent it."""

    name: str
    data: bytes


def kind_of(data: bytes) -> str | None:
    """One of ``KINDS``, by what the bytes are; ``None`` for anything else."""
    if data.startswith(b"%PDF-"):
        return PDF if b"%%EOF" in data[-2048:] else None
    if data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        return _picture(data)
    if _NOT_TEXT.search(data) or _MARKUP.match(data):
        return None
    if _is_message(data):
        return MESSAGE
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return TEXT if data.strip() else None


def add(claim: Claim, sent: Sent, home: Path, scanner: Scanner | None, at: datetime) -> Document:
    """Keep a document of a draft; the same bytes again are the one that is there.

    ``BadInput`` for what is empty, too big, of no safe type or harmful; ``NotAllowed`` for a claim
    that is filed, and where the scanner does not answer.
    """
    if claim.state != ClaimState.DRAFT:
        raise NotAllowed(_closed(claim))
    digest = hashlib.sha256(sent.data).hexdigest()
    there = of_claim(claim)
    same = next((one for one in there if one.digest == digest), None)
    if same is not None:
        return same
    kind = _judged(sent, there)
    verdict = scanning.scanned(sent.data, scanner)
    secret = secrets.token_bytes(32)
    name = safe_name(sent.name, "documento").text
    sealed = _written(home, _sealed(sent.data, secret, digest))
    row = Document(
        mailbox_id=claim.mailbox_id,
        bucket=claim.bucket,
        claim=claim,
        digest=digest,
        sealed=sealed,
        secret=secret,
        name=name,
        kind=kind,
        size=len(sent.data),
        scan=verdict.value,
        added_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same file by another form, at the same moment
        _path(home, sealed).unlink(missing_ok=True)
        return Document.objects.get(claim=claim, mailbox_id=claim.mailbox_id, digest=digest)
    return row


def of_claim(claim: Claim) -> list[Document]:
    """The documents of a claim, in the order in which they came."""
    return list(Document.objects.filter(claim=claim, mailbox_id=claim.mailbox_id).order_by("id"))


def read(document: Document, home: Path) -> bytes:
    """The bytes as they were sent; ``BadInput`` where the file is not what was kept."""
    path = _path(home, document.sealed)
    try:
        kept = path.read_bytes()
        data = AESGCM(bytes(document.secret)).decrypt(
            kept[:_NONCE], kept[_NONCE:], document.digest.encode()
        )
    except (OSError, InvalidTag, ValueError) as error:
        raise bad_input(
            "document-lost",
            f"document {document.pk} cannot be read as it was kept",
            str(error) or "its file was changed",
            "bring the file back from a copy of the home folder",
            Place(str(path)),
        ) from error
    return data


def remove(claim: Claim, document_id: int, home: Path) -> None:
    """Take a document out of a draft; nothing where it is not there."""
    if claim.state != ClaimState.DRAFT:
        raise NotAllowed(_closed(claim))
    found = Document.objects.filter(claim=claim, mailbox_id=claim.mailbox_id, pk=document_id)
    for one in found:
        forget([one], home)


def forget(rows: Sequence[Document], home: Path) -> None:
    """Delete documents for good: the keys with the rows, then the files."""
    with transaction.atomic():
        Document.objects.filter(pk__in=[one.pk for one in rows]).delete()
        files = [_path(home, one.sealed) for one in rows]
        transaction.on_commit(lambda: _unlink(files))


def _unlink(files: Sequence[Path]) -> None:
    for path in files:
        path.unlink(missing_ok=True)


def _judged(sent: Sent, there: Sequence[Document]) -> str:
    """The kind of a file that may be kept beside those that are there."""
    if not sent.data:
        raise _refused("document-empty", "the file is empty", "choose the file again")
    if len(sent.data) > MOST_BYTES:
        raise _refused(
            "document-too-big", f"the file has {len(sent.data)} bytes",
            f"send at most {MOST_BYTES}: a photograph can be made smaller",
        )  # fmt: skip
    if len(there) >= MOST:
        raise _refused("documents-too-many", f"there are {MOST} already", "take one out first")
    if sum(one.size for one in there) + len(sent.data) > ALL_BYTES:
        raise _refused(
            "documents-too-big", f"all of them would have more than {ALL_BYTES} bytes",
            "take one out first, or send a smaller one",
        )  # fmt: skip
    kind = kind_of(sent.data)
    if kind is None:
        raise _refused(
            "document-type", "the bytes are of none of the types that are taken",
            "send a PDF, a PNG or JPEG picture, plain text, or a message saved as a file",
        )  # fmt: skip
    return kind


def _picture(data: bytes) -> str | None:
    """The kind of a picture whose head a decoder understands; nothing of it is decoded."""
    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
            return {"PNG": PNG, "JPEG": JPEG}[picture.format or ""]
    except (UnidentifiedImageError, OSError, ValueError, KeyError, *_BOMBS):
        return None


def _is_message(data: bytes) -> bool:
    """Whether the bytes begin as a message does: header fields, with a sender and a date."""
    header = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    lines = header.splitlines()
    if not lines or not all(line[:1] in b" \t" or _HEADER.match(line) for line in lines):
        return False
    names = {line.partition(b":")[0].lower() for line in lines if line[:1] not in b" \t"}
    return b"from" in names and bool(names & {b"date", b"received", b"message-id"})


def _sealed(data: bytes, secret: bytes, digest: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(secret).encrypt(nonce, data, digest.encode())


def _written(home: Path, sealed: bytes) -> str:
    """Write a file under the digest of what is in it, whole or not at all; the digest."""
    name = hashlib.sha256(sealed).hexdigest()
    path = _path(home, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, path)
    return name


def _path(home: Path, sealed: str) -> Path:
    return home / "claims" / "documents" / sealed[:2] / sealed


def _refused(code: str, what: str, todo: str) -> BadInput:
    return bad_input(code, what, "a person opens each document of a claim", todo)


def _closed(claim: Claim) -> Problem:
    return Problem(
        "claim-filed",
        f"claim {claim.number} is filed, and its documents stay as they were sent",
        "whoever examines it has begun from them",
        "say in an appeal or to customer service what is missing",
    )
