"""Whether a bundle is, to the last byte, what its signer packed; without a database or a network.

Four questions, each with an answer of its own: is it signed by the key that the reader trusts; is
every file there, unchanged, and no other; do the files agree with each other; is the zip itself the
one spelling of them, so that nothing is hidden beside or between the files.
"""

from __future__ import annotations

import base64
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from ristoro.claims.bundle.contents import (
    CLAIM,
    DECISIONS,
    EVIDENCE,
    FORMAT,
    MANIFEST,
    OUTAGE,
    POLICY,
    RULE,
    VERSION,
)
from ristoro.claims.bundle.pack import archive, digest
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.signed import MEMBER, is_signed

MOST_BYTES = 512 * 1024 * 1024
MOST_FILES = 1_000

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    KeyError,
)
"""What the reader of archives raises for octets that are none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a code, the file inside the bundle, and the words for a person."""

    code: str
    file: str
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a bundle says it is, and what is wrong with it; whole where nothing is."""

    claim: str
    at: str
    key: str
    files: int
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(octets: bytes, public: str) -> Checked:
    """Check a bundle against the key, in base64, that the reader trusts."""
    try:
        files = _files(octets)
    except _Unreadable as unreadable:
        return Checked("", "", "", 0, (unreadable.fault,))
    raw = files.get(MANIFEST)
    manifest = None if raw is None else _mapping(raw)
    if manifest is None:
        words = "there is no manifest that can be read, so nothing can be checked"
        return Checked("", "", "", len(files), (Fault("no-manifest", MANIFEST, words),))
    faults = [
        *_of_manifest(manifest, raw or b"", public),
        *_of_files(manifest, files),
        *_of_agreement(files),
    ]
    if not faults and archive(files) != octets:
        words = "the archive holds octets that are no part of its files"
        faults.append(Fault("spelling", "", words))
    signature = manifest.get(MEMBER)
    key = str(signature.get("key", "")) if isinstance(signature, Mapping) else ""
    named, at = str(manifest.get("claim", "")), str(manifest.get("at", ""))
    return Checked(named, at, key, len(files), tuple(faults))


class _Unreadable(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault


def _files(octets: bytes) -> dict[str, bytes]:
    if len(octets) > MOST_BYTES:
        raise _Unreadable(Fault("too-large", "", f"a bundle has at most {MOST_BYTES} octets"))
    try:
        with zipfile.ZipFile(BytesIO(octets)) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_FILES:
                raise _Unreadable(Fault("too-many", "", f"more than {MOST_FILES} files"))
            if sum(one.file_size for one in entries) > len(octets):  # nested, or a lie
                words = "the files are larger together than the archive that holds them"
                raise _Unreadable(Fault("too-large", "", words))
            found: dict[str, bytes] = {}
            for entry in entries:
                found[entry.filename] = _octets(packed, entry, found)
    except _BROKEN as error:
        words = f"this is no archive that can be read: {error}"
        raise _Unreadable(Fault("not-readable", "", words)) from error
    return found


def _octets(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, found: Mapping[str, bytes]) -> bytes:
    if entry.compress_type != zipfile.ZIP_STORED:
        raise _Unreadable(Fault("spelling", entry.filename, "is compressed; in bundles none is"))
    if entry.filename in found:
        raise _Unreadable(Fault("twice", entry.filename, "stands in the archive twice"))
    try:
        return packed.read(entry)
    except _BROKEN as error:
        raise _Unreadable(Fault("changed", entry.filename, f"was changed: {error}")) from error


def _of_manifest(manifest: Mapping[str, Any], raw: bytes, public: str) -> Iterator[Fault]:
    if manifest.get("format") != FORMAT or manifest.get("version") != VERSION:
        words = f"is not of a {FORMAT} of version {VERSION}, the one that is known here"
        yield Fault("format", MANIFEST, words)
    signature = manifest.get(MEMBER)
    if not isinstance(signature, Mapping):
        yield Fault("not-signed", MANIFEST, "carries no signature")
    elif not is_signed(manifest, public):
        named = str(signature.get("key", ""))
        if _raw_key(named) != _raw_key(public):
            words = f"is signed by the key {named}, not by the one that you trust"
            yield Fault("other-key", MANIFEST, words)
        else:
            yield Fault("manifest-changed", MANIFEST, "was changed after it was signed")
    elif canonical_json(dict(manifest)) != raw:
        yield Fault("spelling", MANIFEST, "says the same as was signed, in other octets")


def _of_files(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Iterator[Fault]:
    listed: dict[str, Mapping[str, Any]] = {
        str(one.get("path")): one for one in _list(manifest.get("files"))
    }
    for path, one in listed.items():
        if path not in files:
            yield Fault("missing", path, "is listed and not there")
        elif len(files[path]) != one.get("octets") or digest(files[path]) != one.get("sha256"):
            words = f"was changed: its SHA-256 is {digest(files[path])}, not {one.get('sha256')}"
            yield Fault("changed", path, words)
    for path in files:
        if path not in listed and path != MANIFEST:
            yield Fault("not-listed", path, "is there and not listed")


def _of_agreement(files: Mapping[str, bytes]) -> Iterator[Fault]:
    claim = _mapping(files.get(CLAIM, b"")) or {}
    rule = _mapping(files.get(RULE, b"")) or {}
    told = (
        (EVIDENCE, claim.get("evidence_digest"), "the evidence that the claim was examined by"),
        (POLICY, rule.get("policy_digest"), "the policy that the rule is of"),
        (OUTAGE, rule.get("outage_sha256"), "the outage that the claim is about"),
    )
    for path, wanted, words in told:
        if path in files and wanted and digest(files[path]) != wanted:
            yield Fault("disagrees", path, f"is not {words}")
    there = {digest(octets) for path, octets in files.items() if path.startswith("documents/")}
    for paper in _list(claim.get("documents")):
        if paper.get("sha256") not in there:
            words = f"the holder's document {paper.get('name')!r} is not there"
            yield Fault("disagrees", CLAIM, words)
    for one in _list(_json(files.get(DECISIONS, b""))):
        if one.get("evidence_digest") != claim.get("evidence_digest"):
            yield Fault("disagrees", DECISIONS, "names other evidence than the claim")


def _raw_key(named: str) -> bytes:
    try:
        return base64.b64decode(named, validate=True)
    except ValueError:
        return b""


def _json(octets: bytes) -> Any:
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        return None


def _mapping(octets: bytes) -> dict[str, Any] | None:
    found = _json(octets)
    return found if isinstance(found, dict) else None


def _list(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
