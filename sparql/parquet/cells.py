"""Cells of SPARQL 1.1 TSV taken apart, a column at a time: what type of term each is, and its text.

A type is an IRI of a datatype, `@` and a language tag, or `iri`, `bnode`, `triple`.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from kamara.sparql.terms import XSD

_LITERAL = (
    r'(?s)^"(?P<text>.*)"'
    r"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?$"
)
_ESCAPE = re.compile(r'\\([tnr"\\])')
_UNESCAPED = {"t": "\t", "n": "\n", "r": "\r", '"': '"', "\\": "\\"}


def types(cells: pa.Array) -> pa.Array:
    """The type of each cell; null for one without a value."""
    literal = pc.extract_regex(cells, _LITERAL)
    language, datatype = pc.struct_field(literal, "language"), pc.struct_field(literal, "datatype")
    quoted = pc.if_else(
        pc.not_equal(language, ""),
        pc.binary_join_element_wise("@", language, ""),
        pc.if_else(pc.not_equal(datatype, ""), datatype, XSD + "string"),
    )
    return pc.coalesce(quoted, _bare(cells))


def texts(cells: pa.Array) -> pa.Array:
    """What each cell says: an IRI without its brackets, a literal without quotes and escapes."""
    literal = pc.struct_field(pc.extract_regex(cells, _LITERAL), "text")
    iri = pc.struct_field(pc.extract_regex(cells, r"^<(?P<iri>[^<>]*)>$"), "iri")
    return pc.coalesce(_unescaped(literal), iri, cells)


def _bare(cells: pa.Array) -> pa.Array:
    """The types of cells that stand without quotes."""
    conditions = (
        (pc.starts_with(cells, "<<"), "triple"),
        (pc.starts_with(cells, "<"), "iri"),
        (pc.starts_with(cells, "_:"), "bnode"),
        (pc.is_in(cells, pa.array(["true", "false"])), XSD + "boolean"),
        (pc.match_substring_regex(cells, "[eE]"), XSD + "double"),
        (pc.match_substring(cells, "."), XSD + "decimal"),
        (pc.is_valid(cells), XSD + "integer"),
    )
    chosen = pc.make_struct(*(condition for condition, _ in conditions))
    return pc.case_when(chosen, *(pa.scalar(name) for _, name in conditions))


def _unescaped(values: pa.Array) -> pa.Array:
    """Literals with the escapes of TSV taken back."""
    escaped = pc.fill_null(pc.match_substring(values, "\\"), False)  # noqa: FBT003 - pyarrow's own
    if not pc.any(escaped).as_py():
        return values
    plain = [
        _ESCAPE.sub(lambda found: _UNESCAPED[found[1]], value) for value in values.filter(escaped).to_pylist()
    ]
    return pc.replace_with_mask(values, escaped, pa.array(plain, values.type))
