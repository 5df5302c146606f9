"""Records of XML files. Nothing outside of the file is ever read, and declared entities are refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NoReturn

from lxml import etree

from kamara.config import LoadSettings
from kamara.loaders.errors import SourceError
from kamara.loaders.formats.places import Found, check_size
from kamara.loaders.formats.xpath import child_axis, compile_xpath, leads_out, picker
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord, Value


def open_xml(
    path: Path, source: LogicalSource, columns: Sequence[str], extra: Mapping[str, str], limits: LoadSettings
) -> Iterator[RawRecord]:
    """The records that the iterator of `source` finds at `path`, numbered from 1.

    Constant memory for iterators such as `/a/b/c` whose references stay inside of the record. Raises
    SourceError, naming file and line, when the file is not well-formed, declares entities or is too large
    for its iterator.
    """
    namespaces = dict(source.namespaces)
    picks = [_picker(column, namespaces, extra) for column in columns]
    inward = not any(leads_out(column) for column in columns if column not in extra)
    for found in _find(path, source, limits, inward=inward):
        values = tuple([pick(found.content) for pick in picks])
        yield RawRecord(found.first, found.first, values, "")


def raw_xml(
    path: Path, source: LogicalSource, wanted: set[int], limits: LoadSettings
) -> Iterator[tuple[int, str]]:
    """The text of the records with the numbers `wanted`, each after its number: a second pass."""
    return (
        (found.first, etree.tostring(found.content, encoding="unicode", with_tail=False))
        for found in _find(path, source, limits, inward=True)
        if found.first in wanted
    )


def _picker(
    column: str, namespaces: Mapping[str, str], extra: Mapping[str, str]
) -> Callable[[etree._Element], Value]:
    if column in extra:
        value = extra[column]
        return lambda _: value
    return picker(column, namespaces)


def _find(path: Path, source: LogicalSource, limits: LoadSettings, *, inward: bool) -> Iterator[Found]:
    iterator, namespaces = source.iterator or "/*", dict(source.namespaces)
    names = child_axis(iterator, namespaces) if inward else ()
    try:
        if names:
            yield from _streamed(path, names, limits)
        else:
            yield from _whole(path, iterator, namespaces, limits)
    except etree.XMLSyntaxError as error:
        raise SourceError(
            f"not well-formed XML: {error.msg}",
            where=str(path),
            remedy="correct the file, or fetch it again",
        ) from error
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="name a file that can"
        ) from error


def _streamed(path: Path, names: tuple[str, ...], limits: LoadSettings) -> Iterator[Found]:
    with path.open("rb") as file:
        counted = _Counted(file, path, limits.max_whole_bytes)
        events = etree.iterparse(
            counted, ("end",), tag=names[-1], resolve_entities=False, no_network=True, remove_comments=True,
            remove_pis=True, huge_tree=False,
        )  # fmt: skip
        number = 0
        for _, element in events:
            if not number:
                _check_doctype(path, element)
            if _is_at(element, names):
                number += 1
                yield Found(number, element, "")
                _forget(element)
                counted.since = 0


def _is_at(element: etree._Element, names: tuple[str, ...]) -> bool:
    for name in reversed(names):
        if element is None or element.tag != name:
            return False
        element = element.getparent()  # type: ignore[assignment]
    return element is None


def _forget(element: etree._Element) -> None:
    """Free a record and all that stands before it."""
    element.clear()
    node: etree._Element | None = element
    while node is not None:
        parent = node.getparent()
        while parent is not None and node.getprevious() is not None:
            del parent[0]
        node = parent


class _Counted:
    """A file that refuses to be read further when no record has come for `limit` bytes."""

    def __init__(self, file: BinaryIO, path: Path, limit: int) -> None:
        self._file = file
        self._path = path
        self._limit = limit
        self.since = 0

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.since += len(block)
        if self.since > self._limit:
            raise SourceError(
                f"{self.since} bytes without a record",
                where=str(self._path),
                remedy="correct the iterator, or raise load.max_whole_bytes",
            )
        return block


def _whole(path: Path, iterator: str, namespaces: Mapping[str, str], limits: LoadSettings) -> Iterator[Found]:
    check_size(path, limits.max_whole_bytes, iterator, "use an iterator such as /a/b")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    # From bytes: lxml says OSError of a file whose bytes are not in its encoding.
    root = etree.fromstring(path.read_bytes(), parser)
    _check_doctype(path, root)
    found = compile_xpath(iterator, namespaces)(root.getroottree())
    elements = found if isinstance(found, list) else []
    for number, element in enumerate((one for one in elements if isinstance(one, etree._Element)), 1):
        yield Found(number, element, "")


def _check_doctype(path: Path, element: etree._Element) -> None:
    doctype = element.getroottree().docinfo.internalDTD
    if doctype is not None and doctype.entities():  # type: ignore[attr-defined] # not in its stubs
        _refuse_entities(path)


def _refuse_entities(path: Path) -> NoReturn:
    raise SourceError(
        "declares entities, which are not read", where=str(path), remedy="write their text instead"
    )
