"""Whether a message is a letter of ours, so that the application's frame may say so.

It is where all of this holds, of the bytes as they are stored: the header is written as ours is and
has nothing else that a reader shows; both keys of the brand signed it, over every field and the
whole body; and there is a letter of a run, to this very mailbox, with this key, body and code.
Anything else is not, and what claims to be gets a warning.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import formataddr

from ristoro.edges.mailboxes.message import Opened
from ristoro.faces.webmail.reading.lookalike import Asked, Claim, claims
from ristoro.notices import codes
from ristoro.notices.facts import Brand
from ristoro.notices.keys import SELECTORS, DnsRecord
from ristoro.notices.models import Notice, NoticeState
from ristoro.notices.sign import SIGNED
from ristoro.notices.singles.models import Single
from ristoro.notices.singles.writing import NAMED
from ristoro.notices.verify import verify


class Verdict(enum.Enum):
    """What the frame says of a message."""

    GENUINE = "genuine"
    FALSE = "false"
    ORDINARY = "ordinary"


class Fault(enum.Enum):
    """The first thing that keeps a message from being ours."""

    SHAPE = "shape"
    FIELDS = "fields"
    SENDER = "sender"
    SIGNATURE = "signature"
    OTHER_MAILBOX = "other-mailbox"
    UNKNOWN_LETTER = "unknown-letter"
    CHANGED = "changed"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Seal:
    """A genuine letter has a brand, a code, and a run unless it is of none; another may have claims
    and a fault."""

    verdict: Verdict
    brand: Brand | None = None
    run: str = ""
    code: str = ""
    fault: Fault | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """What is judged by: the brands, their public keys by the brand's code, the codes' secret."""

    brands: Mapping[str, Brand]
    records: Mapping[str, Sequence[DnsRecord]]
    secret: bytes


LARGEST = 256 * 1024
"""Octets of a stored letter; ours have a tenth of it at most."""

TOLD = (
    *(NoticeState.ACCEPTED, NoticeState.VERIFIED),
    *(NoticeState.UNKNOWN, NoticeState.SENDING),
)
"""States in which the letter may lie in the mailbox."""

_ONCE = frozenset(
    {
        *("from", "to", "subject", "date", "message-id", "auto-submitted", "x-ristoro-deposit"),
        *("mime-version", "content-type", "content-language"),
    }
)
_TRACE = frozenset(
    {
        *("return-path", "delivered-to", "received", "received-spf", "authentication-results"),
        *("arc-seal", "arc-message-signature", "arc-authentication-results", "envelope-to"),
        *("delivery-date", "status", "lines"),
    }
)
"""What hosts write above a message. No reader shows these; any other field is not ours."""

_FIELD = re.compile(r"([!-9;-~]+):[ \t]?(.*)", re.DOTALL)
_KEY = re.compile(r"(?P<run>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,38}[A-Za-z0-9])?)\.(?P<id>\d{1,19})")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_TAGS = frozenset({"v", "a", "c", "d", "s", "t", "h", "bh", "b"})
"""Every tag of our signatures. There is no ``l``: it would leave a tail of the body unsigned."""

_ALGORITHMS = {SELECTORS[0]: "rsa-sha256", SELECTORS[1]: "ed25519-sha256"}


def judged(stored: bytes, opened: Opened, address: str, keys: Keys) -> Seal:
    """Judge the stored bytes of a message that lies in the mailbox of that address.

    ``opened`` is the same message taken apart.
    """
    fields = _fields(stored)
    if fields is not None and "x-ristoro-deposit" in fields:
        found = _letter(stored, fields, opened, address, keys)
        if isinstance(found, Seal):
            return found
        fault: Fault | None = found
    else:
        fault = None
    marked = b"\nx-ristoro-" in b"\n" + stored[:LARGEST].lower() or "<ristoro." in (
        opened.header.message_id.lower()
    )
    asked = Asked(opened.header, marked, _words(opened), _reaches_out(opened))
    claimed = claims(asked, keys.brands.values())
    verdict = Verdict.FALSE if claimed or fault else Verdict.ORDINARY
    return Seal(verdict, fault=fault, claims=claimed)


def _letter(
    stored: bytes, fields: Mapping[str, Sequence[str]], opened: Opened, address: str, keys: Keys
) -> Seal | Fault:
    """The seal of a letter of ours, or the first thing that speaks against it."""
    if len(stored) > LARGEST or opened.cut or opened.files:
        return Fault.SHAPE
    if not _has_our_fields(fields):
        return Fault.FIELDS
    one = {name: values[0] for name, values in fields.items()}
    brand = next((b for b in keys.brands.values() if _is_from(one["from"], b)), None)
    key = _KEY.fullmatch(one["x-ristoro-deposit"])
    if brand is None or key is None:
        return Fault.SENDER
    if one["message-id"] != f"<ristoro.{key[0]}@{brand.domain}>":
        return Fault.SENDER
    if not _is_signed(stored, fields["dkim-signature"], brand, keys.records.get(brand.code, ())):
        return Fault.SIGNATURE
    if one["to"].casefold() != address.casefold():
        return Fault.OTHER_MAILBOX
    return _known(stored, opened, address, brand, key, keys)


def _known(
    stored: bytes, opened: Opened, address: str, brand: Brand, key: re.Match[str], keys: Keys
) -> Seal | Fault:
    """The seal, where this letter to this mailbox is known."""
    notice = (
        Notice.objects.filter(
            pk=int(key["id"]), run__name=key["run"], brand=brand.code, state__in=TOLD
        )
        .select_related("run")
        .first()
    )
    letter = notice or _single(brand, key)
    if letter is None:
        return Fault.UNKNOWN_LETTER
    if letter.address.casefold() != address.casefold():
        return Fault.OTHER_MAILBOX
    if letter.body_hash and letter.body_hash != verify(stored, ()).body_hash:
        return Fault.CHANGED
    run = "" if notice is None else notice.run.name
    code = codes.code_of(keys.secret, run or NAMED, letter.pk)
    if code not in opened.plain or code not in opened.page:
        return Fault.CODE
    return Seal(Verdict.GENUINE, brand, run, code)


def _single(brand: Brand, key: re.Match[str]) -> Single | None:
    """The letter of no run that has this key."""
    if key["run"] != NAMED:
        return None
    return Single.objects.filter(pk=int(key["id"]), brand=brand.code, state__in=TOLD).first()


def _fields(stored: bytes) -> dict[str, list[str]] | None:
    """The fields by lower-case name, unfolded, or ``None`` where the header is not written as ours:
    in ASCII, in lines that all end alike, with nothing that two readers could read differently."""
    header, gap, _ = stored.partition(b"\r\n\r\n")
    if not gap:
        header, gap, _ = stored.partition(b"\n\n")
    end = gap[: len(gap) // 2]
    if not gap or not header.isascii() or b"\0" in stored:
        return None
    rest = stored.replace(b"\r\n", b"") if end == b"\r\n" else stored.replace(b"\n", b"")
    if b"\r" in rest or b"\n" in rest:
        return None
    text = header.decode("ascii").replace(end.decode(), "\n")
    found: dict[str, list[str]] = {}
    for field in re.split(r"\n(?![ \t])", text):
        match = _FIELD.fullmatch(field)
        if match is None:
            return None
        value = re.sub(r"\n[ \t]+", " ", match[2]).strip()
        found.setdefault(match[1].lower(), []).append(value)
    return found


def _has_our_fields(fields: Mapping[str, Sequence[str]]) -> bool:
    if len(fields.get("dkim-signature", ())) != len(SELECTORS):
        return False
    if any(len(fields.get(name, ())) != 1 for name in _ONCE):
        return False
    others = fields.keys() - _ONCE - _TRACE - {"dkim-signature"}
    return all(name.startswith("x-") and not name.startswith("x-ristoro") for name in others)


def _is_from(field: str, brand: Brand) -> bool:
    return field == formataddr((brand.name, brand.address))


def _is_signed(
    stored: bytes, signatures: Sequence[str], brand: Brand, records: Sequence[DnsRecord]
) -> bool:
    """Whether both keys of the brand signed everything, and say nothing else."""
    selectors = set()
    for field in signatures:
        pairs = [piece.strip().partition("=") for piece in field.rstrip("; ").split(";")]
        tags = {name.strip(): value.replace(" ", "") for name, _, value in pairs}
        if tags.keys() != _TAGS or len(pairs) != len(_TAGS):
            return False
        ours = {
            "v": "1",
            "a": _ALGORITHMS.get(tags["s"], ""),
            "c": "relaxed/relaxed",
            "d": brand.domain,
            "h": ":".join(SIGNED),
        }
        if any(tags[name] != value for name, value in ours.items()):
            return False
        if not tags["t"].isdigit() or not all(_BASE64.fullmatch(tags[n]) for n in ("b", "bh")):
            return False
        selectors.add(tags["s"])
    if selectors != set(SELECTORS):
        return False
    verification = verify(stored, records)
    return verification.genuine and set(verification.valid) == selectors


def _words(opened: Opened) -> str:
    """Every word that a reader may be shown, as text; the markup of a page goes along unread."""
    return f"{opened.plain}\n{_untagged(opened.page)}"


def _untagged(page: str) -> str:
    return re.sub(r"<[^>]{0,5000}>", " ", page)


def _reaches_out(opened: Opened) -> bool:
    text = f"{opened.plain}\n{opened.page}"
    return bool(opened.files) or bool(
        re.search(r"https?://|www\.|<a\s|<form|<img|<input|href=", text, re.IGNORECASE)
    )
