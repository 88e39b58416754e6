"""The services that holders use, read from the ``holders:`` section of ``mailhost.yaml``."""

from __future__ import annotations

import ssl
from ipaddress import ip_network
from pathlib import Path

from ristoro.edges.mailboxes.server import Holders, Network, Reach, Service
from ristoro.kernel.documents import Value, read_file
from ristoro.kernel.errors import Missing, Problem

_TLS = ("none", "starttls", "tls")
_OPTIONAL = ("port", "tls", "ca", "plaintext")
_IMAP_PORTS = {"none": 143, "starttls": 143, "tls": 993}
_SUBMISSION_PORTS = {"none": 587, "starttls": 587, "tls": 465}


def read_holders(path: Path) -> Holders:
    """The services of the file's ``holders:``; ``Missing`` where it has no such section.

    ``BadInput`` says which line is wrong. ``tls`` is ``tls`` unless the file says otherwise.
    """
    section = read_file(path).mapping().get("holders")
    if section is None:
        raise Missing(
            Problem(
                "no-holders",
                f"{path} has no section `holders:`",
                "the webmail signs holders in on the IMAP service that it names",
                "add `holders:` with `imap: {host: ...}` and `submission: {host: ...}`",
            )
        )
    fields = section.mapping(required=("imap",), optional=("submission", "moves"))
    submission, moves = fields.get("submission"), fields.get("moves")
    return Holders(
        imap=_service(fields["imap"], _IMAP_PORTS),
        submission=None if submission is None else _service(submission, _SUBMISSION_PORTS),
        moves=Reach() if moves is None else _reach(moves),
    )


def _reach(value: Value) -> Reach:
    fields = value.mapping(optional=("networks", "ca"))
    networks, ca = fields.get("networks"), fields.get("ca")
    allowed = () if networks is None else networks.list_or_one()
    return Reach(tuple(map(_network, allowed)), None if ca is None else _context(ca))


def _network(value: Value) -> Network:
    try:
        return ip_network(value.as_text())
    except ValueError as error:
        raise value.wrong("a network as in 10.20.0.0/16", str(error)) from error


def _service(value: Value, ports: dict[str, int]) -> Service:
    fields = value.mapping(required=("host",), optional=_OPTIONAL)
    tls, port, plaintext = fields.get("tls"), fields.get("port"), fields.get("plaintext")
    kind = "tls" if tls is None else tls.as_choice(_TLS)
    return Service(
        host=fields["host"].as_text(),
        port=ports[kind] if port is None else port.as_int(1, 65_535),
        tls=None if kind == "none" else _context(fields.get("ca")),
        starttls=kind == "starttls",
        plaintext=plaintext is not None and plaintext.as_bool(),
    )


def _context(ca: Value | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=None if ca is None else ca.as_text())
    except (OSError, ssl.SSLError) as error:
        assert ca is not None
        raise ca.wrong("a PEM file of certificate authorities", str(error)) from error
