"""JSONPath (RFC 9535): expressions of names and wildcards are done here, others by python-jsonpath.

A reference without `$` is a path from the record: `name`, `place.lat`, `Country Code`. `json(PATH)` is the
JSON text of what is there, be it an object or an array.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jsonpath

from kamara.loaders.errors import MappingError
from kamara.loaders.formats.places import Unpickable
from kamara.loaders.formats.values import (
    FALSE,
    TRUE,
    ComparableDouble,
    ComparableInteger,
    Double,
    Integer,
    json_text,
)
from kamara.loaders.rawrecord import Value

WILDCARD = object()
Step = str | object

_STEP = re.compile(
    r"""\.(?P<dot>[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*)
    |\['(?P<single>[^'\\]*)'\]|\["(?P<double>[^"\\]*)"\]
    |(?P<wildcard>\.\*|\[\*\])""",
    re.VERBOSE,
)
_JSON = re.compile(r"json\((?P<path>.+)\)")
_BARE = re.compile(r"[^$@\[\].*\s](?:[^\[\].*]*[^\[\].*\s])?(?:\.[^\[\].*\s](?:[^\[\].*]*[^\[\].*\s])?)*")
_SINGLE = (
    "a text, a number or a truth value; take the members of an array with [*]",
    "κείμενο, αριθμός ή λογική τιμή· τα μέλη ενός πίνακα με [*]",
)
_SURROGATE = ("a text without half characters", "κείμενο χωρίς μισούς χαρακτήρες")


@dataclass(frozen=True)
class Path:
    """A compiled expression. `steps` are its names and wildcards, or None when it has others.

    `as_json`: what is wanted of a value is its JSON text.
    """

    text: str
    steps: tuple[Step, ...] | None
    find: Callable[[Any], list[Any]]
    as_json: bool = False


def compile_path(text: str) -> Path:
    """Compile an expression, also `json(PATH)`. Raises MappingError when it is not JSONPath."""
    wrapped = _JSON.fullmatch(text)
    return replace(_compile(wrapped["path"]), text=text, as_json=True) if wrapped else _compile(text)


def _compile(text: str) -> Path:
    steps = _steps(text)
    if steps is not None:
        return Path(text, steps, partial(_walk, steps))
    try:
        compiled = jsonpath.compile(text if text.startswith("$") else f"$.{text}", strict=True)
    except (jsonpath.JSONPathError, ValueError) as error:
        first = str(error).splitlines()[0]
        raise MappingError(f"{text} is not JSONPath: {first}", remedy="see RFC 9535") from error
    return Path(text, None, compiled.findall)


def _steps(text: str) -> tuple[Step, ...] | None:
    if not text.startswith("$"):
        return tuple(text.split(".")) if _BARE.fullmatch(text) else None
    steps: list[Step] = []
    at = 1
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return None
        name = next((match[kind] for kind in ("dot", "single", "double") if match[kind] is not None), None)
        steps.append(WILDCARD if name is None else name)
        at = match.end()
    return tuple(steps)


def _walk(steps: Iterable[Step], content: Any) -> list[Any]:
    found = [content]
    for step in steps:
        found = [member for value in found for member in _members(value, step)]
    return found


def _members(value: Any, step: Step) -> list[Any]:
    if isinstance(value, dict):
        if step is WILDCARD:
            return list(value.values())
        return [value[step]] if step in value else []
    return value if step is WILDCARD and isinstance(value, list) else []


def picker(path: Path) -> Callable[[Any], Value]:
    """What takes the value of a reference from a record: a text, several, or empty for null.

    It raises Unpickable for an object or an array, unless its JSON text is wanted.
    """
    if path.as_json:
        return partial(_texts, path.find)
    if path.steps is None or WILDCARD in path.steps:
        return partial(_several, path.find)
    if len(path.steps) == 1:
        return partial(_member, path.steps[0])
    return partial(_single, path.find)


def _member(name: Step, record: Any) -> Value:
    value = record.get(name) if type(record) is dict else None
    return value if type(value) is str else _atom(value)


def _single(find: Callable[[Any], list[Any]], record: Any) -> Value:
    found = find(record)
    return _atom(found[0]) if found else ""


def _texts(find: Callable[[Any], list[Any]], record: Any) -> Value:
    try:
        found = tuple(json_text(value) for value in find(record) if value is not None)
    except RecursionError as error:
        raise Unpickable("nested too deep for this path", _SINGLE) from error
    return found if len(found) > 1 else found[0] if found else ""


def _several(find: Callable[[Any], list[Any]], record: Any) -> Value:
    try:
        found = tuple(atom for value in find(record) if (atom := _atom(value)))
    except RecursionError as error:
        raise Unpickable("nested too deep for this path", _SINGLE) from error
    return found if len(found) > 1 else found[0] if found else ""


def _atom(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return TRUE if value else FALSE
    if isinstance(value, ComparableInteger | ComparableDouble):
        return value.text
    if isinstance(value, int | float):  # what a function such as length() gives
        return Integer(value) if isinstance(value, int) else Double(value)
    raise Unpickable("an array" if isinstance(value, list) else "an object", _SINGLE)


def check_characters(values: Iterable[Value]) -> None:
    """Raise Unpickable when a text holds half a character (a lone surrogate), which no file can hold."""
    try:
        for value in values:
            "".join(value).encode()
    except UnicodeEncodeError as error:
        raise Unpickable("half a character", _SURROGATE) from error
