"""Sends a holder's message: by submission (RFC 6409), or into boxes of the same host."""

from __future__ import annotations

import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from ristoro.edges.mailboxes.composing import ascii_domain
from ristoro.edges.mailboxes.server import Service
from ristoro.edges.mailhosts.contract import Letter
from ristoro.kernel.outcome import DONE, Ending, Result

Send = Callable[[bytes, Sequence[str]], Mapping[str, Result]]
"""A message in CRLF lines and its recipients, to how it ended for each."""

Deposit = Callable[[Sequence[Letter]], list[list[Result]]]

NO_8BITMIME = Result(Ending.REFUSED, "no-8bitmime", "the host takes only ASCII messages")
NO_SMTPUTF8 = Result(Ending.REFUSED, "no-smtputf8", "letters outside ASCII before the @")
NO_DOMAIN = Result(Ending.REFUSED, "no-domain", "what follows the @ is not a name of the network")
NOT_HERE = Result(Ending.REFUSED, "not-here", "mail goes to boxes of this host only")

_DOT = re.compile(rb"^\.", re.MULTILINE)
_GOODBYE = 2.0
"""Seconds that the host has for its answer to QUIT, on which nothing depends."""


def submit(
    service: Service, address: str, password: str, message: bytes, recipients: Sequence[str]
) -> dict[str, Result]:
    """Hand a message over, signed in as its sender; how it ended for each recipient.

    *Unknown* where the line broke after the last line of the message and before the answer: it may
    be on its way, and is not to be sent again unasked. Until then nothing has been handed over.
    """
    results = {each: refusal for each in recipients if (refusal := _unwritable(each))}
    wanted = [each for each in recipients if each not in results]
    if not wanted:
        return results
    try:
        with _line(service) as client:
            results |= _handed_over(client, service, (address, password), message, wanted)
    except (OSError, smtplib.SMTPException) as error:
        results |= dict.fromkeys(wanted, _failed(error))
    return {each: results[each] for each in recipients}


def announced_size(service: Service) -> int | None:
    """The octets of the largest message that the service takes (RFC 1870), asked without signing
    in; ``None`` where it does not say, or does not answer."""
    try:
        with _line(service) as client:
            return _limit(client)
    except (OSError, smtplib.SMTPException):
        return None


def deliver_here(
    deposit: Deposit,
    domains: Collection[str],
    address: str,
    message: bytes,
    recipients: Sequence[str],
) -> dict[str, Result]:
    """Deposit a message in the boxes of the same host, where there is no submission service.

    ``domains`` are the host's own, in lower case; who is of another is refused as ``not-here``.
    """
    results = dict.fromkeys(recipients, NOT_HERE)
    here = [each for each in recipients if each.rpartition("@")[2].lower() in domains]
    if here:
        [endings] = deposit([Letter(message, tuple(here), address)])
        results |= dict(zip(here, endings, strict=True))
    return results


def _unwritable(address: str) -> Result | None:
    """Why no command can name this address; ``None`` where one can."""
    if not address.rpartition("@")[0].isascii():
        return NO_SMTPUTF8
    try:
        ascii_domain(address)
    except ValueError:
        return NO_DOMAIN
    return None


@contextmanager
def _line(service: Service) -> Iterator[smtplib.SMTP]:
    """A line to the service, encrypted as it is to be, greeted, and ended with a goodbye."""
    at_once = service.tls is not None and not service.starttls
    kind = smtplib.SMTP_SSL if at_once else smtplib.SMTP
    more = {"context": service.tls} if at_once else {}
    # An address literal for a name: smtplib would ask the DNS for one, which may take long.
    client = kind(
        service.host,
        service.port,
        local_hostname="[127.0.0.1]",
        timeout=service.connect_timeout,
        **more,  # type: ignore[arg-type]
    )
    try:
        assert client.sock is not None
        client.sock.settimeout(service.reply_timeout)
        if service.starttls:
            client.starttls(context=service.tls)
        client.ehlo_or_helo_if_needed()
        yield client
    finally:
        with suppress(OSError, smtplib.SMTPException):
            if client.sock is not None:
                client.sock.settimeout(_GOODBYE)
                client.quit()
        client.close()


