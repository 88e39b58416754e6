"""A bundle's files as one zip with one spelling: sorted, stored, without dates of its own.

Nothing is compressed, so that no version of a compressor can spell it otherwise, and an archive
that lies about its size cannot be one of ours.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ristoro.claims.bundle.contents import FORMAT, MANIFEST, VERSION, Contents
from ristoro.claims.bundle.sheet import sheets
from ristoro.kernel.keys import canonical_json
from ristoro.kernel.signed import sign

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def pack(contents: Contents, at: datetime, key: Ed25519PrivateKey) -> bytes:
    """The bundle of these contents as they stood ``at``; the same arguments, the same bytes.

    ``TypeError`` where a value has no canonical spelling.
    """
    files = contents.files() | sheets(contents, at)
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "claim": contents.number,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "files": [
            {"path": path, "octets": len(files[path]), "sha256": digest(files[path])}
            for path in sorted(files)
        ],
    }
    return archive({MANIFEST: canonical_json(sign(manifest, key)), **files})


def archive(files: Mapping[str, bytes]) -> bytes:
    """The zip of these files: the manifest first, the others by their paths."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(files, key=lambda path: (path != MANIFEST, path)):
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.external_attr = _PLAIN_FILE
            entry.create_system = _UNIX
            packed.writestr(entry, files[path])
    return written.getvalue()


def digest(octets: bytes) -> str:
    """The SHA-256 of a file, in hex."""
    return hashlib.sha256(octets).hexdigest()
