"""What a notice speaks of: the brand, the outage and the figures read from the grants."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import date

LANGUAGES = ("it", "en")
FALLBACKS = ("give", "forfeit", "ask-again")
"""What happens to an offer that nobody answers: given anyway, ended, or asked again."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class NoticeKind(enum.IntEnum):
    """Which letter it is: the kinds of ``Notice.kind``. The template's folder is ``folder``."""

    STORAGE_DONE = 1
    EXTENSION_CONFIRM = 2
    EXTENSION_DONE = 3
    MONEY_DONE = 4
    SEVERAL = 5
    REMINDER = 6
    CLAIM_OPEN = 7

    @property
    def folder(self) -> str:
        return self.name.lower().replace("_", "-")


class Phase(enum.Enum):
    """What a letter may say of a grant."""

    DONE = "done"
    ASKED = "asked"
    CLAIM = "claim"
    PAYABLE = "payable"
    """Owed, and paid by transfer once there is an account to pay it to."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that a provider writes to its holders under.

    ``name`` is the display name of the sender, ``webmail`` what holders call the place where they
    read mail; neither has a dot, or readers would make a link of it. ``domain`` signs and makes
    the Message-IDs. ``hosts`` are the host names under which the brand's webmail is opened.
    ``ValueError`` for what cannot stand in a header or a style.
    """

    code: str
    name: str
    address: str
    domain: str
    webmail: str
    colour: str
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field, pattern in (
            ("code", _NAME),
            ("address", _ADDRESS),
            ("domain", _DOMAIN),
            ("colour", _COLOUR),
        ):
            if not pattern.fullmatch(getattr(self, field)):
                raise ValueError(f"{field} of a brand cannot be {getattr(self, field)!r}")
        for host in self.hosts:
            if not _DOMAIN.fullmatch(host):
                raise ValueError(f"host of brand {self.code} cannot be {host!r}")
        if not (self.name.isprintable() and self.webmail.isprintable()):
            raise ValueError(f"the names of brand {self.code} must be printable")


@dataclass(frozen=True, slots=True)
class OutageWords:
    """The outage as a letter names it: a phrase in the letter's language, first and last day.

    ``title`` continues a sentence: "l'interruzione della posta", "the mail outage".
    """

    title: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """The figures of one grant, as read from its row; none is computed for a letter.

    ``kind`` is one of ``remedies.columns.KINDS``; ``amount`` is in its unit. ``deadline`` and
    ``fallback`` matter where something is asked. ``choice`` names the alternatives that it is one
    of, where more than one of them can be chosen; else it is empty. ``channel`` is the way by which
    money is paid: ``bill``, ``credit``, ``transfer``, or empty where it is not decided.
    """

    kind: str
    phase: Phase
    amount: int
    currency: str = ""
    base: int | None = None
    target: int | None = None
    base_until: date | None = None
    until: date | None = None
    deadline: date | None = None
    fallback: str = "ask-again"
    choice: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """All that the words of one letter depend on, its code left out: equal ones read alike."""

    brand: Brand
    locale: str
    kind: NoticeKind
    outage: OutageWords
    grants: tuple[GrantFacts, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes one letter different from the others that read alike."""

    run: str
    notice_id: int
    address: str
    code: str

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.address):
            raise ValueError(f"{self.address!r} cannot stand in a To field")
        if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,38}[A-Za-z0-9])?", self.run):
            raise ValueError(f"{self.run!r} cannot stand in a Message-ID")

    @property
    def key(self) -> str:
        """The key in ``X-Ristoro-Deposit``."""
        return f"{self.run}.{self.notice_id}"

    def message_id(self, domain: str) -> str:
        """The Message-ID, angle brackets included; ``look`` searches the mailbox for it."""
        return f"<ristoro.{self.key}@{domain}>"