def _handed_over(
    client: smtplib.SMTP,
    service: Service,
    credentials: tuple[str, str],
    message: bytes,
    recipients: Sequence[str],
) -> dict[str, Result]:
    """One transaction; raises where the line breaks and nothing has been handed over."""
    refusal = _unfit(client, message)
    if refusal is None:
        refusal = _refusal(_sign_in(client, *credentials))
    if refusal is None:
        refusal = _refusal(_mail(client, credentials[0], message))
    if refusal is not None:
        return dict.fromkeys(recipients, refusal)
    results: dict[str, Result] = {}
    try:
        for each in recipients:
            results[each] = _answered(*client.rcpt(ascii_domain(each)))
        accepted = [each for each, result in results.items() if result.done]
        if accepted:
            results |= dict.fromkeys(accepted, _body(client, message))
    except (OSError, smtplib.SMTPException) as error:
        kept = {each: result for each, result in results.items() if not result.done}
        return dict.fromkeys(recipients, _failed(error)) | kept
    return results


def _unfit(client: smtplib.SMTP, message: bytes) -> Result | None:
    """Why the host would not take such a message, known before it is asked."""
    if not message.isascii() and not client.has_extn("8bitmime"):
        return NO_8BITMIME
    limit = _limit(client)
    if limit is not None and limit < len(message):
        return Result(Ending.REFUSED, "too-big", f"{len(message)} bytes, and {limit} at most")
    return None


def _limit(client: smtplib.SMTP) -> int | None:
    """The SIZE announced; zero means that there is none (RFC 1870, 4)."""
    said = client.esmtp_features.get("size", "")
    return int(said) or None if said.isascii() and said.isdigit() else None


def _sign_in(client: smtplib.SMTP, address: str, password: str) -> tuple[int, bytes]:
    """By PLAIN, or LOGIN where there is no PLAIN; in UTF-8 (RFC 4616), which smtplib cannot."""
    offered = client.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        said = b64encode(f"\0{address}\0{password}".encode()).decode()
        return client.docmd("AUTH", f"PLAIN {said}")
    if "LOGIN" not in offered:
        raise smtplib.SMTPNotSupportedError("the host offers neither AUTH PLAIN nor AUTH LOGIN")
    code, text = client.docmd("AUTH", "LOGIN")
    for word in (address, password):
        if code == 334:
            code, text = client.docmd(b64encode(word.encode()).decode())
    return code, text


def _mail(client: smtplib.SMTP, address: str, message: bytes) -> tuple[int, bytes]:
    options = ["BODY=8BITMIME"] if client.has_extn("8bitmime") and not message.isascii() else []
    if client.has_extn("size"):
        options.append(f"SIZE={len(message)}")
    return client.mail(ascii_domain(address), options)


def _body(client: smtplib.SMTP, message: bytes) -> Result:
    """The message itself. Only from its last line on can it be that the host has it."""
    code, text = client.docmd("DATA")
    if code != 354:
        return _answered(code, text, otherwise=Ending.DEFERRED)
    body = _DOT.sub(b"..", message)
    client.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    try:
        client.send(b".\r\n")
        return _answered(*client.getreply(), otherwise=Ending.UNKNOWN)
    except (OSError, smtplib.SMTPException) as error:
        return Result(Ending.UNKNOWN, "smtp-cut", _words(error))


def _refusal(answer: tuple[int, bytes]) -> Result | None:
    result = _answered(*answer)
    return None if result.done else result


def _answered(code: int, text: bytes, otherwise: Ending = Ending.DEFERRED) -> Result:
    """What a reply means; ``otherwise`` is for one that is no reply of SMTP."""
    said = text.decode("utf-8", "replace")
    if 200 <= code < 300:
        return DONE
    endings = {4: Ending.DEFERRED, 5: Ending.REFUSED}
    return Result(endings.get(code // 100, otherwise), f"smtp-{max(code, 0)}", said)


def _failed(error: Exception) -> Result:
    """Nothing has been handed over, so nothing is unknown."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Result(Ending.REFUSED, "smtp-lacks", _words(error))
    if isinstance(error, ssl.SSLError):
        return Result(Ending.DEFERRED, "smtp-tls", _words(error))
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _answered(error.smtp_code, text if isinstance(text, bytes) else text.encode())
    return Result(Ending.DEFERRED, "smtp-failed", _words(error))


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
