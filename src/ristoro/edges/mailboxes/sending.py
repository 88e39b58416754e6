"""Sends a holder's message: by submission (RFC 6409), or into boxes of the same host."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from ristoro.edges.mailboxes.server import Service
from ristoro.edges.mailhosts.contract import Letter
from ristoro.kernel.outcome import DONE, Ending, Result

Send = Callable[[bytes, Sequence[str]], Mapping[str, Result]]
"""A message in CRLF lines and its recipients, to how it ended for each."""

Deposit = Callable[[Sequence[Letter]], list[list[Result]]]


def submit(
    service: Service, address: str, password: str, message: bytes, recipients: Sequence[str]
) -> dict[str, Result]:
    """Hand a message over, signed in as its sender; how it ended for each recipient.

    *Unknown* where the line broke after the message was sent and before the answer: it may be on
    its way, and is not to be sent again unasked.
    """
    try:
        client = _connected(service)
    except (OSError, smtplib.SMTPException) as error:
        return dict.fromkeys(recipients, _result(Ending.DEFERRED, error))
    with _ended(client):
        try:
            if service.starttls:
                client.starttls(context=service.tls)
            client.login(address, password)
            client.ehlo_or_helo_if_needed()
            eight_bit = not message.isascii()
            options = ["BODY=8BITMIME"] if eight_bit and client.has_extn("8bitmime") else []
            code, text = client.mail(address, options)
            if code != 250:
                return dict.fromkeys(recipients, _answered(code, text))
            results = {each: _answered(*client.rcpt(each)) for each in recipients}
        except (OSError, smtplib.SMTPException) as error:
            return dict.fromkeys(recipients, _result(_ending(error), error))
        accepted = [each for each, result in results.items() if result.done]
        if accepted:
            try:
                ended = _answered(*client.data(message))
            except smtplib.SMTPDataError as error:
                ended = _answered(error.smtp_code, error.smtp_error)
            except (OSError, smtplib.SMTPException) as error:
                ended = _result(Ending.UNKNOWN, error)
            results |= dict.fromkeys(accepted, ended)
        return results


def deliver_here(
    deposit: Deposit, address: str, message: bytes, recipients: Sequence[str]
) -> dict[str, Result]:
    """Deposit a message in the boxes of the same host, where there is no submission service."""
    [results] = deposit([Letter(message, tuple(recipients), address)])
    return dict(zip(recipients, results, strict=True))


def _connected(service: Service) -> smtplib.SMTP:
    if service.tls is not None and not service.starttls:
        return smtplib.SMTP_SSL(
            service.host, service.port, timeout=service.reply_timeout, context=service.tls
        )
    return smtplib.SMTP(service.host, service.port, timeout=service.reply_timeout)


class _ended:
    """Says goodbye, whatever came before."""

    def __init__(self, client: smtplib.SMTP) -> None:
        self._client = client

    def __enter__(self) -> None: ...

    def __exit__(self, *exc: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._client.quit()


def _answered(code: int, text: bytes | str) -> Result:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if 200 <= code < 300:
        return DONE
    ending = Ending.DEFERRED if 400 <= code < 500 else Ending.REFUSED
    return Result(ending, f"smtp-{code}", said)


def _ending(error: Exception) -> Ending:
    """Before DATA nothing has been handed over, so nothing is unknown."""
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        return Ending.REFUSED
    return Ending.DEFERRED


def _result(ending: Ending, error: Exception) -> Result:
    if isinstance(error, ssl.SSLError):
        return Result(ending, "smtp-tls", str(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return Result(ending, f"smtp-{error.smtp_code}", str(error.smtp_error))
    return Result(ending, "smtp-failed", str(error) or type(error).__name__)
