"""What a file really is, by its octets, and what a reader should know before opening it.

Nothing is unpacked: of an archive only its table of contents is read, and of that a part.
"""

from __future__ import annotations

import enum
import io
import re
import struct
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import puremagic

from ristoro.edges.mailboxes.filenames import FileName, safe_name

MOST_LISTED = 200
"""Members of an archive that are named."""

_HEAD = 4096
LARGEST_TABLE = 20_000
"""Members of an archive whose table is read at all: the library reads it whole."""


class Danger(enum.Enum):
    """What may be wrong with a file."""

    PROGRAM = "program"
    SCRIPT = "script"
    MACROS = "macros"
    PAGE = "page"
    DRAWING = "drawing"
    DISK = "disk"
    SHORTCUT = "shortcut"
    LOCKED = "locked"
    MESSAGE = "message"
    PROGRAM_INSIDE = "program-inside"
    OTHER_TYPE = "other-type"
    TWO_ENDINGS = "two-endings"
    DISGUISED = "disguised"
    BUNDLE = "bundle"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Look:
    """``media`` is what the octets say, else what their name does. ``members`` are an archive's
    names, at most ``MOST_LISTED`` of ``member_count``."""

    media: str
    dangers: tuple[Danger, ...]
    members: tuple[str, ...] = ()
    member_count: int = 0


_PROGRAMS = frozenset(
    {
        *("apk", "app", "appimage", "appx", "bin", "bpl", "com", "cpl", "dll", "dmg"),
        *("exe", "gadget", "hta", "jar", "msi", "msix", "msp", "ocx", "pif", "pkg"),
        *("rpm", "deb", "run", "scr", "sys", "xap", "xll"),
    }
)
_SCRIPTS = frozenset(
    {
        *("bash", "bat", "cmd", "csh", "fish", "js", "jse", "ksh", "lua", "mjs", "php"),
        *("pl", "ps1", "ps1xml", "psd1", "psm1", "py", "pyc", "rb", "reg", "sct", "sh"),
        *("vb", "vbe", "vbs", "wsc", "wsf", "wsh", "zsh"),
    }
)
_MACROS = frozenset(
    {
        *("docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam"),
        *("ppsm", "sldm", "one", "onetoc2", "iqy", "slk", "xla"),
    }
)
_PAGES = frozenset(
    {
        *("html", "htm", "xhtml", "xht", "mht", "mhtml", "shtml", "xml", "xsl", "xslt"),
        *("chm", "svgz"),
    }
)
_DISKS = frozenset(
    {
        *("iso", "img", "vhd", "vhdx", "vmdk", "udf", "cue", "toast", "wim"),
    }
)
_SHORTCUTS = frozenset(
    {
        *("lnk", "url", "website", "desktop", "webloc", "inetloc", "scf", "library-ms"),
        *("search-ms", "settingcontent-ms", "appref-ms", "application", "theme"),
    }
)
_ARCHIVES = frozenset(
    {
        *("zip", "7z", "rar", "tar", "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst"),
        *("cab", "arj", "lzh", "ace", "z", "cpio"),
    }
)
_BY_ENDING = {
    **dict.fromkeys(_PROGRAMS, Danger.PROGRAM),
    **dict.fromkeys(_SCRIPTS, Danger.SCRIPT),
    **dict.fromkeys(_MACROS, Danger.MACROS),
    **dict.fromkeys(_PAGES, Danger.PAGE),
    **dict.fromkeys(_DISKS, Danger.DISK),
    **dict.fromkeys(_SHORTCUTS, Danger.SHORTCUT),
    "svg": Danger.DRAWING,
    "eml": Danger.MESSAGE,
    "msg": Danger.MESSAGE,
    "dat": Danger.BUNDLE,
}
_BY_MARK: tuple[tuple[bytes, str, Danger], ...] = (
    (b"MZ", "application/vnd.microsoft.portable-executable", Danger.PROGRAM),
    (b"\x7fELF", "application/x-executable", Danger.PROGRAM),
    (b"\xfe\xed\xfa", "application/x-mach-binary", Danger.PROGRAM),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary", Danger.PROGRAM),
    (b"\xca\xfe\xba\xbe", "application/java-vm", Danger.PROGRAM),
    (b"!<arch>\ndebian", "application/vnd.debian.binary-package", Danger.PROGRAM),
    (b"\xed\xab\xee\xdb", "application/x-rpm", Danger.PROGRAM),
    (b"#!", "text/x-script", Danger.SCRIPT),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut", Danger.SHORTCUT),
    (b"[InternetShortcut]", "application/x-mswinurl", Danger.SHORTCUT),
    (b"[Desktop Entry]", "application/x-desktop", Danger.SHORTCUT),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef", Danger.BUNDLE),
    (b"vhdxfile", "application/x-vhdx", Danger.DISK),
    (b"conectix", "application/x-vhd", Danger.DISK),
    (b"ITSF\x03\0\0\0", "application/vnd.ms-htmlhelp", Danger.PAGE),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = re.compile(
    rb"<(!doctype\s+html|html|head|body|script|iframe|svg|meta|\?xml|math|form|img|a\s)",
    re.IGNORECASE,
)
_ENDINGS_OF: dict[str, frozenset[str]] = {
    "image/jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    "image/png": frozenset({"png", "apng"}),
    "image/gif": frozenset({"gif"}),
    "application/pdf": frozenset({"pdf", "ai", "fdf"}),
}


def look(name: FileName, declared: str, content: bytes, *, whole: bool = True) -> Look:
    """Judge a file by its octets, its name and what its sender says, in this order.

    Of a large file the octets may be the first ones only, which ``whole`` says.
    """
    media, danger = _by_octets(content)
    found: list[Danger] = [] if danger is None else [danger]
    ending = _BY_ENDING.get(name.extension)
    if ending is not None and (ending is not Danger.BUNDLE or name.text.lower() == "winmail.dat"):
        found.append(ending)
    members: tuple[str, ...] = ()
    count = 0
    if not whole:
        found += [Danger.LARGE] if name.extension in _ARCHIVES else []
    elif content.startswith(b"PK\x03\x04"):
        members, count, inside = _in_zip(content, name)
        found += inside
    elif content[257:262] == b"ustar":
        members, count, inside = _in_tar(content)
        found += inside
    found += _locked(content)
    if content.startswith(_OLE) and _has_macros(content):
        found.append(Danger.MACROS)
    if _differs(media, name, declared):
        found.append(Danger.OTHER_TYPE)
    if len(name.extensions) > 1 and _two_endings(name.extensions):
        found.append(Danger.TWO_ENDINGS)
    if name.disguised:
        found.append(Danger.DISGUISED)
    return Look(media or declared, tuple(dict.fromkeys(found)), members, count)


def _by_octets(content: bytes) -> tuple[str, Danger | None]:
    """The media type that the octets tell, and what is wrong with it; empty where they do not."""
    head = content[:_HEAD]
    for mark, media, danger in _BY_MARK:
        if head.startswith(mark):
            return media, danger
    if content[32769:32774] == b"CD001":
        return "application/x-iso9660-image", Danger.DISK
    text = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()
    markup = _MARKUP.search(text)
    if markup and (text.startswith(b"<") or b"\0" in head[:8]):
        if b"<svg" in text.lower() and b"<html" not in text.lower():
            return "image/svg+xml", Danger.DRAWING
        return "text/html", Danger.PAGE
    if head[:1] == b"%" or head[:4] in (b"\x89PNG", b"GIF8", b"RIFF") or head[:2] == b"\xff\xd8":
        return _by_library(head), None
    return _by_library(head), None


@lru_cache(maxsize=64)
def _by_library(head: bytes) -> str:
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError, struct.error):
        return ""
    sure = [match for match in matches if match.confidence >= 0.3 and match.mime_type]
    return str(sure[0].mime_type) if sure else ""


