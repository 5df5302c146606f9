"""Parts of a JSON record as rows: the members of its arrays, each with what belongs to it (RML-LV)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

import jsonpath

from kamara.loaders.formats.jsonpath import WILDCARD, Path, Step, compile_path, picker
from kamara.loaders.formats.places import Unpickable
from kamara.loaders.logicalsource import Field, View
from kamara.loaders.rawrecord import Value

_NUMBER, _PATH, _NAME = "#", "#path", "#name"
_OF_PLACE = frozenset({_NUMBER, _PATH, _NAME})
_SHALLOW = ("a record that is not nested so deep", "εγγραφή χωρίς τόσο βάθος")
_Place = tuple[str | int, ...]
_Located = list[tuple[_Place, Any]]
_Pick = Callable[[Any], Value]


def view_paths(view: View) -> list[Path]:
    """The expressions of a view. Raises MappingError for one that is not JSONPath."""
    references = [field.reference for field in view.fields if field.reference not in _OF_PLACE]
    return [compile_path(text) for text in (view.iterator, *references)]


def flat(values: Iterable[Any]) -> Iterator[str]:
    """All texts in values and in the rows of views."""
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            yield from flat(value)


def parts_picker(view: View, of_record: Callable[[str], _Pick]) -> _Pick:
    """What takes the rows of `view` from a record: a tuple of rows, each with the values of its fields.

    `of_record` gives what takes a reference's value from the record. What is returned raises Unpickable for
    an object or an array where a value should be.
    """
    locate = _locator(compile_path(view.iterator))
    picks = [_picker(field, of_record) for field in view.fields]

    def picked(record: Any) -> Value:
        try:
            located = locate(record)
        except RecursionError as error:
            raise Unpickable("nested too deep for this view", _SHALLOW) from error
        rows = (
            tuple(pick(record, number, place, part) for pick in picks)
            for number, (place, part) in enumerate(located)
        )
        # A column of rows goes the way of a column of values: only the compiled view looks into it.
        return cast(Value, tuple(rows))

    return picked


def _picker(field: Field, of_record: Callable[[str], _Pick]) -> Callable[[Any, int, _Place, Any], Value]:
    if not field.of_part:
        of_whole = of_record(field.reference)
        return lambda record, number, place, part: of_whole(record)
    if field.reference == _NUMBER:
        return lambda record, number, place, part: str(number)
    if field.reference == _PATH:
        return lambda record, number, place, part: ".".join(map(str, place))
    if field.reference == _NAME:
        return lambda record, number, place, part: next(
            (key for key in reversed(place) if isinstance(key, str)), ""
        )
    take = picker(compile_path(field.reference))
    return lambda record, number, place, part: take(part)


def _locator(path: Path) -> Callable[[Any], _Located]:
    """What gives each value at `path` with the names and numbers that lead to it."""
    if path.steps is not None:
        steps = path.steps
        return lambda record: _walk(steps, record)
    compiled = jsonpath.compile(path.text, strict=True)
    return lambda record: [(tuple(match.parts), match.obj) for match in compiled.finditer(record)]


def _walk(steps: Iterable[Step], record: Any) -> _Located:
    found: _Located = [((), record)]
    for step in steps:
        found = [((*place, key), member) for place, value in found for key, member in _members(value, step)]
    return found


def _members(value: Any, step: Step) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        if step is WILDCARD:
            return value.items()
        return [(str(step), value[step])] if step in value else ()
    return enumerate(value) if step is WILDCARD and isinstance(value, list) else ()
