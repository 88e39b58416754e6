"""Every code that a refusal or an ending can carry, collected from the source by reading it.

A code is the literal that stands as ``code`` in a call that makes a problem, a fault of a row or
the result of an act. Functions that pass a ``code`` of theirs on to such a call count as makers
themselves, within their module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src" / "ristoro"


@dataclass(frozen=True, slots=True)
class Maker:
    """Where in a call's arguments the code and the text for people stand."""

    code: int
    text: int
    kind: str


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """One code as one module uses it; ``text`` has ``…`` where a value is put in."""

    kind: str
    code: str
    file: str
    text: str


PROBLEM, ROW, ENDING = "problem", "row", "ending"

ENDINGS = ("done", "deferred", "refused", "unknown")
LINE_LOST = {"before": "deferred", "after": "unknown"}
"""A lost connection's two codes: before the end of a message was written, and after it."""

MAKERS = {
    "bad_input": Maker(0, 1, PROBLEM),
    "Problem": Maker(0, 1, PROBLEM),
    "Unfit": Maker(0, 1, ROW),
    "Fault": Maker(3, 4, ROW),
    "Result": Maker(1, 0, ENDING),
}


def codes() -> list[Code]:
    """Every code in the source, with its module and its text, in order."""
    found: set[Code] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            found.update(_of_module(path))
    return sorted(found)


def _of_module(path: Path) -> Iterator[Code]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    makers = {**MAKERS, **_passing_on(tree)}
    constants, assigned = _constants(tree), _assigned(tree)
    file = path.relative_to(SOURCE).as_posix()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if _name(node.func) == "Failure":
            for position, (name, ending) in enumerate(LINE_LOST.items()):
                for code in _codes(_argument(node, position, name), constants, assigned):
                    yield Code(ENDING, code, file, ending)
        if (maker := makers.get(_name(node.func))) is None:
            continue
        for code in _codes(_argument(node, maker.code, "code"), constants, assigned):
            yield Code(maker.kind, code, file, _said(node, maker, constants))


def _codes(
    given: ast.expr | None, constants: dict[str, str], assigned: dict[str, list[str]]
) -> list[str]:
    """The codes that an argument may be, those aside that are made of a peer's number."""
    found = _texts(given, constants)
    if not found and isinstance(given, ast.Name):
        found = assigned.get(given.id, [])
    return [code for code in found if code != "lmtp-…"]


def _said(call: ast.Call, maker: Maker, constants: dict[str, str]) -> str:
    """What a problem says, or why where its words come from elsewhere; how an act ended."""
    if maker.kind == ENDING:
        ending = _argument(call, maker.text, "ending")
        word = _name(ending).lower() if ending is not None else ""
        return word if word in ENDINGS else "by how far it got"
    what = _texts(_argument(call, maker.text, "what"), constants)
    why = _texts(_argument(call, maker.text + 1, "why"), constants)
    return " / ".join(what) or "; ".join(["…", *why])


def _assigned(tree: ast.AST) -> dict[str, list[str]]:
    """The texts that are given to each name ``code`` and the like anywhere in the module."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).extend(_texts(node.value, {}))
    return found


def _passing_on(tree: ast.AST) -> dict[str, Maker]:
    """The module's own functions that take a ``code`` and make something of it."""
    found: dict[str, Maker] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        names = [argument.arg for argument in node.args.args]
        own = 1 if names[:1] == ["self"] else 0
        if "code" not in names:
            continue
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and (maker := MAKERS.get(_name(inner.func))):
                passed = _argument(inner, maker.code, "code")
                if isinstance(passed, ast.Name) and passed.id == "code":
                    text = names.index("what") - own if "what" in names else 99
                    found[node.name] = Maker(names.index("code") - own, text, maker.kind)
    return {name: maker for name, maker in found.items() if name not in MAKERS}


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if position < len(call.args) else None


def _texts(node: ast.expr | None, constants: dict[str, str]) -> list[str]:
    """The texts that an expression may be; nothing where they are not written out."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in parts)]
        case ast.IfExp(body=body, orelse=other):
            return [*_texts(body, constants), *_texts(other, constants)]
        case ast.Name(id=name) if name in constants:
            return [constants[name]]
        case _:
            return []
