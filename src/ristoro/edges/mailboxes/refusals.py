"""What an IMAP library raises, said in the words of the contract."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import IMAPClientError, LoginError

from ristoro.edges.mailboxes.contract import Gone, Refused, SignInRefused, Unreachable
from ristoro.edges.mailboxes.server import Service
from ristoro.kernel.errors import Problem

BROKEN = (OSError, IMAPClientError, imaplib.IMAP4.error)
"""Whatever means that the host did not do it."""


@contextmanager
def told(service: Service) -> Iterator[None]:
    """``SignInRefused`` or ``Unreachable`` for what the library raises."""
    try:
        yield
    except LoginError as error:
        # The library makes a line that broke meanwhile a refusal too.
        if "[UNAVAILABLE]" in str(error) or is_broken(error.__context__):
            raise failed(service, error) from error
        raise SignInRefused(
            Problem(
                "sign-in-refused",
                "the mail host does not take this address with this password",
                "it does not say which of the two is wrong",
                "type them again",
            )
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise failed(service, error, "certificate") from error
    except BROKEN as error:
        raise failed(service, error) from error


def failed(service: Service, error: Exception, code: str = "imap-failed") -> Unreachable:
    """The host does not answer as it should."""
    return Unreachable(
        Problem(
            code,
            f"the mail host at {service.host}:{service.port} does not answer as it should",
            str(error) or type(error).__name__,
            "try again in a minute",
        )
    )


def gone(folder: str, what: str) -> Gone:
    """Something of a folder is not there any more."""
    return Gone(
        Problem(
            "gone",
            f"{what} is not in {folder} any more",
            "it was moved or removed, here or by another program",
            "open the folder again",
        )
    )


def not_done(folder: str, what: str, error: Exception) -> Refused:
    """The host said no to what was asked of a folder; it still answers."""
    return Refused(
        Problem(
            "folder-refused",
            f"the folder {folder} was not {what}",
            str(error) or type(error).__name__,
            "choose another name, or look whether the folder has changed",
        )
    )


def is_broken(error: BaseException | None) -> bool:
    """Whether the connection itself is lost, not only one command refused."""
    return isinstance(error, imaplib.IMAP4.abort)
