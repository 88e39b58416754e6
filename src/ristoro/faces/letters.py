"""What the letters of a programme are called."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from ristoro.faces.said import Lazy
from ristoro.notices.facts import NoticeKind

LETTERS: Mapping[int, Lazy] = {
    NoticeKind.STORAGE_DONE: gettext_lazy("Letter: you have more space"),
    NoticeKind.EXTENSION_CONFIRM: gettext_lazy("Letter: a longer subscription, we need your yes"),
    NoticeKind.EXTENSION_DONE: gettext_lazy("Letter: your subscription lasts longer"),
    NoticeKind.MONEY_DONE: gettext_lazy("Letter: what we gave you in money"),
    NoticeKind.SEVERAL: gettext_lazy("Letter: what we give you"),
    NoticeKind.REMINDER: gettext_lazy("Reminder: your answer is missing"),
    NoticeKind.CLAIM_OPEN: gettext_lazy("Letter: what you can claim"),
}
