"""Reading: blocks of raw columns become typed rows of a snapshot, and a list of what is wrong.

A column is read by its distinct texts, each parsed once, or as a whole where Arrow reads the same
texts as the same values; nothing is done row by row for rows that are right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ristoro.edges.directories.contract import Block, Fault
from ristoro.estate import values
from ristoro.estate.columns import SNAPSHOT
from ristoro.estate.contradictions import contradictions
from ristoro.estate.freeze import LINE, NUMBERED, buckets_of
from ristoro.estate.mapping import PRICES, Mapping, Rule
from ristoro.estate.values import Parse, Unfit
from ristoro.kernel import clock
from ristoro.kernel.errors import Place, bad_input

MOST_REMEMBERED = 50_000
"""Distinct texts of a column whose values are kept from block to block."""

Truths = npt.NDArray[np.bool_]

_BOUNDS = {
    "mailbox_id": (1, values.MOST_ID),
    "price_minor": (0, values.MOST_MINOR),
    "before_price_minor": (0, values.MOST_MINOR),
    "billing_months": (0, values.MOST_MONTHS),
    "before_billing_months": (0, values.MOST_MONTHS),
    "storage_bytes": (0, values.MOST_BYTES),
    "used_bytes": (0, values.MOST_BYTES),
    "before_storage_bytes": (0, values.MOST_BYTES),
    "ways": (0, 63),
}
_NAMES = ("brand", "store", "holder_id", "plan", "before_plan")
_MISSING = Unfit("missing", "this must not be empty", "fill it in, or give `missing:` in a mapping")


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of a block that are right, in the schema ``NUMBERED``, and what is wrong."""

    rows: pa.RecordBatch
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A column's values, null where a text is wrong, and the texts that are, by position."""

    values: pa.Array
    unfit: dict[int, Unfit]


class Reader:
    """Reads the blocks of one directory by its mapping."""

    def __init__(self, mapping: Mapping, as_of: datetime) -> None:
        """``BadInput`` where a constant of the mapping is no value of its column."""
        self._as_of = as_of
        self._rules = mapping.rules
        self._zone = mapping.zone
        parsers = values.parsers(mapping.zone)
        self._columns: dict[str, _Column] = {}
        # an amount is read after its currency
        for target in sorted(mapping.rules, key=lambda target: target in PRICES):
            rule = mapping.rules[target]
            fast = _fast_reader(target, mapping) if rule.plain else None
            self._columns[target] = _Column(target, rule, parsers[target], fast)
        self._derive_ids = "mailbox_id" not in mapping.rules

    def read(self, block: Block) -> Checked:
        """Read and check the rows of one block."""
        count = block.rows.num_rows
        if not count:
            return Checked(pa.RecordBatch.from_pylist([], NUMBERED), block.faults)
        typed: dict[str, pa.Array] = {}
        bad = np.zeros(count, dtype=np.bool_)
        found: list[tuple[int, str, Unfit]] = []
        for target, column in self._columns.items():
            read = column.read(block.rows, typed)
            typed[PRICES.get(target, target)] = read.values
            for position, unfit in read.unfit.items():
                found.append((position, target, unfit))
                bad[position] = True
        for field in NUMBERED:
            if field.name not in typed and field.name not in ("mailbox_id", "bucket", LINE):
                typed[field.name] = pa.nulls(count, field.type)
        for mask, target, unfit in contradictions(typed, self._as_of):
            for position in np.flatnonzero(mask & ~bad).tolist():
                found.append((position, target, unfit))
        for position, _, _ in found:
            bad[position] = True
        faults = (*block.faults, *(self._fault(block, *each) for each in found))
        ordered = tuple(sorted(faults, key=lambda fault: fault.line))
        return Checked(self._assemble(typed, block.lines, ~bad), ordered)

    def _assemble(
        self, typed: dict[str, pa.Array], lines: npt.NDArray[np.int64], good: Truths
    ) -> pa.RecordBatch:
        typed[LINE] = pa.array(lines)
        if self._derive_ids:
            typed["mailbox_id"] = derived_ids(typed["address"])
        # rows that are wrong may lack an id, and fall out below
        ids = pc.fill_null(typed["mailbox_id"], 0).to_numpy()
        typed["bucket"] = pa.array(buckets_of(ids))
        arrays = [typed[field.name] for field in NUMBERED]
        if good.all():
            return pa.RecordBatch.from_arrays(arrays, schema=NUMBERED)
        mask = pa.array(good)
        return pa.RecordBatch.from_arrays([array.filter(mask) for array in arrays], schema=NUMBERED)

    def _fault(self, block: Block, position: int, target: str, unfit: Unfit) -> Fault:
        rule = self._rules.get(target)
        source = rule.source if rule else None
        value = block.rows.column(source)[position].as_py() if source else None
        reason = unfit.reason if source in (None, target) else f"{target}: {unfit.reason}"
        return Fault(
            line=int(block.lines[position]),
            field=source or target,
            value="" if value is None else str(value),
            code=unfit.code,
            reason=reason,
            todo=unfit.todo,
        )


