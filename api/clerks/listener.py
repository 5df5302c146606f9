"""One client's connection: uvicorn's, which can be lent to a clerk between two requests."""

from __future__ import annotations

from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kamara.api.clerks.clerks import Clerks
from kamara.api.clerks.plain import is_plain
from kamara.api.seen.note import note_of

# A connection that keeps coming back at once is not worth its way: its client asks other things, too.
_SOON_SECONDS, _MOST_STRIKES = 0.05, 8


class Listener(HttpToolsProtocol):
    """A connection (`Lendable`). It is lent when its last request was a light query of the plain kind."""

    def __init__(self, clerks: Clerks, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._clerks = clerks
        self._lent = False
        self._between = True
        self._ending = False
        self._since = 0.0
        self._strikes = 0

    @property
    def descriptor(self) -> int:
        """Of its socket."""
        return int(self.transport.get_extra_info("socket").fileno())

    def on_message_begin(self) -> None:
        """A request begins (httptools)."""
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        """A request is there (httptools)."""
        self._between = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was given."""
        super().on_response_complete()
        note = note_of(cast(Scope, self.cycle.scope))
        if note.light:
            self._clerks.learn(note)
            self.loop.call_soon(self._lend)

    def _lend(self) -> None:
        if self._lent or self._strikes >= _MOST_STRIKES or not self._is_quiet():
            return
        scope = self.cycle.scope
        if not is_plain(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"]):
            return
        self.flow.pause_reading()
        if self._clerks.lend(self):
            self._lent, self._since = True, self.loop.time()
            self._unset_keepalive_if_required()
        else:
            self.flow.resume_reading()

    def _is_quiet(self) -> bool:
        """Whether nothing is under way here, and the client goes on with this connection."""
        cycle = self.cycle
        return (
            self._between
            and not self.pipeline
            and not self.transport.is_closing()
            and cycle.response_complete
            and cycle.keep_alive
            and not self.transport.get_write_buffer_size()
        )

    def take_back(self, request: bytes, output: bytes) -> None:
        """See `Lendable`."""
        self._lent = False
        if self.transport.is_closing():
            return
        if request and self.loop.time() - self._since < _SOON_SECONDS:
            self._strikes += 1
        if output:
            self.transport.write(output)
        self.flow.resume_reading()
        if request:
            self.data_received(request)
            if self._ending:
                super().shutdown()
        elif self._ending:
            self.transport.close()
        else:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def drop(self) -> None:
        """See `Lendable`."""
        self._lent = False
        self.transport.abort()

    def shutdown(self) -> None:
        """The server is stopping (uvicorn)."""
        if self._lent:
            self._ending = True
            self._clerks.recall()
        else:
            super().shutdown()
