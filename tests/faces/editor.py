"""The editor of outages as a browser without script fills it in and sends it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from tests.faces.conftest import signed_in
from tests.faces.programme import AT, ROOT, Programme

from ristoro.errands.places import outages as folder
from ristoro.outages.declaring import declare
from ristoro.outages.drafts.judge import Judged, judge

JANUARY = ROOT / "outages" / "libero-virgilio-2023-01.yaml"
NAME = JANUARY.stem
LIST = "/console/disservizi/"
NEW = f"{LIST}nuovo/"
PAGE = f"{LIST}{NAME}/"
CORRECT = f"{PAGE}correggi/"


@pytest.fixture
def declared(programme: Programme) -> Programme:
    """The January outage as its first version."""
    declare(JANUARY.read_bytes(), "january", folder(), programme.staff["Olga"], AT, AT)
    return programme


def fields_of(page: Any, form: str = "sheet") -> dict[str, Any]:
    """What a browser would send of the page's form, but for its buttons."""
    text = page.content.decode()
    main = text.split("<main", 1)[1]
    inside = main.split(f'<form id="{form}"' if form else "<form ", 1)[1]
    inside = inside.split("</form>", 1)[0]
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<(?:input|textarea|select)\b[^>]*>(?:[^<]*</textarea>)?", inside):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name, value = found.get("name"), html.unescape(found.get("value", ""))
        if not name or found.get("type") == "file":
            continue
        if found.get("type") == "checkbox" and not re.search(r"\schecked", tag):
            continue
        if tag.startswith("<textarea"):
            value = html.unescape(re.sub(r"^<[^>]*>|</textarea>$", "", tag))
        if tag.startswith("<select"):
            options = inside.split(tag, 1)[1].split("</select>", 1)[0]
            chosen = re.search(r'<option(?: value="([^"]*)")?[^>]* selected[^>]*>([^<]*)', options)
            first = re.search(r'<option(?: value="([^"]*)")?[^>]*>([^<]*)', options)
            option = chosen or first
            assert option is not None
            value = option[1] if option[1] is not None else option[2]
        sent.setdefault(name, []).append(value)
    return sent


def act(
    client: Client, path: str, page: Any, verb: str, form: str = "sheet", **changed: Any
) -> Any:
    """Press a button of the page's form, with some fields changed."""
    return client.post(path, {**fields_of(page, form), **changed, "act": verb})


def judged(page: Any) -> Judged:
    """The draft that the page carries."""
    return judge(fields_of(page)["draft"][0])


def editing(name: str = "Olga", path: str = CORRECT) -> tuple[Client, Any]:
    client = signed_in(name)
    return client, client.get(path)
