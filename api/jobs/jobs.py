"""The jobs of a server: who may send one, what becomes of it, how long it is kept."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256

from kamara.api.jobs.job import Job
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.resources import read_namespaces
from kamara.sparql.errors import BusyError, CancelledError, DiskError, Limit, RoomError, TooManyError
from kamara.sparql.formats import formats_of
from kamara.sparql.layout import Layout
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.results.jobs import JobFiles, JobRecord
from kamara.sparql.results.question import Question
from kamara.sparql.results.record import ResultRecord
from kamara.sparql.results.taking import Taken

_MIB = 1 << 20
_RETRY_SECONDS = 60


class Jobs:
    """Jobs of one pool, for one event loop. `tell` makes the members of a problem of an error."""

    def __init__(
        self, pool: QueryPool, settings: Settings, tell: Callable[[Exception], dict[str, object]]
    ) -> None:
        self.limits = settings.jobs
        self.files = JobFiles(Layout(settings.data_dir))
        self._pool = pool
        self._tell = tell
        self._jobs: dict[str, Job] = {}
        self._seats = asyncio.Semaphore(pool.limits.job_workers)
        self._default_graph = settings.default_graph
        self._prefixes = read_namespaces(settings.base_iri)
        self._key = secrets.token_bytes(32)

    @property
    def seconds(self) -> float:
        """How long the engine may work on one."""
        return self._pool.limits.job_seconds

    def open(self) -> None:
        """Take up what an earlier server left: its answers are there still, what it ran is lost."""
        for record in self.files.all():
            job = self._jobs[record.id] = Job(record, b"", size=record.size)
            if not record.is_over:
                self.files.drop_part(record.id)
                self._end(job, error=_lost())
            else:
                self._expire_later(job)

    async def close(self) -> None:
        """Stop what runs; it is told as lost."""
        tasks = [job.task for job in self._jobs.values() if job.task is not None and not job.task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def submit(self, asked: Question, client: str) -> Job:
        """Take a query as a job. Raises BusyError, RoomError or TooManyError when there are too many."""
        name = blake2b(client.encode(), key=self._key, digest_size=16).digest()
        self._require_room(name)
        self._pool.version()
        form = asked.query.form
        chosen = asked.request.format or formats_of(form)[0]
        record = JobRecord(
            id=secrets.token_urlsafe(16),
            state="waiting",
            form=form,
            format_name=chosen.name,
            created=_now().isoformat(timespec="seconds"),
        )
        self.files.write(record)
        job = self._jobs[record.id] = Job(record, name)
        # Named, for a result that it may become: what is well known then may be more.
        asked = replace(asked, request=replace(asked.request, known_prefixes=self._prefixes))
        job.task = asyncio.create_task(self._work(job, asked, Caller(client, "job")))
        return job

    def find(self, name: str) -> Job | None:
        """The job of this name."""
        return self._jobs.get(name)

    def ahead(self, job: Job) -> int:
        """How many jobs are run before this one, those that run now too."""
        names = [one.record.id for one in self._jobs.values() if not one.record.is_over]
        return names.index(job.record.id) if job.record.id in names else 0

    async def remove(self, job: Job) -> None:
        """Stop a job and forget it with its answer."""
        self._jobs.pop(job.record.id, None)
        if job.task is not None and not job.task.done():
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        self.files.remove(job.record.id)

    async def _work(self, job: Job, asked: Question, caller: Caller) -> None:
        """Run it, when its turn comes, into its file."""
        try:
            async with self._seats:
                job.began = asyncio.get_running_loop().time()
                job.record = job.record.model_copy(update={"state": "running"})
                job.answer = await self._pool.ask(asked.query, asked.request, caller)
                taken = await self._take(job, job.answer)
            await asyncio.to_thread(self.files.finish, job.record.id)
            self._end(job, result=asked.record(job.answer.version, taken, self._default_graph))
        except asyncio.CancelledError:
            self._end(job, error=_lost())
            raise
        except KamaraError as error:
            self._end(job, error=error)
        except OSError as error:
            self._end(job, error=DiskError(f"the answer cannot be written: {error.strerror}"))

    async def _take(self, job: Job, answer: QueryAnswer) -> Taken:
        """Write the answer."""
        digest = sha256()
        with self.files.part(job.record.id).open("wb") as file:
            async for piece in answer:
                job.size += len(piece)
                if self._used() > self.limits.max_mb * _MIB:
                    raise self._no_room()
                digest.update(piece)
                file.write(piece)
        return Taken(digest.hexdigest(), job.size, answer.rows or 0)

    def _end(self, job: Job, *, result: ResultRecord | None = None, error: KamaraError | None = None) -> None:
        """Write down how it ended."""
        seconds, answer = job.seconds, job.answer
        if error is not None:
            job.size = 0
            self.files.drop_part(job.record.id)
        expires = _now() + timedelta(hours=self.limits.keep_hours)
        job.record = job.record.model_copy(
            update={
                "state": "done" if error is None else "failed",
                "ended": _now().isoformat(timespec="seconds"),
                "expires": expires.isoformat(timespec="seconds"),
                "version": answer.version.number if answer else None,
                "rows": answer.rows if answer and error is None else None,
                "size": job.size,
                "seconds": round(seconds, 3),
                "digest": result.digest if result else "",
                "result": result,
                "problem": None if error is None else self._tell(error),
            }
        )
        job.answer = None
        if job.record.id in self._jobs:
            # An erasure may have taken the folder away, and a full disk takes no record.
            with contextlib.suppress(OSError):
                self.files.write(job.record)
            self._expire_later(job)

    def _expire_later(self, job: Job) -> None:
        assert job.record.expires is not None
        left = (datetime.fromisoformat(job.record.expires) - _now()).total_seconds()
        asyncio.get_running_loop().call_later(max(0.0, left), self._forget, job)

    def _forget(self, job: Job) -> None:
        if self._jobs.pop(job.record.id, None) is not None:
            self.files.remove(job.record.id)

    def _used(self) -> int:
        return sum(job.size for job in self._jobs.values())

    def _require_room(self, client: bytes) -> None:
        limits, own = self.limits, sum(job.client == client for job in self._jobs.values())
        if own >= limits.per_client:
            raise TooManyError(
                f"{own} jobs of yours are here already (jobs.per_client)",
                remedy="delete one whose answer you have",
                limit=Limit("jobs.per_client", limits.per_client, "jobs"),
                asked=own + 1,
                retry_after=_RETRY_SECONDS,
            )
        if len(self._jobs) >= limits.max:
            raise BusyError(
                f"{len(self._jobs)} jobs are here already (jobs.max)",
                remedy="come again later",
                limit=Limit("jobs.max", limits.max, "jobs"),
                retry_after=_RETRY_SECONDS,
            )
        if self._used() >= limits.max_mb * _MIB:
            raise self._no_room()

    def _no_room(self) -> RoomError:
        return RoomError(
            f"the answers of all jobs take more than {self.limits.max_mb} MiB (jobs.max_mb)",
            remedy="ask for less, or come again when older answers have gone",
            limit=Limit("jobs.max_mb", self.limits.max_mb, "MiB"),
        )


def _lost() -> CancelledError:
    return CancelledError("the server was stopped before this job was done", remedy="send it again")


def _now() -> datetime:
    return datetime.now(UTC)