def _in_zip(content: bytes, name: FileName) -> tuple[tuple[str, ...], int, list[Danger]]:
    """An archive's names and dangers; nothing where its table cannot be read."""
    if content.count(b"PK\x01\x02") > LARGEST_TABLE:
        return (), 0, [Danger.LOCKED]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, struct.error):
        return (), 0, [Danger.LOCKED]
    names = [info.filename for info in infos]
    office = "[Content_Types].xml" in names or "mimetype" in names
    dangers = []
    if any(info.flag_bits & 0x1 for info in infos):
        dangers.append(Danger.LOCKED)
    if any(each.endswith(("vbaProject.bin", "vbaData.xml")) for each in names):
        dangers.append(Danger.MACROS)
    if "AndroidManifest.xml" in names or "META-INF/MANIFEST.MF" in names:
        dangers.append(Danger.PROGRAM)
    if office or name.extension in _MACROS:
        return (), 0, dangers
    dangers += _inside(names)
    return _listed(names), len(names), dangers


def _in_tar(content: bytes) -> tuple[tuple[str, ...], int, list[Danger]]:
    names: list[str] = []
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                names.append(member.name)
                if len(names) > LARGEST_TABLE:
                    break
    except (tarfile.TarError, ValueError, OSError, EOFError):
        return _listed(names), len(names), [Danger.LOCKED]
    return _listed(names), len(names), _inside(names)


def _inside(names: Sequence[str]) -> list[Danger]:
    bad = {Danger.PROGRAM, Danger.SCRIPT, Danger.SHORTCUT, Danger.DISK, Danger.MACROS, Danger.PAGE}
    endings = {each.rpartition(".")[2].strip(" .").lower() for each in names if "." in each}
    return [Danger.PROGRAM_INSIDE] if any(_BY_ENDING.get(one) in bad for one in endings) else []


def _listed(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(safe_name(each.rstrip("/"), "?").text for each in names[:MOST_LISTED])


def _locked(content: bytes) -> Iterator[Danger]:
    """Archives and documents that say in their header that they are encrypted."""
    if content.startswith(_OLE) and "EncryptedPackage".encode("utf-16le") in content:
        yield Danger.LOCKED
    if content.startswith(b"%PDF-") and b"/Encrypt" in content:
        yield Danger.LOCKED
    if content.startswith(b"Rar!\x1a\x07\x00") and content[10:12] and content[10] & 0x80:
        yield Danger.LOCKED
    if content.startswith(b"7z\xbc\xaf\x27\x1c") and b"\x06\xf1\x07\x01" in content[-4096:]:
        yield Danger.LOCKED


def _has_macros(content: bytes) -> bool:
    return any(
        mark.encode("utf-16le") in content for mark in ("_VBA_PROJECT", "Macros", "VBA", "XLM")
    )


def _differs(media: str, name: FileName, declared: str) -> bool:
    """Whether octets, name and sender tell of things that are not the same."""
    if not media:
        return False
    for told, endings in _ENDINGS_OF.items():
        if (declared == told or name.extension in endings) and media != told:
            return True
        if media == told and name.extension and name.extension not in endings:
            return True
    return media == "text/html" and name.extension in ("txt", "csv", "log", "doc", "xls")


def _two_endings(endings: Sequence[str]) -> bool:
    """``invoice.pdf.exe``: something that can run behind something that is read."""
    known = _ARCHIVES | {"pdf", "doc", "docx", "xls", "xlsx", "txt", "jpg", "jpeg", "png", "gif"}
    return _BY_ENDING.get(endings[-1]) not in (None, Danger.BUNDLE) and endings[-2] in known
