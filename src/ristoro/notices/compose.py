"""A message from its facts: RFC 5322 in CRLF lines, the same bytes for the same arguments."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, formataddr

from ristoro.notices.facts import Brand, Identity, Subject
from ristoro.notices.sheet import Sheet, sheet_of


def compose(subject: Subject, identity: Identity, at: datetime) -> bytes:
    """The unsigned message. ``at`` is the Date: one instant for a whole run, such as its approval,
    so that a letter made again after a crash has the bytes, and the signature, of the first.

    There is no Reply-To, and nothing of a mailing list; ``Auto-Submitted`` (RFC 3834) keeps
    vacation replies away.
    """
    sheet = sheet_of(subject)
    return message_of(subject.brand, subject.locale, identity, at, sheet)


def message_of(brand: Brand, locale: str, identity: Identity, at: datetime, sheet: Sheet) -> bytes:
    """The unsigned message of a sheet: header fields, a blank line, the body with its code."""
    return header_of(brand, locale, identity, at, sheet) + b"\r\n" + sheet.body_for(identity.code)


def header_of(brand: Brand, locale: str, identity: Identity, at: datetime, sheet: Sheet) -> bytes:
    """The header fields of the message, each ended by CRLF."""
    fields = (
        ("Date", format_datetime(at.astimezone(UTC))),
        ("From", formataddr((brand.name, brand.address))),
        ("To", identity.address),
        ("Subject", sheet.subject_field),
        ("Message-ID", identity.message_id(brand.domain)),
        ("Auto-Submitted", "auto-generated"),
        ("X-Ristoro-Deposit", identity.key),
        ("MIME-Version", "1.0"),
        ("Content-Language", locale),
        ("Content-Type", f'multipart/alternative; boundary="{sheet.boundary}"'),
    )
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("ascii")
