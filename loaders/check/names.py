"""The names in a SPARQL query: IRIs and prefixed names, outside of strings and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# SPARQL 1.1, section 19.8: what may hide a name comes first.
_TOKEN = re.compile(
    r"""
    (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3}
        | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
  | <(?P<iri>[^<>"{}|^`\\\x00-\x20]*)>
  | (?P<comment>\#[^\n\r]*)
  | (?P<declared>\bprefix\s+(?P<label>[^\s:<>]*):\s*<(?P<namespace>[^<>\s]*)>)
  | (?P<variable>[?$]\w+)
  | (?P<prefix>[^\W\d_][\w.-]*)?:(?P<local>(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*)?
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Name:
    """An IRI in a query, the line that it stands in (from 1), and whether it was written with a prefix."""

    iri: str
    line: int
    prefixed: bool


def names(query: str) -> Iterator[Name]:
    """The names in `query`, which must be valid SPARQL, in their order."""
    namespaces: dict[str, str] = {}
    for match in _TOKEN.finditer(query):
        line = query.count("\n", 0, match.start()) + 1
        if match["declared"]:
            namespaces[match["label"]] = match["namespace"]
        elif match["iri"] is not None:
            yield Name(match["iri"], line, prefixed=False)
        elif ":" in match.group() and match["string"] is None and match["comment"] is None:
            local = re.sub(r"\\(.)", r"\1", (match["local"] or "").rstrip("."))
            yield Name(namespaces.get(match["prefix"] or "", "") + local, line, prefixed=True)
