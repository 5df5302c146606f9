"""Iterators of JSON with alternatives: files of one source that are shaped in several ways."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from kamara.loaders.formats.jsonpath import Path, compile_path

_OR = " | "
_FIRST_NAME = re.compile(
    r"""\$(?:\.(?P<dot>[\w\u0080-\U0010ffff]+)|\['(?P<single>[^']*)'\]|\["(?P<double>[^"]*)"\])"""
)


def compile_alternatives(text: str) -> tuple[Path, ...]:
    """Compile an iterator: expressions with ` | ` between them, of which `fitting` chooses one.

    Raises MappingError when one is not JSONPath.
    """
    return tuple(compile_path(one) for one in text.split(_OR))


def fitting(alternatives: Sequence[Path], content: Any) -> Path:
    """The first expression whose first name `content` has, or which begins with none; else the last."""
    for path in alternatives:
        match = _FIRST_NAME.match(path.text)
        name = match and (match["dot"] or match["single"] or match["double"])
        if name is None or (isinstance(content, dict) and name in content):
            return path
    return alternatives[-1]
