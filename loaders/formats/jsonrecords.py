"""Records of JSON (RFC 8259) and JSON Lines files (`.jsonl`, `.ndjson`: one value a line)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kamara.config import LoadSettings
from kamara.loaders.decoding import Lines
from kamara.loaders.errors import RecordError, SourceError
from kamara.loaders.formats.jsonpath import Path as Expression
from kamara.loaders.formats.jsonpath import check_characters, compile_path, picker
from kamara.loaders.formats.jsontext import JsonText, NotJson, comparing_decoder, decoder
from kamara.loaders.formats.places import Found, Unpickable, check_size
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord, Value
from kamara.loaders.readings.unfolding import Unfolding

_LINES = (".jsonl", ".ndjson")
_OBJECT = ("an object", "ένα αντικείμενο")
_MALFORMED = ("a line of JSON", "μια γραμμή JSON")
_Pick = Callable[[Any], Value]


def open_json(
    path: Path,
    source: LogicalSource,
    columns: Sequence[str],
    extra: Mapping[str, str],
    limits: LoadSettings,
    *,
    unfold: Unfolding | None = None,
) -> Iterator[RawRecord]:
    """The records that the iterator of `source` finds at `path`, numbered from 1; `unfold` takes each apart.

    Constant memory for iterators of names and wildcards, and in JSON Lines for any. A record with an object
    where a value should be, or a malformed line, is yielded as malformed. Raises SourceError, naming file and
    line, when the file as a whole is not JSON or is too large for its iterator.
    """
    paths = {column: compile_path(column) for column in columns if column not in extra}
    picks = [_picker(column, paths, extra) for column in columns]
    for found in _find(path, source, limits, _decoder(compile_path(source.iterator or "$"), *paths.values())):
        if found.problem:
            yield RawRecord(found.first, found.first, None, found.problem, _MALFORMED)
        elif unfold is None:
            yield _picked(found, columns, picks)
        else:
            yield from _unfolded(found, columns, picks, unfold)


def raw_json(path: Path, source: LogicalSource, wanted: set[int], limits: LoadSettings) -> dict[int, str]:
    """The text of the records with the numbers `wanted`: a second pass."""
    reading = _decoder(compile_path(source.iterator or "$"))
    return {
        found.first: found.text for found in _find(path, source, limits, reading) if found.first in wanted
    }


def _decoder(*paths: Expression) -> json.JSONDecoder:
    """The one that is fast, unless an expression may compare numbers."""
    return decoder() if all(path.steps is not None for path in paths) else comparing_decoder()


def _picker(column: str, paths: Mapping[str, Expression], extra: Mapping[str, str]) -> _Pick:
    if column in extra:
        value = extra[column]
        return lambda _: value
    return picker(paths[column])


def _picked(found: Found, columns: Sequence[str], picks: Sequence[_Pick]) -> RawRecord:
    values: list[Value] = []
    try:
        for pick in picks:
            values.append(pick(found.content))  # noqa: PERF401 - its length tells which column failed
        if "\\u" in found.text:
            check_characters(values)
    except Unpickable as error:
        what = f"{columns[min(len(values), len(columns) - 1)]} is {error}"
        return RawRecord(found.first, found.first, None, what, error.expected)
    return RawRecord(found.first, found.first, tuple(values), "")


def _unfolded(
    found: Found, columns: Sequence[str], picks: Sequence[_Pick], unfold: Unfolding
) -> Iterator[RawRecord]:
    """The record with the values of all that it is taken apart into; none when it is no record."""
    if not isinstance(found.content, dict):
        yield RawRecord(found.first, found.first, None, "not an object", _OBJECT)
        return
    try:
        rows = [_picked(replace(found, content=one), columns, picks) for one in unfold(found.content)]
    except RecordError as error:
        yield RawRecord(found.first, found.first, None, error.what, (error.expected, error.expected_el))
        return
    broken = next((row for row in rows if row.values is None), None)
    if rows:
        yield broken or rows[0]._replace(more=tuple(row.values for row in rows[1:] if row.values is not None))


def _find(
    path: Path, source: LogicalSource, limits: LoadSettings, reading: json.JSONDecoder
) -> Iterator[Found]:
    expression = compile_path(source.iterator or "$")
    if path.suffix.lower() in _LINES:
        return _in_lines(path, source, expression, limits, reading)
    if expression.steps is not None:
        return _streamed(path, source, expression, limits, reading)
    return _whole(path, source, expression, limits, reading)


def _streamed(
    path: Path, source: LogicalSource, expression: Expression, limits: LoadSettings, reading: json.JSONDecoder
) -> Iterator[Found]:
    steps = expression.steps or ()
    if not steps:
        check_size(path, limits.max_whole_bytes, expression.text, "use an iterator of names and [*]")
    limit = limits.max_line_bytes if steps else limits.max_whole_bytes
    text = JsonText(Lines(path, source.dialect.encoding, limit), reading)
    for number, (content, own) in enumerate(text.find(steps), 1):
        yield Found(number, content, own)


def _whole(
    path: Path, source: LogicalSource, expression: Expression, limits: LoadSettings, reading: json.JSONDecoder
) -> Iterator[Found]:
    check_size(path, limits.max_whole_bytes, expression.text, "use an iterator of names and [*]")
    text = JsonText(Lines(path, source.dialect.encoding, limits.max_whole_bytes), reading)
    ((content, _),) = text.find(())
    try:
        found = expression.find(content)
    except RecursionError as error:
        raise SourceError(
            f"nested too deep for {expression.text}", where=str(path), remedy="use names and [*]"
        ) from error
    for number, value in enumerate(found, 1):
        yield Found(number, value, json.dumps(value, ensure_ascii=False))


def _in_lines(
    path: Path, source: LogicalSource, expression: Expression, limits: LoadSettings, reading: json.JSONDecoder
) -> Iterator[Found]:
    lines = Lines(path, source.dialect.encoding, limits.max_line_bytes)
    decode, number, line_number = reading.decode, 0, 0
    for block in lines.blocks():
        for line in block:
            lines.pending_bytes = 0
            line_number += 1
            if not line.strip():
                continue
            try:
                values = expression.find(decode(line))
            except json.JSONDecodeError as error:
                number += 1
                yield Found(number, None, line, f"line {line_number}, character {error.pos + 1}: {error.msg}")
                continue
            except (NotJson, RecursionError) as error:
                number += 1
                what = str(error) if isinstance(error, NotJson) else "nested too deep"
                yield Found(number, None, line, f"line {line_number}: {what}")
                continue
            for value in values:
                number += 1
                yield Found(number, value, line)
