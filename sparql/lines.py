"""Files of N-Triples lines: zstd-compressed reading and writing, external sort, streaming merge.

A line ends with a newline and is one triple in one spelling, so that equal lines are equal triples and
code point order (which is UTF-8 byte order) is the order of every sorted file.
"""

from __future__ import annotations

import contextlib
import heapq
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import zstandard

RUN_LINES = 500_000

# Stands after every line: no line of N-Triples begins with the last code point.
_END = chr(0x10FFFF)


def subject(line: str) -> str:
    """The subject of a line as it stands, such as `<https://example.org/a>`."""
    return line[: line.index(" ")]


@contextlib.contextmanager
def writing(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a compressed file of lines for writing."""
    compressor = zstandard.ZstdCompressor(level=3)
    with (
        path.open("wb") as raw,
        compressor.stream_writer(raw, closefd=False) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="\n", write_through=False) as text,
    ):
        yield text


@contextlib.contextmanager
def reading(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a compressed file of lines; iterating gives each line with its newline."""
    with (
        path.open("rb") as raw,
        zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as text,
    ):
        yield text


def read(path: Path) -> Iterator[str]:
    """The lines of a compressed file."""
    with reading(path) as text:
        yield from text


def sort(lines: Iterable[str], scratch: Path, run_lines: int = RUN_LINES) -> Iterator[str]:
    """The distinct lines in order, at constant memory: runs of `run_lines` are spilled to `scratch`."""
    source = iter(lines)
    runs: list[Path] = []
    run = sorted(islice(source, run_lines))
    while True:
        following = next(source, None)
        if following is None:
            break
        runs.append(_spill(run, scratch / f"run-{id(source)}-{len(runs)}.zst"))
        run = sorted(chain([following], islice(source, run_lines - 1)))
    yield from distinct(heapq.merge(*(read(path) for path in runs), run))
    for path in runs:
        path.unlink()


def distinct(lines: Iterable[str]) -> Iterator[str]:
    """Sorted lines without repetitions."""
    last = None
    for line in lines:
        if line != last:
            yield line
            last = line


def compare(old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What turns sorted `old` into sorted `new`: ("add", line) and ("remove", line), in order."""
    olds, news = iter(old), iter(new)
    before, after = next(olds, _END), next(news, _END)
    while before != _END or after != _END:
        if after < before:
            yield "add", after
            after = next(news, _END)
        elif before < after:
            yield "remove", before
            before = next(olds, _END)
        else:
            before, after = next(olds, _END), next(news, _END)


def _spill(run: list[str], path: Path) -> Path:
    with writing(path) as text:
        text.writelines(run)
    return path