class _Column:
    """How one target is read from a block."""

    def __init__(
        self, target: str, rule: Rule, parse: Parse, fast: Callable[[pa.Array], pa.Array] | None
    ) -> None:
        stored = SNAPSHOT.field(PRICES.get(target, target))
        self._target, self._rule, self._parse, self._fast = target, rule, parse, fast
        self._type, self._required = stored.type, not stored.nullable
        self._known: dict[str, object] = {}
        self._constant: pa.Scalar | None = None
        if rule.constant is not None and target not in PRICES:
            self._constant = pa.scalar(self._checked_constant(rule.constant), self._type)

    def _checked_constant(self, text: str) -> object:
        try:
            return self._parse(text)
        except Unfit as unfit:
            raise bad_input(
                unfit.code,
                f"every mailbox would have {text!r}",
                unfit.reason,
                unfit.todo,
                Place("mapping", field=self._target),
            ) from unfit

    def read(self, rows: pa.RecordBatch, typed: dict[str, pa.Array]) -> _Read:
        if self._constant is not None:
            return _Read(pa.repeat(self._constant, rows.num_rows), {})
        raw = rows.column(self._rule.source) if self._rule.source else None
        if self._fast is not None and raw is not None:
            try:
                found = self._fast(raw)
            except _NotPlain:
                pass
            else:
                return self._with_missing(found, {})
        if raw is None:
            texts = pa.repeat(pa.scalar(self._rule.constant), rows.num_rows)
        else:
            texts = self._as_texts(raw)
        if self._rule.missing is not None:
            texts = pc.fill_null(texts, self._rule.missing)
        if self._target in PRICES:
            texts = pc.binary_join_element_wise(typed["currency"].cast(pa.string()), texts, " ")
        return self._with_missing(*self._by_distinct(texts))

    def _as_texts(self, raw: pa.Array) -> pa.Array:
        try:
            return raw if pa.types.is_string(raw.type) else raw.cast(pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise bad_input(
                "column-type",
                f"a column of {raw.type} cannot be read as {self._target}",
                str(error),
                "export it as text, a number or a timestamp",
                Place("mapping", field=self._rule.source),
            ) from error

    def _by_distinct(self, texts: pa.Array) -> tuple[pa.Array, dict[int, Unfit]]:
        encoded = texts.dictionary_encode()
        results = [self._value(text) for text in encoded.dictionary.to_pylist()]
        wrong = np.array([isinstance(result, Unfit) for result in results], dtype=np.bool_)
        fit = pa.array([None if isinstance(r, Unfit) else r for r in results], _parsed(self._type))
        found = fit.cast(self._type).take(encoded.indices)
        if not wrong.any():
            return found, {}
        codes = pc.fill_null(encoded.indices, len(results)).to_numpy()
        positions = np.flatnonzero(np.append(wrong, False)[codes])
        unfit = {int(position): results[codes[position]] for position in positions}
        return found, unfit

    def _value(self, text: str) -> object:
        """The value of a text, ``None`` for an empty one, or the ``Unfit`` itself."""
        if text not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            try:
                self._known[text] = self._translated(text)
            except Unfit as unfit:
                self._known[text] = unfit
        return self._known[text]

    def _translated(self, text: str) -> object:
        rule = self._rule
        if not text.strip():
            return None if rule.missing is None else self._parse(rule.missing)
        if rule.values and text.strip() in rule.values:
            text = rule.values[text.strip()]
        elif rule.otherwise is not None:
            text = rule.otherwise
        elif rule.values:
            raise Unfit(
                "untranslated",
                f"`values:` of the mapping names {', '.join(rule.values)}",
                "add it there, or give `otherwise:`",
            )
        value = self._parse(text)
        if rule.times == 1 or not isinstance(value, int):
            return value
        return values.within(value * rule.times, 0, values.MOST_BYTES)

    def _with_missing(self, found: pa.Array, unfit: dict[int, Unfit]) -> _Read:
        if self._required and found.null_count:
            for position in np.flatnonzero(found.is_null().to_numpy(zero_copy_only=False)):
                unfit.setdefault(int(position), _MISSING)
        return _Read(found, unfit)


def _parsed(stored: pa.DataType) -> pa.DataType:
    """The type of what a parser returns: instants come as whole microseconds."""
    return pa.int64() if pa.types.is_timestamp(stored) else stored


# Whole columns


class _NotPlain(Exception):
    """Something in the column is not as most are: its texts are read one by one instead."""


def _fast_reader(target: str, mapping: Mapping) -> Callable[[pa.Array], pa.Array] | None:
    if mapping.rules[target].missing is not None:
        return None
    if target == "address":
        return _addresses
    if target in _NAMES:
        return _names
    if target in _BOUNDS:
        least, most = _BOUNDS[target]
        only_typed = target == "ways"
        return lambda raw: _wholes(raw, least, most, only_typed=only_typed)
    if pa.types.is_timestamp(SNAPSHOT.field(PRICES.get(target, target)).type):
        zone = mapping.zone.key if mapping.zone else None
        return lambda raw: _instants(raw, zone)
    if pa.types.is_date(SNAPSHOT.field(PRICES.get(target, target)).type):
        return _typed_days
    return None


def _addresses(raw: pa.Array) -> pa.Array:
    if not pa.types.is_string(raw.type):
        raise _NotPlain
    lower = pc.ascii_lower(raw)
    fine = pc.match_substring_regex(lower, values.ADDRESS)
    at = pc.max(pc.find_substring(lower, "@")).as_py() or 0
    longest = pc.max(pc.binary_length(lower)).as_py() or 0
    if at > values.MOST_LOCAL or longest > values.MOST_ADDRESS or not _all(fine):
        raise _NotPlain
    return lower


def _wholes(raw: pa.Array, least: int, most: int, *, only_typed: bool) -> pa.Array:
    if pa.types.is_integer(raw.type):
        try:
            numbers = raw.cast(pa.int64())
        except pa.ArrowInvalid as error:
            raise _NotPlain from error
    elif pa.types.is_string(raw.type) and not only_typed and _only_digits(raw):
        try:
            numbers = raw.cast(pa.int64())
        except pa.ArrowInvalid as error:  # a text that is empty and not null
            raise _NotPlain from error
    else:
        raise _NotPlain
    bounds = pc.min_max(numbers).as_py()
    if bounds["min"] is not None and not least <= bounds["min"] <= bounds["max"] <= most:
        raise _NotPlain
    return numbers


def _only_digits(texts: pa.Array) -> bool:
    """Whether all texts are of the digits 0 to 9 and short enough for any int64."""
    codes, lengths = _codes(texts)
    return bool((codes - np.uint8(ord("0")) <= 9).all() and (lengths <= 18).all())


def _names(raw: pa.Array) -> pa.Array:
    if not pa.types.is_string(raw.type):
        raise _NotPlain
    codes, lengths = _codes(raw)
    empty = np.count_nonzero(lengths == 0) > raw.null_count
    if empty or not (codes - np.uint8(0x21) <= 0x7E - 0x21).all():
        raise _NotPlain
    if not (lengths <= values.MOST_TEXT).all():
        raise _NotPlain
    return raw


def _codes(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """The bytes of all texts, one after the other, and the length of each; null has none."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(0, dtype=np.uint8), np.zeros(len(texts), dtype=np.int32)
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, dtype=np.uint8)[ends[0] : ends[-1]], np.diff(ends)


def _instants(raw: pa.Array, zone: str | None) -> pa.Array:
    utc = pa.timestamp("us", tz="UTC")
    try:
        if pa.types.is_timestamp(raw.type):
            moments = raw if raw.type.tz else pc.assume_timezone(raw, zone or "UTC")
            moments = moments.cast(utc)
        elif pa.types.is_string(raw.type):
            moments = _texts_as_instants(raw, zone)
        else:
            raise _NotPlain
    except pa.ArrowInvalid as error:
        raise _NotPlain from error
    numbers = moments.cast(pa.int64())
    bounds = pc.min_max(numbers).as_py()
    first, last = clock.micros(values.FIRST), clock.micros(values.LAST)
    if bounds["min"] is not None and not first <= bounds["min"] <= bounds["max"] < last:
        raise _NotPlain
    return numbers.cast(pa.timestamp("us"))


def _texts_as_instants(raw: pa.Array, zone: str | None) -> pa.Array:
    utc = pa.timestamp("us", tz="UTC")
    if zone is None:
        return raw.cast(utc)
    try:
        local = raw.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return raw.cast(utc)
    return pc.assume_timezone(local, zone, ambiguous="raise", nonexistent="raise").cast(utc)


def _typed_days(raw: pa.Array) -> pa.Array:
    if raw.type != pa.date32():
        raise _NotPlain
    bounds = pc.min_max(raw).as_py()
    first, last = values.FIRST.date(), values.LAST.date()
    if bounds["min"] is not None and not first <= bounds["min"] <= bounds["max"] < last:
        raise _NotPlain
    return raw


def _all(truths: pa.Array) -> bool:
    """Whether none is false; null is neither."""
    return pc.all(truths, min_count=0).as_py() is not False


def derived_ids(addresses: pa.Array) -> pa.Array:
    """``keys.mailbox_id_of`` of each address, null where there is none."""
    sha256 = hashlib.sha256
    ids: Iterable[int | None] = (
        None if text is None else int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 4
        for text in _texts(addresses)
    )
    return pa.array(ids, pa.int64(), size=len(addresses))


def _texts(column: pa.Array) -> Iterator[str | None]:
    yield from column.to_pylist()
