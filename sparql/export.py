"""A published version as one file."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, cast

import zstandard
from pyoxigraph import RdfFormat, Store

from kamara.sparql import durable
from kamara.sparql.errors import StoreError
from kamara.sparql.versions import Version

_FORMATS = {".nq": RdfFormat.N_QUADS, ".trig": RdfFormat.TRIG}


def export(version: Version, out: Path) -> None:
    """Write all graphs of `version` to `out`: N-Quads (.nq) or TriG (.trig), plain, .gz or .zst.

    What was at `out` stays until the new file is complete. Raises StoreError for another suffix.
    """
    packed = out.suffix if out.suffix in _PACKERS else ""
    form = _FORMATS.get(Path(out.name.removesuffix(packed)).suffix)
    if form is None:
        raise StoreError("has a suffix of no known format", where=str(out), remedy="end it in .nq or .trig")
    store = Store.read_only(str(version.store))
    with durable.staged_file(out) as staged, _PACKERS[packed](staged) as content:
        store.dump(content, form)


@contextmanager
def _plain(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as content:
        yield content


@contextmanager
def _gzip(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as content:
        yield cast(IO[bytes], content)


@contextmanager
def _zstd(path: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw, zstandard.ZstdCompressor(level=6).stream_writer(raw) as content:
        yield content


_Packer = Callable[[Path], AbstractContextManager[IO[bytes]]]
_PACKERS: dict[str, _Packer] = {"": _plain, ".gz": _gzip, ".zst": _zstd}
