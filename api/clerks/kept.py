"""Answers that a clerk keeps, by the very bytes of their requests."""

from __future__ import annotations

from collections import OrderedDict


class Kept:
    """Whole answers, bounded in bytes; the least used go first."""

    def __init__(self, most: int) -> None:
        """At most so many bytes, of requests and answers together."""
        self.used = 0
        self._most = most
        self._answers: OrderedDict[bytes, bytes] = OrderedDict()

    def find(self, request: bytes) -> bytes | None:
        """The answer to the same request."""
        found = self._answers.get(request)
        if found is not None:
            self._answers.move_to_end(request)
        return found

    def keep(self, request: bytes, answer: bytes) -> None:
        """Keep an answer to a request for which none was found."""
        self._answers[request] = answer
        self.used += len(request) + len(answer)
        while self.used > self._most:
            self.used -= sum(map(len, self._answers.popitem(last=False)))
