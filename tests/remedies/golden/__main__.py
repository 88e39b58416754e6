"""``python -m tests.remedies.golden``: write the compiled SQL of the January policy anew."""

from __future__ import annotations

from tests.remedies.test_golden import SQL, compiled

SQL.write_text(compiled(), encoding="utf-8")
