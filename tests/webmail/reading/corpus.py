"""The hostile corpus, and what no page that we write may have in it."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib

from ristoro.faces.webmail.reading import cleaning

HOSTILE = sorted(Path(__file__).with_name("hostile").glob("*.eml"))
NAMES = [path.stem for path in HOSTILE]

_REACHES_OUT = re.compile(r"url|image|expression|behavior|import|binding|@|\\|--", re.IGNORECASE)
_LEAVES = re.compile(r"position|z-index|transform|animation|(^|[^\w])-\d", re.IGNORECASE)


def faults(page: str) -> list[str]:
    """What a browser would find in a page that may not be there; by another parser than ours."""
    tree = html5lib.parseFragment(page, treebuilder="etree", namespaceHTMLElements=False)
    found = []
    for element in tree.iter():
        tag = element.tag
        if not isinstance(tag, str):
            found.append(f"comment {element.text!r}")
            continue
        if tag not in cleaning.TAGS and tag != "DOCUMENT_FRAGMENT":
            found.append(f"element {tag}")
        for name, value in element.attrib.items():
            found += _in_attribute(tag, str(name), value)
    return found


def _in_attribute(tag: str, name: str, value: str) -> list[str]:
    if name.startswith("on") or name in ("srcset", "background", "id", "name", "class"):
        return [f"{tag} {name}={value}"]
    if name == "style" and (_REACHES_OUT.search(value) or _LEAVES.search(value)):
        return [f"{tag} {name}={value}"]
    if name == "href" and not re.match(r"(https?|mailto|tel):", value):
        return [f"{tag} {name}={value}"]
    if name == "src" and not re.match(r"data:image/(png|jpeg|gif|webp);base64,", value):
        return [f"{tag} {name}={value}"]
    return []
