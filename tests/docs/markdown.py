"""What tests read in a page of the manual: fenced blocks, links, anchors, code."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", "var", "node_modules", ".git"}

_FENCE = re.compile(r"^```(\S*)\n(.*?)^```", re.M | re.S)
_LINK = re.compile(r"(?<!`)!?\[[^\]\n]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`([^`\n]+)`")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.M)


@dataclass(frozen=True)
class Block:
    """A fenced block: its page, the line of its fence, its language and its text."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Every Markdown page of the project."""
    found = (path for path in ROOT.rglob("*.md") if not SKIPPED & set(path.parts))
    return sorted(found)


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The page's fenced blocks, all or of one language."""
    text = page.read_text(encoding="utf-8")
    found = (
        Block(page, text[: match.start()].count("\n") + 1, match[1], match[2])
        for match in _FENCE.finditer(text)
    )
    return [block for block in found if language is None or block.language == language]


def links(page: Path) -> list[str]:
    """The targets of the page's links, code aside."""
    return _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings have, as code hosts make them."""
    prose = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        for heading in _HEADING.findall(prose)
    }


def code(page: Path) -> list[str]:
    """What the page shows as code: lines of blocks without a language, indented lines, words."""
    text = page.read_text(encoding="utf-8")
    shown = [line for block in blocks(page) if block.language in ("", "sh") for line in
             block.text.splitlines()]  # fmt: skip
    prose = _FENCE.sub("", text)
    shown += re.findall(r"^ {4,}(\S.*)$", prose, re.M)
    return shown + _INLINE.findall(prose)


def tracked() -> list[Path]:
    """The project's files: those that are kept in version control, else those there are."""
    asked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if asked.returncode == 0:
        found = [ROOT / name for name in asked.stdout.splitlines()]
    else:
        found = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.parts)]
    return [path for path in found if path.is_file()]
