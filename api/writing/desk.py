"""Where writes are handed in: one at a time, each waits a bounded time, the event loop never does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from types import MappingProxyType

from anyio import to_thread
from fastapi import Request, Response
from fastapi.responses import JSONResponse

from kamara.api.problems import Refusal
from kamara.api.writing.jobs import Job
from kamara.api.writing.scribe import Scribe
from kamara.api.writing.tokens import Tokens, challenge
from kamara.config import Settings
from kamara.errors import KamaraError, SettingsError
from kamara.loaders.editing.change import Editor
from kamara.loaders.editing.description import readable_edited
from kamara.loaders.editing.editing import Done
from kamara.loaders.errors import (
    AbsentError,
    EditError,
    ForbiddenError,
    InvalidEditError,
    PayloadError,
    PreconditionError,
    TooLargeError,
    UnofferedError,
)
from kamara.loaders.validation.violations import Violation
from kamara.sparql.errors import Limit, LockedError

_LOG = logging.getLogger("kamara.api")
_STATUS: Mapping[type[KamaraError], int] = MappingProxyType(
    {
        PayloadError: 400,
        ForbiddenError: 403,
        AbsentError: 404,
        PreconditionError: 412,
        TooLargeError: 413,
        InvalidEditError: 422,
        UnofferedError: 501,
        LockedError: 503,
    }
)
_RETRY = {"Retry-After": "10"}
_HEADERS: Mapping[type[KamaraError], Mapping[str, str]] = MappingProxyType(
    {LockedError: _RETRY, ForbiddenError: challenge("insufficient_scope")}
)
_MIB = 1 << 20


class Desk:
    """Takes writes over HTTP."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError for a token that cannot be used."""
        self.settings = settings
        self.editable = frozenset(readable_edited(settings.resources)[0])
        self.tokens = Tokens.read(settings.write)
        if unknown := self.tokens.datasets - self.editable:
            raise SettingsError(
                f"write.tokens names {min(unknown)!r}, which is no edited dataset",
                where="settings",
                remedy=f"choose from: {', '.join(sorted(self.editable)) or 'none'}",
            )
        self._scribe = Scribe(settings)
        self._turn = asyncio.Lock()

    def admit(self, request: Request) -> Editor:
        """Who writes. Raises Refusal: 403 where writing is off, else what `Tokens.editor` raises."""
        if not self.tokens:
            raise Refusal(403, "nothing can be written over HTTP here", remedy="see docs/http.md, Writing")
        return self.tokens.editor(request.headers.getlist("authorization"))

    async def body(self, request: Request) -> bytes:
        """The body of a request that writes. Raises Refusal (413) when it is too large."""
        limit, content, size = self.settings.write.max_mb * _MIB, bytearray(), 0
        # Read on to a bound, and throw away: most clients read no answer before they have sent everything.
        async for piece in request.stream():
            size += len(piece)
            if size <= limit:
                content += piece
            elif size > 2 * limit:
                break
        if size > limit:
            raise Refusal(
                413,
                f"the request is larger than {self.settings.write.max_mb} MiB (write.max_mb)",
                remedy="send it in parts by POST",
                headers={"Connection": "close"},
                limit=Limit("write.max_mb", self.settings.write.max_mb, "MiB"),
            )
        return bytes(content)

    async def write(self, job: Job) -> Response:
        """Have a job done, and say what came of it. Raises Refusal."""
        try:
            await asyncio.wait_for(self._turn.acquire(), self.settings.write.wait_seconds)
        except TimeoutError as error:
            raise Refusal(
                503, "another write is under way", remedy="send it again in a while", headers=_RETRY
            ) from error
        try:
            return _told(await to_thread.run_sync(self._scribe.perform, job))
        except KamaraError as error:
            raise _refusal(error) from error
        finally:
            self._turn.release()

    async def close(self) -> None:
        """Let a write that is under way end."""
        await to_thread.run_sync(self._scribe.close)


def _told(done: Done) -> Response:
    """201 for a new graph, 202 for a change that readers do not see yet, else 200."""
    told = {
        "dataset": done.dataset,
        "change": done.change,
        "added": done.added,
        "removed": done.removed,
        "version": done.version,
        "notes": list(done.notes),
    }
    status = 202 if done.unseen else 201 if done.created else 200
    headers = {"Kamara-Version": str(done.version)} if done.version and not done.unseen else {}
    return JSONResponse(told, status, {**headers, "Cache-Control": "no-store"})


def _refusal(error: KamaraError) -> Refusal:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    if status == 500:
        _LOG.error("a write failed: %s", error)
        error = (
            error
            if isinstance(error, EditError)
            else EditError("the server failed to write; its log says why")
        )
    # Otherwise it is no place in what was sent, but a path of this machine.
    where = f"{error.where}: " if error.where and isinstance(error, EditError) else ""
    told = Refusal(
        status,
        f"{where}{error.what}",
        remedy=error.remedy,
        headers=_HEADERS.get(type(error)),
        members={"violations": [_violation(one) for one in error.faults]}
        if isinstance(error, InvalidEditError) and error.faults
        else None,
    )
    told.__cause__ = error
    return told


def _violation(fault: Violation) -> dict[str, object]:
    return {
        "focus": fault.focus,
        "path": fault.path,
        "found": fault.found,
        "message": dict(fault.messages),
        "expected": dict(fault.expected),
        "shape": fault.shape,
    }
