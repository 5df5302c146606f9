"""Logical sources: where the records of a triples map come from."""

from __future__ import annotations

import codecs
from pathlib import Path

from kamara.loaders.rml.graph import Node
from kamara.loaders.rml.model import LogicalSource
from kamara.loaders.rml.vocabulary import DIALECT, LOGICAL_SOURCE, SOURCE, name
from kamara.loaders.table import Dialect

_SUPPORTED = ("CSV",)


def read_source(triples_map: Node, folder: Path) -> LogicalSource:
    """The logical source of a triples map; `folder` is the mapping's own.

    Raises MappingError when it is missing, or says what Kamara cannot read.
    """
    node = triples_map.required("logicalSource")
    node.allow(LOGICAL_SOURCE)
    formulation = name(node.required("referenceFormulation").text)
    if formulation not in _SUPPORTED:
        node.fail(f"reference formulation {formulation} is not known", f"use {' or '.join(_SUPPORTED)}")
    iterator = node.value("iterator")
    if iterator is not None:
        node.fail("a CSV source has no iterator", "remove it")
    source = node.required("source")
    if source.is_literal:
        return LogicalSource(source.text, formulation, None, Dialect())
    source.allow(SOURCE)
    dialect = source.value("csvw:dialect")
    return LogicalSource(
        _path(source, folder), formulation, None, Dialect() if dialect is None else _read_dialect(dialect)
    )


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
    encoding, header = node.value("csvw:encoding"), node.value("csvw:header")
    if header is not None and header.text not in ("true", "false", "1", "0"):
        node.fail(f"csvw:header {header.text}", "write true or false")
    return Dialect(
        delimiter=_character(node, "csvw:delimiter", default.delimiter),
        quote=_character(node, "csvw:quoteChar", default.quote),
        encoding=default.encoding if encoding is None else _encoding(encoding),
        header=header is None or header.text in ("true", "1"),
    )


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
