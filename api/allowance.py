"""How often each client may do something that costs room on the disk."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from hashlib import blake2b
from math import ceil

from kamara.sparql.errors import Limit, TooManyError

_MOST_CLIENTS = 10000


class Allowance:
    """So many times in so many seconds for each client, who is kept only as a keyed hash in memory."""

    def __init__(self, limit: Limit, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._taken: OrderedDict[bytes, list[float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Count one more. Raises TooManyError when the client has had them all."""
        name = blake2b(client.encode(), key=self._key, digest_size=16).digest()
        now = time.monotonic()
        taken = [at for at in self._taken.get(name, ()) if now - at < self._seconds]
        if len(taken) >= self._limit.value:
            raise TooManyError(
                f"{len(taken)} were taken already ({self._limit.name})",
                remedy="come again later",
                limit=self._limit,
                asked=len(taken) + 1,
                retry_after=ceil(self._seconds - (now - taken[0])),
            )
        self._taken[name] = [*taken, now]
        self._taken.move_to_end(name)
        while len(self._taken) > _MOST_CLIENTS:
            self._taken.popitem(last=False)
