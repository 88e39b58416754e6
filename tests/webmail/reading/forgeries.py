"""Forgeries of one genuine letter: what somebody might send, or change, to get the seal."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.notices import cast

from ristoro.kernel.keys import bucket_of, row_id
from ristoro.notices.codes import code_of
from ristoro.notices.compose import compose
from ristoro.notices.facts import Identity
from ristoro.notices.keys import DnsRecord, dns_record, make_keys, read_signers
from ristoro.notices.sign import Signer, sign

SECRET = b"a secret for codes in tests"
RUN = "jan-2023"
CARLA = "carla@libero.it"
BRUNO = "bruno@libero.it"
MAILBOX = 4711
NOTICE = row_id(bucket_of(MAILBOX), 1, 0)
TRACE = b"Return-Path: <>\r\nDelivered-To: carla@libero.it\r\nReceived: from a\r\n\tby b\r\n"

Forgery = Callable[[], bytes]
FORGERIES: dict[str, Forgery] = {}


def forgery(make: Forgery) -> Forgery:
    FORGERIES[make.__name__.replace("_", " ")] = make
    return make


@cache
def keys_of(whose: str) -> tuple[Signer, ...]:
    folder = Path(mkdtemp(prefix=f"ristoro-{whose}-"))
    make_keys(folder, cast.LIBERO)
    return read_signers(folder, cast.LIBERO)


def records() -> list[DnsRecord]:
    return [dns_record(signer) for signer in keys_of("ours")]


def identity(address: str = CARLA, notice: int = NOTICE, run: str = RUN) -> Identity:
    return Identity(run, notice, address, code_of(SECRET, run, notice))


def unsigned(who: Identity | None = None) -> bytes:
    return compose(cast.more_space(), who or identity(), cast.APPROVED)


@cache
def genuine() -> bytes:
    """The letter as the mailbox stores it."""
    return TRACE + sign(unsigned(), keys_of("ours"), cast.APPROVED)


def swapped(old: bytes, new: bytes, times: int = 1) -> bytes:
    stored = genuine()
    assert old in stored, old
    return stored.replace(old, new, times)


def before(field: bytes) -> bytes:
    return field + b"\r\n" + genuine()


def after_header(field: bytes) -> bytes:
    head, gap, body = genuine().partition(b"\r\n\r\n")
    return head + b"\r\n" + field + gap + body


def without(field: bytes) -> bytes:
    changed = re.sub(rb"(?m)^" + field + rb":.*\r\n(?:[ \t].*\r\n)*", b"", genuine(), count=1)
    assert changed != genuine()
    return changed


def body() -> bytes:
    return genuine().partition(b"\r\n\r\n")[2]


def content_type() -> bytes:
    found = re.search(rb"Content-Type: multipart/alternative;[^\r]*", genuine())
    assert found is not None
    return found[0]


def from_stranger(shown: str, address: str, rest: bytes = b"", words: str = "Ciao") -> bytes:
    head = f"From: {shown} <{address}>\r\nTo: {CARLA}\r\nSubject: Ciao\r\n".encode()
    kind = b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return head + rest + kind + b"\r\n" + words.encode() + b"\r\n"


def page_from_stranger(page: str, name: str = "Servizio", subject: str = "Avviso") -> bytes:
    head = f"From: {name} <info@evil.example>\r\nTo: {CARLA}\r\nSubject: {subject}\r\n"
    kind = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return (head + kind + page + "\r\n").encode()


def private_pem() -> bytes:
    """Our RSA key as dkimpy wants it, for letters that only we could have made so badly."""
    key = keys_of("ours")[0].key
    assert isinstance(key, RSAPrivateKey)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


# Changed after it was signed.


@forgery
def the_subject_changed() -> bytes:
    return re.sub(rb"Subject: [^\r]*", b"Subject: Conferma subito", genuine(), count=1)


@forgery
def the_date_changed() -> bytes:
    return re.sub(
        rb"\nDate: [^\r]*", b"\nDate: Fri, 10 Mar 2023 09:30:00 +0000", genuine(), count=1
    )


@forgery
def one_letter_of_the_body_changed() -> bytes:
    return swapped(b"casella", b"cassella")


@forgery
def a_link_put_into_the_page() -> bytes:
    return swapped(b"</p>", b'<a href=3D"https://evil.example/">Apri</a></p>')


@forgery
def a_part_put_after_the_last() -> bytes:
    return genuine() + b"--x\r\nContent-Type: text/html\r\n\r\n<p>Conferma</p>\r\n"


@forgery
def text_put_before_the_first_part() -> bytes:
    return genuine().replace(b"\r\n\r\n", b"\r\n\r\nConferma qui\r\n", 1)


@forgery
def the_code_of_another_letter_put_in() -> bytes:
    other = code_of(SECRET, RUN, NOTICE + 1).encode()
    return genuine().replace(code_of(SECRET, RUN, NOTICE).encode(), other)


@forgery
def the_boundary_changed_so_that_other_parts_show() -> bytes:
    return swapped(content_type(), b'Content-Type: multipart/alternative; boundary="x"')


@forgery
def the_type_changed_to_text() -> bytes:
    return swapped(content_type(), b"Content-Type: text/plain")


@forgery
def a_transfer_encoding_added() -> bytes:
    return after_header(b"Content-Transfer-Encoding: base64")


@forgery
def cut_in_the_middle() -> bytes:
    return genuine()[: len(genuine()) * 2 // 3]


@forgery
def line_ends_mixed() -> bytes:
    head, gap, rest = genuine().partition(b"\r\n\r\n")
    return head + gap + rest.replace(b"\r\n", b"\n", 3)


@forgery
def a_lone_carriage_return_in_a_field() -> bytes:
    return swapped(b"Auto-Submitted: auto-generated", b"Auto-Submitted: auto-generated\rX-A: b")


@forgery
def a_zero_octet_in_the_body() -> bytes:
    return genuine() + b"\0"


@forgery
def an_overlong_subject_that_pushes_the_true_one_away() -> bytes:
    long = b"Subject: Conferma" + b" " * 5000 + b"x"
    return re.sub(rb"Subject: [^\r]*", long, genuine(), count=1)


# Fields that stand twice or that a reader shows besides.


@forgery
def a_second_from_above() -> bytes:
    return before(b"From: Assistenza <info@evil.example>")


@forgery
def a_second_from_below() -> bytes:
    return after_header(b"From: Assistenza <info@evil.example>")


@forgery
def a_second_subject_above() -> bytes:
    return before(b"Subject: Conferma subito")


@forgery
def a_second_subject_below() -> bytes:
    return after_header(b"Subject: Conferma subito")


@forgery
def a_second_date() -> bytes:
    return before(b"Date: Fri, 10 Mar 2023 09:30:00 +0000")


@forgery
def a_second_content_type() -> bytes:
    return before(b"Content-Type: text/html")


@forgery
def a_second_message_id() -> bytes:
    return before(b"Message-ID: <other@libero.it>")


@forgery
def a_second_deposit_mark() -> bytes:
    return before(b"X-Ristoro-Deposit: jan-2023.1")


@forgery
def a_reply_to_added() -> bytes:
    return before(b"Reply-To: info@evil.example")


@forgery
def a_sender_added() -> bytes:
    return before(b"Sender: info@evil.example")


@forgery
def a_copy_field_added() -> bytes:
    return before(b"Cc: info@evil.example")


@forgery
def an_unsubscribe_link_added() -> bytes:
    return before(b"List-Unsubscribe: <https://evil.example/>")


@forgery
def a_resent_from_added() -> bytes:
    return before(b"Resent-From: info@evil.example")


@forgery
def a_disposition_added() -> bytes:
    return before(b"Content-Disposition: attachment; filename=a.html")


@forgery
def an_answer_to_something() -> bytes:
    return before(b"In-Reply-To: <a@evil.example>")


@forgery
def a_field_with_a_space_before_its_colon() -> bytes:
    return before(b"From : Assistenza <info@evil.example>")


@forgery
def a_header_that_begins_folded() -> bytes:
    return b" folded: x\r\n" + genuine()


@forgery
def octets_beyond_ascii_in_the_header() -> bytes:
    return before("X-Note: è".encode())


# Signatures.


@forgery
def no_signature() -> bytes:
    return TRACE + unsigned()


@forgery
def only_the_first_signature() -> bytes:
    return without(b"DKIM-Signature")


@forgery
def signed_by_keys_of_others() -> bytes:
    return TRACE + sign(unsigned(), keys_of("theirs"), cast.APPROVED)


@forgery
def signed_for_another_domain() -> bytes:
    others = tuple(replace(one, domain="evil.example") for one in keys_of("theirs"))
    return TRACE + sign(unsigned(), others, cast.APPROVED)


@forgery
def signed_again_by_another_on_top() -> bytes:
    others = tuple(replace(one, domain="evil.example") for one in keys_of("theirs"))
    return sign(genuine().removeprefix(TRACE), others, cast.APPROVED)


@forgery
def signed_twice_by_one_key() -> bytes:
    rsa = keys_of("ours")[0]
    return TRACE + sign(unsigned(), (rsa, rsa), cast.APPROVED)


@forgery
def a_length_tag_and_a_body_that_goes_on() -> bytes:
    """Signed by our very key with ``l=``: what comes after the length is not signed."""
    from_us = unsigned()
    pem = private_pem()
    field = dkim.DKIM(from_us).sign(
        b"ristoro-rsa", b"libero.it", pem, canonicalize=(b"relaxed", b"relaxed"), length=True,
        include_headers=[b"from", b"to", b"subject", b"date", b"message-id"],
    )  # fmt: skip
    return bytes(field) + genuine().removeprefix(TRACE) + b"<p>Conferma</p>\r\n"


@forgery
def a_signature_over_fewer_fields() -> bytes:
    field = dkim.DKIM(unsigned()).sign(
        b"ristoro-rsa", b"libero.it", private_pem(), canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[b"from", b"to", b"date"],
    )  # fmt: skip
    second = re.findall(rb"DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*", genuine())[1]
    return bytes(field) + second + unsigned()


@forgery
def an_identity_tag_added() -> bytes:
    return swapped(b" s=ristoro-rsa;", b" i=@evil.example; s=ristoro-rsa;")


@forgery
def a_tag_that_stands_twice() -> bytes:
    return swapped(b" s=ristoro-rsa;", b" s=ristoro-rsa; s=other;")


@forgery
def a_signature_that_is_no_base64() -> bytes:
    return re.sub(rb" b=[^;]{8}", b" b=!!!!????", genuine(), count=1)


# Our own letters, elsewhere or never sent.


@forgery
def a_letter_to_another_mailbox_passed_on() -> bytes:
    return TRACE + sign(unsigned(identity(BRUNO)), keys_of("ours"), cast.APPROVED)


@forgery
def a_letter_that_no_run_knows() -> bytes:
    who = identity(notice=NOTICE + 1)
    return TRACE + sign(unsigned(who), keys_of("ours"), cast.APPROVED)


@forgery
def a_letter_of_a_run_that_is_not_there() -> bytes:
    return TRACE + sign(unsigned(identity(run="jun-2023")), keys_of("ours"), cast.APPROVED)


@forgery
def other_words_under_the_key_of_a_known_letter() -> bytes:
    other = compose(cast.six_months(), identity(), cast.APPROVED)
    return TRACE + sign(other, keys_of("ours"), cast.APPROVED)


@forgery
def a_letter_without_its_code() -> bytes:
    who = replace(identity(), code="RXJK-VNQR")
    return TRACE + sign(unsigned(who), keys_of("ours"), cast.APPROVED)
