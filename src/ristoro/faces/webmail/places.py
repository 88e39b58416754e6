"""Where folders and messages are: addresses that stay good, also in a bookmark.

A folder stands in an address by its path; ``/`` is written ``~2F`` and ``~`` is ``~7E``, since web
servers undo percent signs before anybody can tell the two kinds of slash apart. A folder whose name
is a word of the webmail's own addresses has ``~`` before it.
"""

from __future__ import annotations

from urllib.parse import quote

from django.urls import register_converter

INBOX = "INBOX"
_INBOX_WORD = "arrivo"
_OWN = frozenset(
    (
        *(_INBOX_WORD, "cerca", "scrivi", "bozza", "invio", "annulla", "cartelle", "agisci"),
        *("immagini", "vai"),
    )
)


def to_word(path: str) -> str:
    """A folder's path as one part of an address."""
    if path == INBOX:
        return _INBOX_WORD
    word = path.replace("~", "~7E").replace("/", "~2F")
    return f"~{word}" if word in _OWN or word.startswith(".") else word


def to_path(word: str) -> str:
    """The folder's path; ``ValueError`` for what is none."""
    if word == _INBOX_WORD:
        return INBOX
    if not word or word in _OWN:
        raise ValueError(word)
    if word[0] == "~" and (word[1:] in _OWN or word[1:].startswith(".")):
        word = word[1:]
    return word.replace("~2F", "/").replace("~7E", "~")


class FolderConverter:
    """``<folder:folder>`` in an address: the view gets the path."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return to_path(value)

    def to_url(self, value: str) -> str:
        return to_word(value)


register_converter(FolderConverter, "folder")


def folder(path: str) -> str:
    """The address of a folder's list."""
    return "/posta/" if path.upper() == INBOX else f"/posta/{quote(to_word(path), safe='~')}/"


def message(path: str, uidvalidity: int, uid: int) -> str:
    """The address of a message."""
    return f"/posta/{quote(to_word(path), safe='~')}/{uidvalidity}-{uid}/"
