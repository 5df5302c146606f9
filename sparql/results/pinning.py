"""Pinning an answer, and making it again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from kamara.config import ResultSettings, Settings
from kamara.resources import read_namespaces
from kamara.sparql.errors import BusyError, Limit, PinError, ResultError, VersionError
from kamara.sparql.guard import Inspected
from kamara.sparql.layout import Layout
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool, VersionSource
from kamara.sparql.request import QueryRequest
from kamara.sparql.results.archive import ResultArchive
from kamara.sparql.results.question import Question, require_steady
from kamara.sparql.results.record import ResultRecord
from kamara.sparql.results.taking import Taken, digest_of, scratch_file, take
from kamara.sparql.versions import Version, Versions

_MOST_WAITING = 8


class Pinner:
    """Pins answers of one pool. `leases`: where its published version comes from."""

    def __init__(self, pool: QueryPool, settings: Settings, leases: VersionSource) -> None:
        self.archive = ResultArchive(Layout(settings.data_dir))
        self.limits: ResultSettings = settings.results
        self._pool = pool
        self._leases = leases
        self._versions = Versions(settings)
        self._default_graph = settings.default_graph
        self._prefixes = read_namespaces(settings.base_iri)
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def pin(self, asked: Question, caller: Caller) -> tuple[ResultRecord, bool]:
        """Keep the answer to a question for good; gives its record, and whether it is new.

        The query runs twice: an answer that differs cannot be pinned. Raises PinError, QueryError,
        UnpublishedError and VersionError.
        """
        require_steady(asked.query)
        if self._waiting >= _MOST_WAITING:
            raise BusyError(
                f"{self._waiting} answers wait already to be pinned", remedy="ask again in a minute"
            )
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                version = self._pool.version()
                await asyncio.to_thread(self._require_room, version)
                with self._leases.lease(version), self._citing(version):
                    return await self._pin(asked, caller, version)
        finally:
            self._waiting -= 1

    async def pin_taken(self, record: ResultRecord, answer: Path) -> tuple[ResultRecord, bool]:
        """Keep an answer that was taken already, a job's, for good; its query does not run again.

        `record`: what it is; its time of pinning becomes now. Raises PinError and VersionError.
        """
        require_steady(self._pool.inspect(record.text))
        async with self._one_at_a_time:
            if self.archive.has(record.id):
                return self.archive.get(record.id), False
            if not self._keeps(record.size):
                raise PinError(
                    "the job's answer is too long to be kept, and it may take too long to be made again",
                    remedy="ask for less, or pin the query itself if it is quick",
                    limit=Limit("results.keep_mb", self.limits.keep_mb, "MiB"),
                )
            version = self._made_on(record)
            await asyncio.to_thread(self._require_room, version)
            with self._leases.lease(version), self._citing(version):
                await asyncio.to_thread(self._add_copy, record, answer)
        return self.archive.get(record.id), True

    @asynccontextmanager
    async def answer(self, record: ResultRecord, caller: Caller) -> AsyncIterator[Path]:
        """A file with the very bytes that were pinned, for as long as the block lasts.

        Raises ResultError when they cannot be made again, QueryError when that is refused.
        """
        kept = self.archive.answer(record)
        if kept is not None:
            yield kept
            return
        with scratch_file(self.archive.folder) as path:
            made = await self.run_again(record, caller, path)
            if made.digest != record.digest:
                raise changed(record)
            yield path

    async def run_again(self, record: ResultRecord, caller: Caller, path: Path) -> Taken:
        """Ask its query of its version once more, into a file. Raises ResultError and QueryError."""
        if record.default_graph != self._default_graph:
            raise ResultError(
                f"was pinned with default_graph = {record.default_graph}",
                where=record.id,
                remedy="set it back to make the answer again",
            )
        query = self._pool.inspect(record.text)
        return await self._run(query, record.request, caller, self._version(record), path)

    def _version(self, record: ResultRecord) -> Version:
        current = self._pool.version()
        try:
            return current if current.number == record.version else self._versions.get(record.version)
        except VersionError as error:
            raise ResultError(
                f"was made on version {record.version}, which is not there any more",
                where=record.id,
                remedy="ask its query again",
                gone=True,
            ) from error

    def _made_on(self, record: ResultRecord) -> Version:
        """The version of a job's answer. Raises PinError when it was collected, or written anew."""
        try:
            version = self._version(record)
        except ResultError:
            version = None
        if version is None or (version.sequence, version.created) != (record.sequence, record.published):
            raise PinError(
                f"the job was done on version {record.version}, which is not there any more",
                remedy="send it again",
            )
        return version

    def _add_copy(self, record: ResultRecord, answer: Path) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with scratch_file(self.archive.folder) as copy:
            shutil.copyfile(answer, copy)
            if digest_of(copy) != record.digest:
                raise PinError("the job's answer is damaged", remedy="send it again")
            self.archive.add(record.model_copy(update={"pinned": now}), copy)

    @contextmanager
    def _citing(self, version: Version) -> Iterator[None]:
        """Cite a version, unless the block fails."""
        was_cited = version.cited
        self._versions.cite(version)
        try:
            yield
        except BaseException:
            if not was_cited:
                self._versions.uncite(version.number)
            raise

    async def _pin(self, asked: Question, caller: Caller, version: Version) -> tuple[ResultRecord, bool]:
        request = replace(asked.request, known_prefixes=self._prefixes)
        with scratch_file(self.archive.folder) as first, scratch_file(self.archive.folder) as second:
            found = await self._run(asked.query, request, caller, version, first)
            again = await self._run(asked.query, request, caller, version, second)
            if again.digest != found.digest:
                raise PinError(
                    "the answer came in other bytes when the query ran again", remedy="give it an ORDER BY"
                )
            record = replace(asked, request=request).record(version, found, self._default_graph)
            if self.archive.has(record.id):
                return self.archive.get(record.id), False
            await asyncio.to_thread(self.archive.add, record, first if self._keeps(found.size) else None)
        return record, True

    async def _run(
        self, query: Inspected, request: QueryRequest, caller: Caller, version: Version, path: Path
    ) -> Taken:
        other = None if self._pool.version() == version else version
        answer = await self._pool.ask(query, request, caller, version=other)
        if answer.version.number != version.number:
            answer.stop()
            raise BusyError("a new version was published just now", remedy="ask again in a moment")
        return await take(answer, path, Limit("results.largest_mb", self.limits.largest_mb, "MiB"))

    def _keeps(self, size: int) -> bool:
        most = self.limits.keep_mb << 20
        return size <= most and size + self.archive.kept_bytes() <= self.limits.max_mb << 20

    def _require_room(self, version: Version) -> None:
        records = self.archive.all()
        if len(records) >= self.limits.max:
            raise _full("results.max", self.limits.max, "results")
        cited = {record.version for record in records}
        if version.number not in cited and len(cited) >= self.limits.versions:
            raise _full("results.versions", self.limits.versions, "versions")


def changed(record: ResultRecord) -> ResultError:
    """What is told of a result that cannot be made again as it was."""
    return ResultError(
        "its answer is no longer what was pinned: data were erased, or the software writes it otherwise "
        f"(pinned with Kamara {record.kamara} and pyoxigraph {record.engine})",
        where=record.id,
        remedy="ask its query again",
        gone=True,
    )


def _full(setting: str, most: int, unit: str) -> PinError:
    return PinError(
        f"{most} {unit} are pinned already ({setting})",
        remedy="ask the operator to remove some, or to allow more",
        limit=Limit(setting, most, unit),
    )
