"""How to claim damages: in the provider's own words where its file of brands has them.

Damages repair a proven loss, and are examined one by one: nothing that a programme gives takes
their place.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _

from ristoro import env
from ristoro.faces.said import lang
from ristoro.kernel import documents
from ristoro.notices.brands import SHIPPED


def how() -> str:
    """How to claim damages, in the reader's language; what ``damages`` of each brand says."""
    path = Path(env.current().text("RISTORO_BRANDS", str(SHIPPED)))
    told = []
    for _code, value in documents.read_file(path).mapping().items():
        own = (value.entries or {}).get("damages")
        if own is not None:
            told.append(own.mapping(required=("it", "en"))[lang()].as_text())
    return " ".join(dict.fromkeys(told)) or _(
        "Whoever suffered harm that can be proven asks for it separately: in the webmail, in “My"
        " ristoro” under “Claims for damages”, or at customer service, at the number that you"
        " already know. Say what happened, when, and what it cost you, and keep what proves it."
    )
