"""JSON taken apart without changing it: the parts of an object or an array as they are written (RFC 8259)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_SPACE = re.compile(r"[ \t\n\r]*")


def parse(text: str) -> object:
    """The value of a JSON text. Raises ValueError for what is none, NaN and the like among it."""
    try:
        return _decoder().decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def decode(content: bytes) -> str:
    """The text of a JSON file, in UTF-8 with or without a byte order mark. Raises ValueError."""
    return content.decode("utf-8-sig")


def members(text: str) -> dict[str, str]:
    """The members of an object: each name with the text of its value. Raises ValueError for anything else."""
    found: dict[str, str] = {}
    for start, after in _parts(text, "{", "}"):
        if not text.startswith('"', start):
            raise ValueError(f"no name at character {start}")
        name = _decoder().raw_decode(text, start)[0]
        value = _past(text, after, ":")
        found[name] = text[value : _end(text, value)]
    return found


def elements(text: str) -> list[str]:
    """The texts of the elements of an array. Raises ValueError for anything else."""
    return [text[start:after] for start, after in _parts(text, "[", "]")]


def _parts(text: str, opening: str, closing: str) -> Iterator[tuple[int, int]]:
    """Where each element, or the name of each member, begins and ends."""
    place = _past(text, 0, opening)
    if text.startswith(closing, place):
        return _check_end(text, place + 1)
    while True:
        after = _end(text, place)
        yield place, after
        if opening == "{":
            after = _end(text, _past(text, after, ":"))
        after = _skip(text, after)
        if text.startswith(closing, after):
            return _check_end(text, after + 1)
        place = _past(text, after, ",")


def _end(text: str, place: int) -> int:
    try:
        return _decoder().raw_decode(text, place)[1]
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _past(text: str, place: int, sign: str) -> int:
    place = _skip(text, place)
    if not text.startswith(sign, place):
        raise ValueError(f"no {sign!r} at character {place}")
    return _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _check_end(text: str, place: int) -> None:
    if _skip(text, place) != len(text):
        raise ValueError(f"more after the end, at character {place}")


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
