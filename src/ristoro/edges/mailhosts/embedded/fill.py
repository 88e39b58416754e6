"""Fills a mailbox of the embedded host to a given size with one sparse file.

Dovecot's quota counts a Maildir message by the sizes in its file name, so a mailbox of 1 TiB is
really full for the mail host while its file takes one block of disk. It has a folder of its own:
whoever lists the message has the server read all its zeros, which takes a minute from 50 GB on.
"""

from __future__ import annotations

import os
from pathlib import Path

from ristoro.edges.mailhosts.embedded.ground import Ground

FOLDER = "Anni passati"
"""The folder of the stand-in, as a holder of the sample might have named it."""

_STEM = "1420070400.M0P1.ristoro-older"
_RECEIVED = 1_420_070_400
_HEAD = """\
Date: Thu, 01 Jan 2015 00:00:00 +0000
From: Ristoro <postmaster@localhost>
To: <{address}>
Subject: Older mail of this mailbox ({size} bytes, stood in for by this message)
Message-ID: <older@{domain}>
MIME-Version: 1.0
Content-Type: application/octet-stream
Content-Transfer-Encoding: binary

This message stands for the older mail of a mailbox of the embedded mail host. Zeros follow.
"""


def fill(home: Path, address: str, size: int, ground: Ground) -> None:
    """Make the stand-in for older mail ``size`` bytes long; 0, or too little for it, removes it.

    Sizes below about 500 bytes cannot be a message. Repeating it with the same size changes
    nothing.
    """
    maildir = home / "Maildir"
    box = maildir / f".{FOLDER}"
    folder = box / "cur"
    # Lines end in CRLF as on the wire, so the size on disk (S) is the size that IMAP shows (W).
    head = _HEAD.format(address=address, domain=address.rpartition("@")[2], size=size)
    start = head.replace("\n", "\r\n").encode()
    name = f"{_STEM},S={size},W={size}:2,S"
    wanted = size >= len(start)
    if folder.is_dir():
        there = [entry.name for entry in os.scandir(folder) if entry.name.startswith(_STEM)]
        if wanted and there == [name]:
            return
        for other in there:
            (folder / other).unlink()
    if not wanted:
        return
    for part in (home, maildir, box, folder, box / "new", box / "tmp"):
        ground.own_folder(part)
    # Moved into cur/ when whole, as Maildir asks: the server may be running.
    half = box / "tmp" / _STEM
    with half.open("wb") as file:
        file.write(start)
        file.truncate(size)
    os.utime(half, (_RECEIVED, _RECEIVED))
    ground.own(half)
    half.rename(folder / name)
