"""Packed source files: .zip, .tar.gz, .tar.zst, .tar, .gz and .zst, unpacked under limits."""

from __future__ import annotations

import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from kamara.config import FetchSettings
from kamara.loaders.errors import ArchiveError
from kamara.loaders.fetch.decode import Allowance, unpack

_BLOCK = 1 << 18
_CODINGS = {".gz": "gzip", ".tgz": "gzip", ".zst": "zstd"}
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
# Real extended headers are a few hundred bytes; tarfile reads one whole, however long it says it is.
_LONGEST_READ = 1 << 20
_REMEDY = "look at who made it, and fetch it again"

Write = Callable[[IO[bytes], Path], None]


def is_packed(path: Path) -> bool:
    """Whether the name says that a file is an archive or compressed."""
    return path.suffix.lower() in {".zip", ".tar", *_CODINGS}


def open_packed(path: Path, folder: Path, members: str, limits: FetchSettings) -> list[Path]:
    """Unpack the members of `path` that fit the glob `members` into `folder`, without their folders.

    A compressed file that is no archive has one member, itself. Raises ArchiveError when it is broken, holds
    a link, a path that leads outside, two members of one name, or more than the limits; then `folder` may
    hold a part.
    """
    allowance = Allowance(limits, path.stat().st_size, str(path))
    name = path.name.lower()
    if name.endswith(".zip"):
        return list(_zip(path, folder, members, limits, allowance))
    if name.endswith(".tar"):
        return list(_tar(path, folder, members, limits, allowance))
    plain = folder / path.stem
    unpack(path, _CODINGS[path.suffix.lower()], plain, allowance, str(path))
    if not (name.endswith(".tgz") or plain.suffix.lower() == ".tar"):
        return [plain]
    try:
        return list(_tar(plain, folder, members, limits, Allowance(limits, plain.stat().st_size, str(path))))
    finally:
        plain.unlink()


def _zip(
    path: Path, folder: Path, members: str, limits: FetchSettings, allowance: Allowance
) -> Iterator[Path]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_count(len(entries), limits, path)
            for entry in entries:
                # The upper half of the attributes is the Unix mode; its top four bits the kind of file.
                kind = entry.external_attr >> 28
                if kind not in (0, 0o10) or entry.flag_bits & _ENCRYPTED:
                    raise _refused(path, entry.filename, "is a link, a device or encrypted")
                if entry.compress_type not in _COMPRESSIONS:
                    raise _refused(path, entry.filename, "is neither stored nor deflated")
                target = _target(path, entry.filename, folder)
                if PurePosixPath(entry.filename).match(members):
                    with archive.open(entry) as content:
                        yield _copy(content, target, allowance)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError) as error:
        raise ArchiveError(
            f"is no sound zip archive: {error}", where=str(path), remedy="fetch it again"
        ) from error


def _tar(
    path: Path, folder: Path, members: str, limits: FetchSettings, allowance: Allowance
) -> Iterator[Path]:
    try:
        with path.open("rb") as file, tarfile.open(fileobj=_Bounded(file), mode="r:") as archive:
            for count, entry in enumerate((item for item in archive if not item.isdir()), 1):
                _check_count(count, limits, path)
                if not entry.isreg():
                    raise _refused(path, entry.name, "is a link or a device")
                target = _target(path, entry.name, folder)
                content = archive.extractfile(entry)
                if content and PurePosixPath(entry.name).match(members):
                    yield _copy(content, target, allowance)
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise ArchiveError(
            f"is no sound tar archive: {error}", where=str(path), remedy="fetch it again"
        ) from error


class _Bounded:
    """A file that refuses to be read in long pieces."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LONGEST_READ:
            raise tarfile.ReadError("a header that is too long")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    def write(self, _content: bytes) -> int:
        raise tarfile.TarError("not for writing")


def _copy(content: IO[bytes], target: Path, allowance: Allowance) -> Path:
    with target.open("xb") as plain:
        while block := content.read(_BLOCK):
            allowance.spend(len(block))
            plain.write(block)
    return target


def _target(path: Path, member: str, folder: Path) -> Path:
    """Where a member goes: the folder and its own last name, nothing else."""
    parts = PurePosixPath(member.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or not parts.name or "\0" in member:
        raise _refused(path, member, "leads outside the archive")
    target = folder / parts.name
    if target.exists():
        raise _refused(path, member, "has the name of another member")
    return target


def _check_count(count: int, limits: FetchSettings, path: Path) -> None:
    if count > limits.max_members:
        raise ArchiveError(
            f"has more than {limits.max_members} members (fetch.max_members)",
            where=str(path),
            remedy="if it is sound, raise the limit in kamara.toml",
        )


def _refused(path: Path, member: str, what: str) -> ArchiveError:
    return ArchiveError(f"its member {member[:200]!r} {what}", where=str(path), remedy=_REMEDY)
