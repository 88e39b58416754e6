"""Reads what stands in many places of a policy: codes, sentences, references and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ristoro.kernel.documents import Value
from ristoro.kernel.errors import bad_input
from ristoro.remedies.language.expressions import Literal, parse
from ristoro.remedies.language.policy import Words
from ristoro.remedies.language.types import Number

_CODE = re.compile(r"[a-z][a-z0-9-]*")


def code(value: Value) -> str:
    """A name of small letters, digits and hyphens."""
    text = value.as_text()
    if not _CODE.fullmatch(text):
        raise value.wrong("a code of small letters, digits and hyphens", "write it like `not-then`")
    return text


def words(value: Value) -> Words:
    """A sentence in both languages."""
    fields = value.mapping(["it", "en"])
    return {lang: fields[lang].as_text() for lang in ("it", "en")}


def reference(value: Value, references: Mapping[str, str]) -> str:
    """A name from ``references``."""
    name = value.as_text()
    if name not in references:
        raise bad_input(
            "unknown-reference",
            f"there is no reference {name!r}",
            "every number and rule says where it comes from",
            f"use one of {', '.join(references)}, or add it to `references`",
            value.place,
        )
    return name


def number(value: Value) -> Number:
    """One number as written."""
    node = parse(value)
    if not isinstance(node, Literal) or not isinstance(node.value, Number):
        raise value.wrong("one number with its unit", "write it like `6.00 EUR` or `3 days`")
    return node.value
