"""The sentences of an explanation by the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from ristoro.remedies.explaining.english import EN
from ristoro.remedies.explaining.italian import IT
from ristoro.remedies.explaining.shape import Sentences

__all__ = ["EN", "IT", "SENTENCES", "Sentences"]

SENTENCES: Mapping[str, Sentences] = {"it": IT, "en": EN}
