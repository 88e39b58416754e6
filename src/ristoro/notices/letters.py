"""The desk where the letters of a run are written: composed, signed, linted by class.

**What is linted.** Letters that read alike differ in address, Message-ID and code only; the first
two are not in the words, and all codes are of one shape. Letters whose figures have the same number
of digits are of one *class* (``Sheet.shape``: brand, language, kind, months and digits). Each class
is linted once, as a finished and signed message: at preview, all classes of the run; at deposit,
each class that this process has not linted yet, before its first letter, and every ``SAMPLE``-th
letter besides. A finding stops the letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from ristoro.edges.mailhosts.contract import Letter
from ristoro.kernel.errors import bad_input
from ristoro.notices.codes import code_of
from ristoro.notices.compose import compose
from ristoro.notices.facts import Brand, Identity, OutageWords, Subject
from ristoro.notices.findings import Finding
from ristoro.notices.lint import lint, refuse_unless_linkless
from ristoro.notices.plan import GrantRow, Held, NoticeRow, subject_of
from ristoro.notices.sheet import STAND_IN, sheet_of
from ristoro.notices.sign import Signer, body_hash, sign

OUTAGE_TITLES = {"it": "l'interruzione della posta", "en": "the mail outage"}

REMINDED_AT = time(8, tzinfo=UTC)
"""The Date of a reminder, on its day; of every other letter it is the run's approval."""

SAMPLE = 1000
"""One letter in this many is linted although its class was; by notice id, so always the same."""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter ready for deposit, and what its row records: ``body_hash`` is of the relaxed body,
    the one that ``verify`` computes from the stored bytes."""

    notice_id: int
    letter: Letter
    message_id: str
    code: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One class of letters as its holders will read it, and what the lint says of it."""

    subject: Subject
    line: str
    plain: str
    html: str
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Desk:
    """What writing the letters of a run takes; nothing in it is read from a clock or a database.

    ``outage`` is by language, ``fallbacks`` and ``choices`` by the remedy's position in the policy
    (one of no choice may be left out), ``signers`` by brand; ``channels`` has the ways by which the
    money of a remedy may be paid. ``at`` is the run's approval: the Date
    of every letter but reminders, so that a letter that is written again has the same bytes.
    ``secret`` makes the codes.
    """

    brands: Mapping[str, Brand]
    outage: Mapping[str, OutageWords]
    fallbacks: Mapping[int, str]
    signers: Mapping[str, tuple[Signer, ...]]
    secret: bytes
    at: datetime
    choices: Mapping[int, str] = field(default_factory=dict)
    channels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    _linted: set[str] = field(default_factory=set)

    def write(self, notice: NoticeRow, grants: Sequence[GrantRow]) -> Written | Held:
        """The letter of a notice from the grants as they stand, or why there is none.

        ``BadInput`` where the lint refuses the class, or no brand of that name may write.
        """
        brand = self.brand(notice.brand)
        subject = self.subject(notice, grants, brand)
        if isinstance(subject, Held):
            return subject
        code = code_of(self.secret, notice.run, notice.id)
        identity = Identity(notice.run, notice.id, notice.address, code)
        at = self.at if notice.day is None else datetime.combine(notice.day, REMINDED_AT)
        message = sign(compose(subject, identity, at), self.signers[brand.code], at)
        shape = sheet_of(subject).shape
        if shape not in self._linted or notice.id % SAMPLE == 0:
            refuse_unless_linkless(message)
            self._linted.add(shape)
        return Written(
            notice_id=notice.id,
            letter=Letter(message, (notice.address,)),
            message_id=identity.message_id(brand.domain),
            code=code,
            body_hash=body_hash(message),
        )

    def subject(
        self, notice: NoticeRow, grants: Sequence[GrantRow], brand: Brand
    ) -> Subject | Held:
        """What the letter says, or why there is none."""
        outage = self.outage[notice.locale]
        return subject_of(notice, grants, brand, outage, self.fallbacks, self.choices)

    def message_id(self, notice: NoticeRow) -> str:
        """The Message-ID to look for, without writing the letter."""
        identity = Identity(notice.run, notice.id, notice.address, STAND_IN)
        return identity.message_id(self.brand(notice.brand).domain)

    def previews(self, subjects: Iterable[Subject]) -> Iterator[Preview]:
        """Each class of letters once, by the first subject of it, in order of appearance."""
        seen: set[str] = set()
        for subject in subjects:
            shape = sheet_of(subject).shape
            if shape not in seen:
                seen.add(shape)
                yield self._preview(subject)

    def _preview(self, subject: Subject) -> Preview:
        sheet = sheet_of(subject)
        identity = Identity("preview", 0, subject.brand.address, code_of(self.secret, "preview", 0))
        message = sign(
            compose(subject, identity, self.at), self.signers[subject.brand.code], self.at
        )
        return Preview(
            subject=subject,
            line=sheet.subject,
            plain=sheet.plain.replace(STAND_IN, identity.code),
            html=sheet.html.replace(STAND_IN, identity.code),
            findings=tuple(lint(message)),
        )

    def brand(self, code: str) -> Brand:
        """The brand of that code; ``BadInput`` where none may write notices under it."""
        try:
            return self.brands[code]
        except KeyError:
            raise bad_input(
                "brand",
                f"no brand {code!r} may write notices",
                f"the file of brands knows {', '.join(sorted(self.brands))}",
                "add the brand to the file, with its address, domain and webmail",
            ) from None


def outage_words(first: date, last: date) -> Mapping[str, OutageWords]:
    """The outage as notices name it in each language, from its first and last day.

    The title of the outage's file is for operators: it may hold dates and names of services.
    """
    return {lang: OutageWords(title, first, last) for lang, title in OUTAGE_TITLES.items()}


def merged(letters: Iterable[Letter]) -> list[Letter]:
    """Letters of the same bytes and sender as one, with all recipients, in order of appearance.

    Personal notices never merge: their To and code differ. A text for all does.
    """
    together: dict[tuple[str, bytes], list[str]] = {}
    for letter in letters:
        together.setdefault((letter.sender, letter.message), []).extend(letter.recipients)
    return [
        Letter(message, tuple(dict.fromkeys(recipients)), sender)
        for (sender, message), recipients in together.items()
    ]
