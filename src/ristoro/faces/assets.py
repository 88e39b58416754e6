"""What browsers keep of the faces: stylesheets and scripts, at addresses that say what is in them.

All of them lie below one folder named by a digest of them all. A browser keeps them for good and
asks for none twice; a release with others has another folder, and modules still find each other.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

KEPT_FOR_GOOD = "^/static/"
"""The addresses that never come to mean something else, as a pattern."""


def folder_of(files: Path) -> str:
    """The address of the folder of these files: ``/static/0123456789ab/``."""
    digest = hashlib.sha256()
    for path in sorted(path for path in files.rglob("*") if path.is_file()):
        digest.update(path.relative_to(files).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"/static/{digest.hexdigest()[:12]}/"
