"""Every folder of a mailbox with its counts: one command, or one round trip of more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imapclient import IMAPClient
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.response_parser import parse_response

from ristoro.edges.mailboxes.contract import Folder
from ristoro.edges.mailboxes.replies import CLOSED, Counts, Listed, folder, prefix_of

_AT_ONCE = 50
"""STATUS commands that are under way together: few enough for any host's patience."""


def folders(client: IMAPClient, can: frozenset[bytes]) -> list[Folder]:
    """The folders, in the host's order; ``can`` is what the host says it can do."""
    listed, counts = _with_counts(client, can) if b"LIST-STATUS" in can else _asked(client)
    prefix = prefix_of(listed)
    return [folder(one, counts.get(one[2]), prefix) for one in listed]


def _with_counts(
    client: IMAPClient, can: frozenset[bytes]
) -> tuple[Sequence[Listed], dict[str, Counts]]:
    """One LIST that brings the counts along (RFC 5819), and the roles (RFC 6154)."""
    raw = client._imap
    wanted = "SPECIAL-USE " if b"SPECIAL-USE" in can else ""
    raw._simple_command("LIST", '""', '"*"', "RETURN", f"({wanted}STATUS (MESSAGES UNSEEN))")
    listed = client._proc_folder_list(raw.response("LIST")[1] or [])
    return listed, _counts(raw.response("STATUS")[1] or [])


def _asked(client: IMAPClient) -> tuple[Sequence[Listed], dict[str, Counts]]:
    """The same where the host lacks RFC 5819: a STATUS for each folder, many under way at once."""
    listed = client.list_folders()
    paths = [path for flags, _, path in listed if not CLOSED & {flag.lower() for flag in flags}]
    raw, counts = client._imap, dict[str, Counts]()
    for first in range(0, len(paths), _AT_ONCE):
        tags = [
            raw._command("STATUS", client._normalise_folder(path), "(MESSAGES UNSEEN)")
            for path in paths[first : first + _AT_ONCE]
        ]
        for tag in tags:
            # A folder that cannot be opened answers NO: it has no counts.
            raw._get_tagged_response(tag)
        counts |= _counts(raw.response("STATUS")[1] or [])
    return listed, counts


def _counts(lines: Sequence[Any]) -> dict[str, Counts]:
    """Messages and unread ones, by path, from STATUS responses."""
    found: dict[str, Counts] = {}
    for line in lines:
        if not line:
            continue
        name, values = parse_response([line] if isinstance(line, bytes) else list(line))
        told = dict(zip(values[::2], values[1::2], strict=True))
        # A name that looks like a number is parsed as one.
        path = str(decode_utf7(str(name).encode() if isinstance(name, int) else name))
        found[path] = (int(told[b"MESSAGES"]), int(told[b"UNSEEN"]))
    return found
