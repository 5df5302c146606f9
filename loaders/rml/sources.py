"""Logical sources: where the records of a triples map come from."""

from __future__ import annotations

import codecs
from pathlib import Path

from kamara.loaders.formats.workbook import SUFFIXES
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rml.graph import Node
from kamara.loaders.rml.vocabulary import (
    COLUMN,
    DIALECT,
    FORMULATION,
    LOGICAL_SOURCE,
    NAMESPACE,
    SCHEMA,
    SOURCE,
    name,
)
from kamara.loaders.table import Dialect

_SUPPORTED = ("CSV", "JSONPath", "XPath")
_ENCODINGS = {"UTF-8": "utf-8", "UTF-16": "utf-16"}


def read_source(triples_map: Node, folder: Path) -> LogicalSource:
    """The logical source of a triples map; `folder` is the mapping's own.

    Raises MappingError when it is missing, or says what Kamara cannot read.
    """
    node = triples_map.required("logicalSource")
    if node.value("viewOn"):
        node = node.required("viewOn")
    node.allow(LOGICAL_SOURCE)
    formulation, namespaces = _formulation(node.required("referenceFormulation"))
    source, iterator = node.required("source"), node.value("iterator")
    path, dialect = source.text, Dialect()
    separators: tuple[tuple[str, str], ...] = ()
    if not source.is_literal:
        source.allow(SOURCE)
        path, dialect, separators = _path(source, folder), _dialect(source), _separators(source)
    if iterator is not None and formulation == "CSV" and not path.lower().endswith(SUFFIXES):
        node.fail("a CSV source has no iterator", "remove it")
    return LogicalSource(
        path,
        formulation,
        iterator.text if iterator else None,
        dialect,
        namespaces,
        typed=formulation == "JSONPath" and triples_map.modern,
        separators=separators,
    )


def _formulation(node: Node) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The reference formulation, and the namespaces of its prefixes (RML-IO, XPath)."""
    formulation = name(node.text)
    if node.values("namespace"):
        formulation = "XPath"
    if formulation not in _SUPPORTED:
        node.fail(f"reference formulation {formulation} is not known", f"use {' or '.join(_SUPPORTED)}")
    node.allow(FORMULATION)
    return formulation, tuple(_namespace(value) for value in node.values("namespace"))


def _namespace(node: Node) -> tuple[str, str]:
    node.allow(NAMESPACE)
    return node.required("namespacePrefix").text, node.required("namespaceURL").text


def _dialect(source: Node) -> Dialect:
    dialect, encoding = source.value("csvw:dialect"), source.value("encoding")
    if dialect is not None:
        return _read_dialect(dialect)
    if encoding is None:
        return Dialect()
    if name(encoding.text) not in _ENCODINGS:
        source.fail(f"encoding {name(encoding.text)} is not known", "use rml:UTF-8 or rml:UTF-16")
    return Dialect(encoding=_ENCODINGS[name(encoding.text)])


def _separators(source: Node) -> tuple[tuple[str, str], ...]:
    schema = source.value("csvw:tableSchema")
    if schema is None:
        return ()
    schema.allow(SCHEMA)
    columns = schema.values("csvw:column")
    for column in columns:
        column.allow(COLUMN)
    return tuple((c.required("csvw:name").text, c.required("csvw:separator").text) for c in columns)


def _path(source: Node, folder: Path) -> str:
    path = source.required("path", "csvw:url").text
    root = source.value("root")
    if root is None or name(root.text) == "CurrentWorkingDirectory":
        return path
    if name(root.text) == "MappingDirectory":
        return str(folder / path)
    if not root.is_literal:
        root.fail(f"root {root.text} is not known", "use rml:MappingDirectory or rml:CurrentWorkingDirectory")
    return str(Path(root.text) / path)


def _read_dialect(node: Node) -> Dialect:
    node.allow(DIALECT)
    default = Dialect()
    encoding, skipped = node.value("csvw:encoding"), node.value("csvw:skipRows")
    if skipped is not None and not skipped.text.isdecimal():
        node.fail(f"csvw:skipRows {skipped.text}", "write a number of rows")
    return Dialect(
        delimiter=_character(node, "csvw:delimiter", default.delimiter),
        quote=_character(node, "csvw:quoteChar", default.quote),
        encoding=default.encoding if encoding is None else _encoding(encoding),
        header=_flag(node, "csvw:header"),
        skip_rows=int(skipped.text) if skipped else 0,
        until_blank=not _flag(node, "csvw:skipBlankRows"),
    )


def _flag(node: Node, key: str) -> bool:
    """The truth value of a property; true when it is not said."""
    value = node.value(key)
    if value is not None and value.text not in ("true", "false", "1", "0"):
        node.fail(f"{key} {value.text}", "write true or false")
    return value is None or value.text in ("true", "1")


def _character(node: Node, key: str, default: str) -> str:
    value = node.value(key)
    if value is None:
        return default
    if len(value.text) != 1 or value.text in "\r\n\0 ":
        node.fail(f"{key} {value.text!r}", "write one character")
    return value.text


def _encoding(node: Node) -> str:
    try:
        text = codecs.getincrementaldecoder(node.text)().decode(b"")
    except (LookupError, TypeError, ValueError):
        text = None
    if not isinstance(text, str):
        node.fail(f"encoding {node.text} is not known", "use utf-8, utf-16, windows-1253...")
    return node.text
