"""Where links of a stranger's page lead, and what a reader should be told of them."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

MOST = 200
"""Links that are listed; a page with more says so by their count."""

LONGEST = 4096
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_CONTROLS = re.compile(r"[\x00-\x20\x7f\\]")
_LOOKS_LIKE_HOST = re.compile(
    r"(?:^|[\s(<\"'])(?:https?://|www\.)?((?:[\w-]{1,63}\.)+[^\W\d_]{2,24})(?=[/:?#\s)>\"',.]|$)",
    re.IGNORECASE,
)


class Warn(enum.Enum):
    """What is wrong with a link."""

    OTHER_PLACE = "other-place"
    FOREIGN_LETTERS = "foreign-letters"
    NUMBER = "number"
    USER = "user"
    NOT_SECURE = "not-secure"


@dataclass(frozen=True, slots=True)
class Link:
    """``host`` is the place in ASCII as a browser asks for it, ``reads`` the same in letters."""

    target: str
    host: str
    reads: str
    text: str
    warnings: tuple[Warn, ...]


def safe_target(given: str) -> str | None:
    """The target in the form that browsers would make of it, its host in ASCII; ``None`` where
    it may not be followed, or where readers of addresses disagree on where it leads."""
    text = given.strip("\x00\t\n\r\x0c ").replace("\t", "").replace("\r", "").replace("\n", "")
    if not text or len(text) > LONGEST:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES:
        return None
    if scheme in ("mailto", "tel"):
        return None if parts.netloc else text
    host = _ascii(parts.hostname or "")
    if not host or _CONTROLS.search(parts.netloc):
        return None
    user = parts.netloc.rpartition("@")[0]
    place = f"[{host}]" if ":" in host else host
    netloc = f"{user}@{place}" if user else place
    if port is not None:
        netloc = f"{netloc}:{port}"
    return urlunsplit(parts._replace(scheme=scheme, netloc=netloc))


def links_of(clean: str) -> tuple[Link, ...]:
    """The links of a cleaned page, in order, at most ``MOST``. It is read, never written anew."""
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    found = []
    for target, text in reader.links[:MOST]:
        parts = urlsplit(target)
        if parts.scheme in ("http", "https"):
            found.append(_link(target, parts, text))
    return tuple(found)


def _link(target: str, parts: SplitResult, text: str) -> Link:
    host = (parts.hostname or "").lower()
    reads = _letters(host)
    return Link(target, host, reads, text[:200], tuple(_warnings(parts, host, text)))


def _warnings(parts: SplitResult, host: str, text: str) -> Iterator[Warn]:
    if any(not _same_place(named, host) for named in named_hosts(text)):
        yield Warn.OTHER_PLACE
    if "xn--" in host:
        yield Warn.FOREIGN_LETTERS
    if _is_number(host):
        yield Warn.NUMBER
    if "@" in parts.netloc:
        yield Warn.USER
    if parts.scheme == "http":
        yield Warn.NOT_SECURE


def named_hosts(text: str) -> list[str]:
    """The hosts that a text seems to name, in ASCII."""
    visible = unquote(text).replace("\u2060", "").replace("\u200b", "").replace("\u00ad", "")
    return [_ascii(name) or name.lower() for name in _LOOKS_LIKE_HOST.findall(visible[:1000])]


def _same_place(named: str, host: str) -> bool:
    named, host = named.removeprefix("www."), host.removeprefix("www.")
    return named == host or host.endswith(f".{named}")


def _ascii(host: str) -> str:
    """The host as it is asked for in the DNS; empty where it cannot be."""
    host = host.lower().rstrip(".")
    if host.isascii():
        return host if not re.search(r"[^a-z0-9._:-]", host) else ""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _letters(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _is_number(host: str) -> bool:
    """Whether a host is an address, in any of the spellings that browsers take."""
    try:
        ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return bool(re.fullmatch(r"\d+|0x[0-9a-f]*", last))
    return True


class _Reader(HTMLParser):
    """Collects targets and texts of links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self._target: str | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._end()
            self._target = dict(attrs).get("href")
        elif tag == "img" and self._target is not None:
            self._text.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end()

    def handle_data(self, data: str) -> None:
        if self._target is not None:
            self._text.append(data)

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        if self._target:
            self.links.append((self._target, " ".join("".join(self._text).split())))
        self._target, self._text = None, []
