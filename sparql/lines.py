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

# Triples with long texts take some 400 bytes each in memory: 40 MB a run.
RUN_LINES = 100_000
# Files that are merged at once; each is read through buffers of its own.
_FAN_IN = 32
# A reader holds the window of every file that it merges: 128 KiB in the place of 2 MiB.
_RUN_WINDOW_LOG = 17

# Stands after every line: no line of N-Triples begins with the last code point.
_END = chr(0x10FFFF)


def subject(line: str) -> str:
    """The subject of a line as it stands, such as `<https://example.org/a>`."""
    return line[: line.index(" ")]


@contextlib.contextmanager
def writing(path: Path) -> Iterator[io.TextIOWrapper]:
    """Open a compressed file of lines for writing."""
    with _packed(path, zstandard.ZstdCompressor(level=3)) as text:
        yield text


@contextlib.contextmanager
def _packed(path: Path, compressor: zstandard.ZstdCompressor) -> Iterator[io.TextIOWrapper]:
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
    runs = _Runs(scratch)
    try:
        run = sorted(islice(source, run_lines))
        while (following := next(source, None)) is not None:
            runs.add(run)
            # Two are not held at once.
            run.clear()
            run = sorted(chain([following], islice(source, run_lines - 1)))
        yield from distinct(heapq.merge(runs.lines(), run))
    finally:
        runs.remove()


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


class _Runs:
    """Sorted files in `scratch`; some of one level become one of the next, so that few are open at once."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._levels: list[list[Path]] = []
        self._added = 0

    def add(self, run: Iterable[str], level: int = 0) -> None:
        """Write sorted lines to a file."""
        if level == len(self._levels):
            self._levels.append([])
        files = self._levels[level]
        files.append(self._spill(run))
        if len(files) == _FAN_IN:
            self.add(_merged(files), level + 1)
            while files:
                files.pop().unlink()

    def lines(self) -> Iterator[str]:
        """All lines in order."""
        return _merged([path for files in self._levels for path in files])

    def remove(self) -> None:
        """Remove the files."""
        for path in (path for files in self._levels for path in files):
            path.unlink()

    def _spill(self, run: Iterable[str]) -> Path:
        path = self._scratch / f"run-{id(self)}-{self._added}.zst"
        self._added += 1
        parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=_RUN_WINDOW_LOG)
        with _packed(path, zstandard.ZstdCompressor(compression_params=parameters)) as text:
            text.writelines(run)
        return path


def _merged(files: Iterable[Path]) -> Iterator[str]:
    return distinct(heapq.merge(*map(read, files)))
