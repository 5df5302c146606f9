"""One contract over all formats: from a file and a logical source to raw records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kamara.config import LoadSettings
from kamara.loaders import table
from kamara.loaders.formats.alternatives import compile_alternatives
from kamara.loaders.formats.jsonparts import view_paths
from kamara.loaders.formats.jsonpath import compile_path
from kamara.loaders.formats.jsonrecords import open_json, raw_json
from kamara.loaders.formats.sheet import open_sheet
from kamara.loaders.formats.workbook import SUFFIXES, open_workbook, raw_workbook
from kamara.loaders.formats.xmlrecords import open_xml, raw_xml
from kamara.loaders.formats.xpath import compile_xpath
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord
from kamara.loaders.readings.unfolding import Unfolding
from kamara.loaders.separators import separated


def open_records(
    path: Path,
    source: LogicalSource,
    columns: Sequence[str],
    extra: Mapping[str, str],
    limits: LoadSettings,
    *,
    unfold: Unfolding | None = None,
) -> Iterator[RawRecord]:
    """The records that `source` describes in the file at `path`, with the values of `columns`.

    `extra` gives values that are the same in each record; `unfold` takes a record of JSON or of a table
    apart. Raises SourceError, naming file and place, when the file as a whole cannot be used.
    """
    if source.formulation == "JSONPath":
        return open_json(path, source, columns, extra, limits, unfold=unfold)
    if source.formulation == "XPath":
        return open_xml(path, source, columns, extra, limits)
    if path.suffix.lower() in SUFFIXES:
        return separated(open_workbook(path, source, columns, extra, limits), source, columns)
    dialect, most = source.dialect, limits.max_line_bytes
    if unfold or dialect.skip_rows or dialect.until_blank:
        return separated(open_sheet(path, dialect, columns, extra, most, unfold=unfold), source, columns)
    rows = table.open_table(path, dialect, columns, extra, most)
    return separated(rows, source, columns)


def raw_records(
    path: Path, source: LogicalSource, first_lines: set[int], limits: LoadSettings
) -> Iterator[tuple[int, str]]:
    """The text of the records whose `first_line` is one of `first_lines`, each after that line, in order.

    A second pass over the file.
    """
    if source.formulation == "JSONPath":
        return raw_json(path, source, first_lines, limits)
    if source.formulation == "XPath":
        return raw_xml(path, source, first_lines, limits)
    if path.suffix.lower() in SUFFIXES:
        return raw_workbook(path, source, first_lines, limits)
    return table.raw_records(path, source.dialect, first_lines)


def check_expressions(source: LogicalSource, columns: Sequence[str]) -> None:
    """Raise MappingError when the iterator or a reference is not in the source's language."""
    if source.formulation == "JSONPath":
        compile_alternatives(source.iterator or "$")
        for view in source.views:
            view_paths(view)
        for text in columns:
            compile_path(text)
    elif source.formulation == "XPath":
        for text in (source.iterator or "/*", *columns):
            compile_xpath(text, dict(source.namespaces))
