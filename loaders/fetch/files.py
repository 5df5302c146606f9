"""Kind `file`: files on this machine, by themselves or in archives."""

from __future__ import annotations

from pathlib import Path

from kamara.loaders.errors import SourceError
from kamara.loaders.fetch.archives import is_packed, open_packed
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.kinds import FileFetch


def fetch(wanted: FileFetch, errand: Errand) -> Fetched:
    """The files under the errand's place that fit the source's pattern. Raises SourceError if none does."""
    place, pattern = errand.place, errand.files.pattern
    if place.is_file():
        return Fetched(opened([place], errand))
    found = sorted(place.glob(pattern)) or sorted(place.glob(Path(pattern).name))
    if not found:
        raise SourceError(
            f"holds no file {pattern!r} for {errand.name}",
            where=str(place),
            remedy="name the folder that the source's files lie in",
        )
    return Fetched(opened(found, errand))


def opened(paths: list[Path], errand: Errand) -> tuple[Path, ...]:
    """The files, the archives and compressed files among them unpacked into the errand's folder."""
    plain: list[Path] = []
    for path in paths:
        if not is_packed(path):
            plain.append(path)
            continue
        members = open_packed(path, errand.folder, errand.files.members, errand.limits)
        if not members:
            raise SourceError(
                f"holds no member {errand.files.members!r} for {errand.name}",
                where=str(path),
                remedy="correct files.members in source.toml",
            )
        plain += members
    return tuple(plain)
