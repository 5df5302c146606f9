"""Fetching sources before they are loaded: no lock is held while a server is slow."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from kamara.config import Settings
from kamara.errors import KamaraError, SettingsError
from kamara.loaders.attempts import Attempts, read_attempts, write_attempts
from kamara.loaders.errors import LoadError, SourceError
from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.kinds import Fetch, FileFetch
from kamara.loaders.fetch.registry import fetch
from kamara.loaders.snapshots import RawFiles, SourceFile, describe
from kamara.loaders.source import Source
from kamara.sparql.durable import disk_errors
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog

_FETCH: TypeAdapter[Fetch] = TypeAdapter(Fetch)
_WORK = ".work-"


@dataclass(frozen=True)
class Arrival:
    """What the fetch of a source came to, at `time`, with the settings whose hash is `settings`.

    `base`: the dataset's last change set at that time. `sample`: the files are the source's samples.
    `simulated`: the settings say that they are simulated.
    """

    source: Source
    time: datetime
    base: int
    fetched: Fetched | KamaraError
    settings: str = ""
    sample: bool = False
    simulated: bool = False

    def files(self, log: ChangeLog) -> list[SourceFile] | None:
        """The files to load, by day; None when nothing is new.

        Raises what the fetch failed with, or SourceError when another process loaded the source meanwhile.
        """
        if isinstance(self.fetched, KamaraError):
            raise self.fetched
        if _sequence(log, self.source) != self.base:
            raise SourceError(
                "was loaded by another process while it was fetched",
                where=self.source.name,
                remedy="run the command again",
            )
        if self.fetched.files is None:
            return None
        described = (describe(self.source, path.name, path) for path in self.fetched.files)
        files = [replace(file, sample=self.sample, simulated=self.simulated) for file in described]
        return sorted(files, key=lambda file: file.day or date.min)

    def note(self, layout: Layout, log: ChangeLog, failure: KamaraError | None) -> None:
        """Keep what came of it, once the source is loaded or has failed."""
        before = read_attempts(layout, self.source.name)
        told: dict[str, object] = {"attempt": self.time, "failures": 0, "success": self.time}
        if failure is not None:
            told = {"attempt": self.time, "failures": before.failures + 1}
            told |= {"failed": self.time, "failure": str(failure)}
        elif isinstance(self.fetched, Fetched):
            told |= {"memo": dict(self.fetched.memo), "sequence": _sequence(log, self.source)}
            told |= {"settings": self.settings}
        write_attempts(layout, self.source.name, before.model_copy(update=told))


@contextmanager
def arriving(
    settings: Settings, sources: list[Source], place: Path | None = None, client: Client | None = None
) -> Iterator[list[Arrival]]:
    """Fetch each of `sources`, or read it from `place`. The files stay as long as the context.

    A source that fails does so later, when it is loaded. Raises LogError when another Kamara wrote the data
    folder, DiskError when the disk is full.
    """
    layout = Layout(settings.data_dir)
    layout.check(settings.base_iri)
    with disk_errors(layout.root), _work_folder(layout.fetch) as work, ExitStack() as stack:
        http = client or stack.enter_context(Client(settings.fetch))
        fetching = Fetching(settings, layout, work, http)
        yield [fetching.arrival(source, place) for source in sources]


class Fetching:
    """Fetches sources one after the other, each into a folder of its own under `work`."""

    def __init__(self, settings: Settings, layout: Layout, work: Path, client: Client) -> None:
        self._settings = settings
        self._layout = layout
        self._work = work
        self._client = client
        self._log = ChangeLog(layout)

    def arrival(self, source: Source, place: Path | None) -> Arrival:
        """Fetch one source, or read it from `place`."""
        time, base = datetime.now(UTC), _sequence(self._log, source)
        try:
            wanted, path = wanted_from(self._settings, source, place)
            told = sha256(wanted.model_dump_json().encode()).hexdigest()
            fetched = fetch(wanted, self._errand(source, path, told, base))
        except Exception as error:
            return Arrival(source, time, base, as_failure(error))
        return Arrival(
            source,
            time,
            base,
            fetched,
            told,
            sample=wanted.kind == "file" and path is None,
            simulated=place is None and _are_simulated(self._settings, source),
        )

    def _errand(self, source: Source, place: Path | None, told: str, base: int) -> Errand:
        attempts = read_attempts(self._layout, source.name)
        folder = self._work / source.name
        folder.mkdir()
        return Errand(
            name=source.name,
            files=source.about.files,
            place=place or source.folder / source.about.files.folder,
            folder=folder,
            limits=self._settings.fetch,
            client=self._client,
            memo=_valid_memo(attempts, told, base),
            declared={"strategy.bases": self._settings.strategy.bases},
            kept=partial(self._kept, source, self._work),
            attempt=self._layout.attempt(source.name),
        )

    @contextmanager
    def _kept(self, source: Source, scratch: Path) -> Iterator[list[Path]]:
        last = self._log.last(source.name)
        raw = RawFiles(self._layout, scratch)
        with ExitStack() as stack:
            snapshots = last.manifest.snapshots if last else ()
            yield [stack.enter_context(raw.unpacked(snapshot, source)).path for snapshot in snapshots]


def wanted_from(settings: Settings, source: Source, place: Path | None) -> tuple[Fetch, Path | None]:
    """How a source is fetched, and where its files lie if that is not said in its source.toml.

    The command line goes before the settings, they before source.toml. Raises SettingsError.
    """
    configured = settings.sources.get(source.name)
    path = place or (configured.path if configured else None)
    if path:
        return FileFetch(), path
    if configured is None or configured.fetch is None:
        return source.about.fetch, None
    try:
        return _FETCH.validate_python(configured.fetch), None
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(["sources", source.name, "fetch", *map(str, first["loc"][1:])])
        raise SettingsError(
            f"{name}: {first['msg']}", where="settings", remedy="see docs/sources.md"
        ) from error


def _are_simulated(settings: Settings, source: Source) -> bool:
    configured = settings.sources.get(source.name)
    return configured is not None and configured.path is not None and configured.simulated


def as_failure(error: Exception) -> KamaraError:
    """What a source failed with, as one line. Raises `error` again when it is a full disk's."""
    if isinstance(error, KamaraError):
        return error
    if os.strerror(errno.ENOSPC) in str(error):
        raise error
    if isinstance(error, OSError):
        where = str(error.filename or "")
        return SourceError(f"cannot be read: {error.strerror or error}", where=where, remedy="look at it")
    failure = LoadError(
        f"failed in a way that Kamara does not know ({type(error).__name__}: {error})", remedy="report this"
    )
    failure.__cause__ = error
    return failure


def _valid_memo(attempts: Attempts, told: str, base: int) -> dict[str, str]:
    return attempts.memo if base and (attempts.sequence, attempts.settings) == (base, told) else {}


def _sequence(log: ChangeLog, source: Source) -> int:
    last = log.last(source.name)
    return last.sequence if last else 0


@contextmanager
def _work_folder(parent: Path) -> Iterator[Path]:
    """A folder of this process alone. Those of processes that died are removed."""
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.glob(f"{_WORK}*"):
        with _held(old) as is_free:
            if is_free:
                shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_WORK, dir=parent))
    try:
        with _held(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Hold the lock of a folder as long as the context lasts; gives whether it was free."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)
