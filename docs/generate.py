"""``python -m docs.generate``: write ``docs/reference`` anew from the program itself.

Commands come from the commands' own help, names of the journal and tables of moves from where the
program reads them, codes of errors from the source. A test fails while a page is stale.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer
from docs.error_codes import ENDING, PROBLEM, ROW, Code, codes
from docs.markdown_table import table
from docs.policy_reference import policy_language

from ristoro.cli.program import program
from ristoro.faces.api import contract
from ristoro.faces.api import urls as api
from ristoro.fulfilment import states as grant_states
from ristoro.fulfilment.models import Consent, GrantKind, GrantState
from ristoro.fulfilment.payments import states as payment_states
from ristoro.fulfilment.payments.models import BatchState, PaymentState
from ristoro.journal.names import NAMES
from ristoro.kernel.outcome import Ending
from ristoro.notices import states as notice_states
from ristoro.notices.models import NoticeState
from ristoro.remedies import models as run_states
from ristoro.remedies.authoring.schema.files import write_schemas
from ristoro.remedies.models import RunState
from ristoro.workers.models import Act, ChunkState

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the program. Do not edit. -->"

CHUNK_MOVES = frozenset(
    {
        (ChunkState.OPEN, ChunkState.LEASED),
        (ChunkState.LEASED, ChunkState.LEASED),
        (ChunkState.LEASED, ChunkState.OPEN),
        (ChunkState.LEASED, ChunkState.DONE),
        (ChunkState.DONE, ChunkState.OPEN),
    }
)
"""What ``workers.leases`` and a holder's answer do; leased to leased is a take-over."""

LETTERS = (
    "A letter of a run to one mailbox: of all that the run gives it or, after an answer, of what "
    "was answered."
)
CHUNKS = (
    "About a thousand rows, of one bucket or of a few small ones, leased by one worker. From "
    "*leased* to *leased* it goes when the lease ended and another worker took it over; from "
    "*done* to *open* when a holder's answer gives it something to do."
)
STATES: tuple[tuple[str, str, type[Enum], Collection[tuple[Any, Any]]], ...] = (
    (
        "Run",
        "One decision in the database. *Paused* is a flag beside the state.",
        RunState,
        run_states.MOVES,
    ),
    (
        "Grant",
        "One remedy for one mailbox. *Sending* is written before the act begins.",
        GrantState,
        grant_states.MOVES,
    ),
    (
        "Notice",
        LETTERS,
        NoticeState,
        notice_states.MOVES,
    ),
    (
        "Payment",
        "One sum owed to one mailbox, paid by transfer. *Sent* and *accepted* are at the bank.",
        PaymentState,
        payment_states.MOVES,
    ),
    (
        "Batch",
        "Payments that go to the bank in one file, which exists once another person released it.",
        BatchState,
        payment_states.BATCH_MOVES,
    ),
    (
        "Chunk",
        CHUNKS,
        ChunkState,
        CHUNK_MOVES,
    ),
)


def commands() -> str:
    """Every command with its arguments and options."""
    lines = ["# Commands", "", MADE, ""]
    lines += ["`ristoro COMMAND --help` prints the same. Exit codes: 0 done, 1 done and something"]
    lines += ["was found (a failed check, a finding, a hold), 2 refused, with the reason.", ""]
    for path, command in _leaves("ristoro", typer.main.get_command(program())):
        lines += [f"## {path}", "", _joined(command.help), ""]
        usage = " ".join(_usage(each) for each in command.params if each.name != "help")
        lines += ["```", f"{path} {usage}".rstrip(), "```", ""]
        shown = [each for each in command.params if each.name != "help"]
        if shown:
            rows = ((f"`{_spelled(p)}`", _joined(p.help), _default(p)) for p in shown)
            lines += [*table(("argument or option", "meaning", "default"), rows), ""]
    return "\n".join(lines)


def journal() -> str:
    """Every name that an entry of the journal may carry."""
    rows = ((f"`{name}`", said) for name, said in sorted(NAMES.items()))
    return "\n".join(
        [
            "# The journal's names",
            "",
            MADE,
            "",
            "Each entry has a name, an instant, an actor, a subject and data. Entries are never",
            "edited or deleted; their hashes form a chain. The data of one can be shredded, and",
            "its hash stays.",
            "",
            *table(("name", "what happened"), rows),
            "",
        ]
    )


