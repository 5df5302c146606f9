"""Templates: text with references in braces (RML-Core, templates)."""

from __future__ import annotations

import re

from kamara.loaders.rml.model import Reference, Template

_TOKEN = re.compile(
    r"\\(?P<escaped>[\\{}])|\{(?P<reference>(?:\\[\\{}]|[^\\{}]|\\(?![\\{}]))+)\}|(?P<brace>[{}])"
)


def read_template(text: str) -> Template:
    """Take a template apart; `\\{`, `\\}` and `\\\\` stand for themselves.

    Raises ValueError when a brace has no partner or a reference is empty.
    """
    parts: list[str | Reference] = []
    end = 0
    for token in _TOKEN.finditer(text):
        if token["brace"]:
            raise ValueError(
                f"the brace at character {token.start() + 1} has no partner, or nothing stands in it"
            )
        parts.append(text[end : token.start()])
        end = token.end()
        parts.append(token["escaped"] or Reference(re.sub(r"\\([\\{}])", r"\1", token["reference"])))
    parts.append(text[end:])
    return Template(tuple(_merged(parts)))


def _merged(parts: list[str | Reference]) -> list[str | Reference]:
    merged: list[str | Reference] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part:
            merged.append(part)
    return merged
