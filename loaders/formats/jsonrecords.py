"""Records of JSON (RFC 8259) and JSON Lines files (`.jsonl`, `.ndjson`: one value a line)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from kamara.config import LoadSettings
from kamara.loaders.decoding import Lines
from kamara.loaders.errors import RecordError, SourceError
from kamara.loaders.formats.alternatives import compile_alternatives, fitting
from kamara.loaders.formats.jsonparts import flat, parts_picker, view_paths
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

    Constant memory for iterators of names and wildcards, and in JSON Lines for any. Of an iterator with
    alternatives the first is used whose first name the file's object has. A record with an object where a
    value should be, or a malformed line, is yielded as malformed. Raises SourceError, naming file and
    line, when the file as a whole is not JSON or is too large for its iterator.
    """
    views = {view.column: view for view in source.views}
    pick = partial(_picker, extra)
    picks = [parts_picker(views[column], pick) if column in views else pick(column) for column in columns]
    reading = _decoder(source, [column for column in columns if column not in extra and column not in views])
    for found in _File(path, source, limits, reading).find():
        if found.problem:
            yield RawRecord(found.first, found.first, None, found.problem, _MALFORMED)
        elif unfold is None:
            yield _picked(found, columns, picks)
        else:
            yield from _unfolded(found, columns, picks, unfold)


def raw_json(
    path: Path, source: LogicalSource, wanted: set[int], limits: LoadSettings
) -> Iterator[tuple[int, str]]:
    """The text of the records with the numbers `wanted`, each after its number: a second pass."""
    reading = _decoder(source, ())
    records = _File(path, source, limits, reading).find()
    return ((found.first, found.text) for found in records if found.first in wanted)


def _decoder(source: LogicalSource, columns: Iterable[str]) -> json.JSONDecoder:
    """The one that is fast, unless an expression may compare numbers."""
    paths = [*compile_alternatives(source.iterator or "$"), *map(compile_path, columns)]
    paths += [path for view in source.views for path in view_paths(view)]
    return decoder() if all(path.steps is not None for path in paths) else comparing_decoder()


def _picker(extra: Mapping[str, str], column: str) -> _Pick:
    if column in extra:
        value = extra[column]
        return lambda _: value
    return picker(compile_path(column))


def _picked(found: Found, columns: Sequence[str], picks: Sequence[_Pick]) -> RawRecord:
    values: list[Value] = []
    try:
        for pick in picks:
            values.append(pick(found.content))  # noqa: PERF401 - its length tells which column failed
        if "\\u" in found.text:
            check_characters(flat(values))
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


class _File:
    """A file of JSON, searched with the iterator of a source."""

    def __init__(
        self, path: Path, source: LogicalSource, limits: LoadSettings, reading: json.JSONDecoder
    ) -> None:
        self._path = path
        self._alternatives = compile_alternatives(source.iterator or "$")
        self._encoding = source.dialect.encoding
        self._limits = limits
        self._reading = reading

    def find(self) -> Iterator[Found]:
        """What the iterator finds, numbered from 1."""
        if self._path.suffix.lower() in _LINES:
            return self._in_lines()
        if len(self._alternatives) > 1:
            return self._fitting()
        if self._alternatives[0].steps is not None:
            return self._streamed(self._alternatives[0])
        return self._whole()

    def _fitting(self) -> Iterator[Found]:
        """What the first alternative finds; where it finds nothing, the whole file tells which one it is."""
        found = None
        if self._alternatives[0].steps:
            for found in self._streamed(self._alternatives[0]):
                yield found
        if found is None:
            yield from self._whole()

    def _streamed(self, expression: Expression) -> Iterator[Found]:
        steps = expression.steps or ()
        limit = self._limits.max_line_bytes if steps else self._limits.max_whole_bytes
        if not steps:
            self._check_size(expression)
        text = JsonText(Lines(self._path, self._encoding, limit), self._reading)
        for number, (content, own) in enumerate(text.find(steps), 1):
            yield Found(number, content, own)

    def _whole(self) -> Iterator[Found]:
        self._check_size(self._alternatives[-1])
        text = JsonText(Lines(self._path, self._encoding, self._limits.max_whole_bytes), self._reading)
        ((content, _),) = text.find(())
        expression = fitting(self._alternatives, content)
        try:
            found = expression.find(content)
        except RecursionError as error:
            raise SourceError(
                f"nested too deep for {expression.text}", where=str(self._path), remedy="use names and [*]"
            ) from error
        for number, value in enumerate(found, 1):
            yield Found(number, value, json.dumps(value, ensure_ascii=False))

    def _check_size(self, expression: Expression) -> None:
        check_size(
            self._path, self._limits.max_whole_bytes, expression.text, "use an iterator of names and [*]"
        )

    def _in_lines(self) -> Iterator[Found]:
        lines = Lines(self._path, self._encoding, self._limits.max_line_bytes)
        number, line_number = 0, 0
        for block in lines.blocks():
            for line in block:
                lines.pending_bytes = 0
                line_number += 1
                if not line.strip():
                    continue
                try:
                    content = self._reading.decode(line)
                    values = fitting(self._alternatives, content).find(content)
                except json.JSONDecodeError as error:
                    number += 1
                    place = f"line {line_number}, character {error.pos + 1}"
                    yield Found(number, None, line, f"{place}: {error.msg}")
                    continue
                except (NotJson, RecursionError) as error:
                    number += 1
                    what = str(error) if isinstance(error, NotJson) else "nested too deep"
                    yield Found(number, None, line, f"line {line_number}: {what}")
                    continue
                for value in values:
                    number += 1
                    yield Found(number, value, line)