def errors() -> str:
    """Every code of an error, of a bad row, and of an ending."""
    found = codes()
    lines = [
        "# Codes",
        "",
        MADE,
        "",
        "An error says what is wrong, where, why, and what to do; its code stands in brackets.",
        "`…` stands for a value of yours. A code may be used in several places.",
        "",
    ]
    for kind, title, head in (
        (PROBLEM, "Errors of commands and files", ("code", "what it says", "from")),
        (ROW, "Bad rows of an estate", ("code", "what it says", "from")),
        (ENDING, "Endings of acts", ("code", "ending", "from")),
    ):
        lines += [f"## {title}", "", *table(head, _coded(found, kind)), ""]
    lines += [
        "`lmtp-250`, `lmtp-552` and so on are the mail host's own reply codes (RFC 5321, section",
        "4.2); its words stand beside them.",
        "",
    ]
    return "\n".join(lines)


def states() -> str:
    """Every state of a run, a grant, a notice and a chunk, and the lawful moves."""
    lines = ["# States", "", MADE, ""]
    lines += ["A row moves only by a line of its table, from a state that was seen: the database"]
    lines += ["changes it where it still stands there, or not at all.", ""]
    for title, said, kind, moves in STATES:
        lines += [f"## {title}", "", said, ""]
        rows = []
        for state in kind:
            to = [word(other) for other in kind if (state, other) in moves]
            rows.append((f"`{word(state)}`", ", ".join(f"`{each}`" for each in to) or "nowhere"))
        lines += [*table(("from", "to"), rows), ""]
    lines += ["## Other words", ""]
    words: tuple[tuple[str, type[Enum]], ...] = (
        ("what is granted", GrantKind),
        ("whether a yes is needed", Consent),
        ("acts, in the order of a bucket", Act),
        ("endings of an act", Ending),
    )
    rows = [(name, ", ".join(f"`{word(each)}`" for each in kind)) for name, kind in words]
    lines += [*table(("", "words"), rows), ""]
    return "\n".join(lines)


def openapi() -> str:
    """The API as an OpenAPI document, as ``/api/v1/openapi.json`` answers it."""
    return json.dumps(contract.document(api.PARTS), indent=1, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "errors.md": errors,
    "journal.md": journal,
    "openapi.json": openapi,
    "policy-language.md": lambda: policy_language(MADE),
    "states.md": states,
}


def word(member: Enum) -> str:
    """A state's word as reports print it."""
    return member.name.lower().replace("_", "-")


def _coded(found: Iterable[Code], kind: str) -> Iterator[tuple[str, ...]]:
    places: dict[tuple[str, str], list[str]] = {}
    for one in found:
        if one.kind == kind:
            places.setdefault((one.code, _joined(one.text)), []).append(f"`{one.file}`")
    for (code, text), files in places.items():
        yield f"`{code}`", _plain(text), ", ".join(files)


def _leaves(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield path, command
        return
    for name in sorted(below):
        yield from _leaves(f"{path} {name}", below[name])


def _is_argument(parameter: Any) -> bool:
    return not parameter.opts[0].startswith("-")


def _spelled(parameter: Any) -> str:
    if _is_argument(parameter):
        return str(parameter.metavar or parameter.name.upper())
    return ", ".join((*parameter.opts, *parameter.secondary_opts))


def _usage(parameter: Any) -> str:
    spelled = _spelled(parameter).split(", ")[0]
    if not _is_argument(parameter) and not parameter.is_flag:
        spelled += f" {parameter.metavar or parameter.name.strip('_').upper().replace('_', '-')}"
    spelled += "…" if parameter.multiple or parameter.nargs == -1 else ""
    return spelled if parameter.required else f"[{spelled}]"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    default = parameter.default
    if default is None or default is False or default == ():
        return ""
    if isinstance(default, Enum):
        default = default.value
    if isinstance(default, Path) and default.is_absolute():
        default = default.relative_to(ROOT)
    return f"`{default}`"


def _joined(text: str | None) -> str:
    """One paragraph on one line, paragraphs apart by a space."""
    return " ".join((text or "").split())


def _plain(text: str) -> str:
    """Text in which Markdown finds nothing to set."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def main() -> None:
    """Write every page, and the schemas of policies and cases."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
    write_schemas(ROOT / "schemas")


if __name__ == "__main__":
    main()
