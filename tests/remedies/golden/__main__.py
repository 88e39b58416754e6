"""``python -m tests.remedies.golden``: write the compiled SQL of every policy anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.remedies.test_golden import GOLDEN, POLICIES, compiled, golden

from ristoro.remedies.deciding.engines.dialects import Dialect

for old in GOLDEN.rglob("*.sql"):
    old.unlink()
with tempfile.TemporaryDirectory() as folder:
    for policy in POLICIES:
        for dialect in Dialect:
            path = golden(policy, dialect)
            path.parent.mkdir(exist_ok=True)
            path.write_text(compiled(policy, dialect, Path(folder)), encoding="utf-8")
