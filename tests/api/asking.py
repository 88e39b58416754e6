"""What Schemathesis is told beside the API's document: a key stands for one request."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import schemathesis

KEY = "Idempotency-Key"


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A key that is one is made a new one: its document cannot say that each counts once."""
    headers = case.headers or {}
    if re.fullmatch(r"[!-~]{1,255}", str(headers.get(KEY, ""))):
        headers[KEY] = uuid4().hex
