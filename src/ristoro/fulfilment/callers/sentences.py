"""The sentences that agents may say: read from a text, chosen by situation, facts filled in.

The text is data, so that it is reviewed and changed as text. What is wrong in it is refused when it
is read: a language that is missing, a situation or a fact that nothing fills.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from ristoro.kernel import documents
from ristoro.kernel.documents import Value
from ristoro.kernel.errors import bad_input
from ristoro.notices.facts import LANGUAGES

SHIPPED = Path(__file__).with_name("sentences.yaml")

PLACES = ("verify", "anybody", "mailbox", "confirm", "recorded")
SITUATIONS = (
    *("asked", "asked:give", "asked:forfeit", "asked:ask-again", "choice", "coming"),
    *("claim", "claim:late", "claim:damages"),
    *("coming:account", "coming:transfer"),
    *("late", "late:give", "late:forfeit", "late:ask-again"),
    *("made", "declined", "instead", "lapsed", "refused", "reversed", "nothing", "none", "any"),
    *("letter:there", "letter:coming", "letter:refused", "letter:none"),
    *("said:yes", "said:no", "said:back", "said:fault", "said:callback"),
)
"""``any`` is every grant's; the part before a colon stands for all that begin with it."""
FACTS = (
    *("brand", "webmail", "agent", "title", "gift", "after", "deadline", "since", "code", "number"),
)

Words = Mapping[str, str]
"""The same in each language of ``LANGUAGES``."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What a sentence may be about, and its facts in each language."""

    name: str
    facts: Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Variant:
    """What is said in one situation; in any where ``when`` is empty."""

    when: str
    words: Words

    def suits(self, situation: str) -> bool:
        if self.when == "any":
            return situation not in ("nothing", "none") and not situation.startswith(
                ("letter:", "said:")
            )
        return situation == self.when or situation.startswith(f"{self.when}:")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that callers ask, and what is said to it."""

    name: str
    place: str
    about: Words
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class Suggested:
    """A sentence with its facts, in each language; more than one paragraph where more are meant."""

    name: str
    about: Words
    words: Mapping[str, tuple[str, ...]]


def read_sentences(path: Path = SHIPPED) -> tuple[Sentence, ...]:
    """The sentences of a file, in its order; ``BadInput`` names the line of what is wrong."""
    return tuple(_sentence(one) for one in documents.read_file(path).sequence())


def suggest(
    sentences: Sequence[Sentence],
    place: str,
    common: Mapping[str, Words],
    situations: Sequence[Situation] = (),
) -> list[Suggested]:
    """What can be said at a place in these situations; what does not fit is left out."""
    found = []
    for one in sentences:
        if one.place != place:
            continue
        chosen = _chosen(one, situations)
        words = {
            lang: tuple(
                dict.fromkeys(_filled(words[lang], lang, common, facts) for words, facts in chosen)
            )
            for lang in LANGUAGES
        }
        if chosen:
            found.append(Suggested(one.name, one.about, words))
    return found


def _chosen(
    one: Sentence, situations: Sequence[Situation]
) -> list[tuple[Words, Mapping[str, Words]]]:
    always = [(each.words, _NO_FACTS) for each in one.variants if not each.when]
    for situation in situations:
        suits = (each.words for each in one.variants if each.when and each.suits(situation.name))
        first = next(suits, None)
        if first is not None:
            always.append((first, situation.facts))
    return always


_NO_FACTS: Mapping[str, Words] = {}


def _filled(text: str, lang: str, common: Mapping[str, Words], facts: Mapping[str, Words]) -> str:
    known = {name: words[lang] for name, words in (*common.items(), *facts.items())}
    blank = dict.fromkeys(FACTS, "")
    return " ".join(text.format_map({**blank, **known}).split())


def _sentence(value: Value) -> Sentence:
    fields = value.mapping(required=("name", "place", "about", "say"))
    return Sentence(
        fields["name"].as_text(),
        fields["place"].as_choice(PLACES),
        _words(fields["about"]),
        tuple(_variant(one) for one in fields["say"].sequence()),
    )


def _variant(value: Value) -> Variant:
    fields = value.mapping(required=LANGUAGES, optional=("when",))
    when = fields.get("when")
    words = {lang: fields[lang].as_text() for lang in LANGUAGES}
    named = {lang: _facts(words[lang], fields[lang]) for lang in LANGUAGES}
    if len({frozenset(one) for one in named.values()}) > 1:
        raise bad_input(
            "sentence-facts",
            "the languages of this sentence do not tell the same facts",
            "; ".join(f"{lang}: {', '.join(sorted(one)) or 'none'}" for lang, one in named.items()),
            "fill the same {…} in each of them",
            value.place,
        )
    return Variant("" if when is None else when.as_choice(SITUATIONS), words)


def _words(value: Value) -> Words:
    fields = value.mapping(required=LANGUAGES)
    return {lang: fields[lang].as_text() for lang in LANGUAGES}


def _facts(text: str, value: Value) -> set[str]:
    try:
        named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise value.wrong("a sentence", f"write facts as {{title}} ({error})") from None
    for name in named - set(FACTS):
        raise value.wrong(f"facts among {', '.join(FACTS)}", f"replace {{{name}}}")
    return named
