"""What each client has used lately, and what it may still use of the long lane."""

from __future__ import annotations

import math
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv6Address

from kamara.config import QuerySettings
from kamara.sparql.errors import Limit, TooManyError

_MOST = 10_000
SERVER = b""
"""The key of the server itself, which has no budget."""


@dataclass(slots=True)
class _Account:
    lately: float
    """Query seconds of any lane, fading with the window as time constant."""
    used: float
    """Query seconds that count against the budget; they go back steadily."""
    at: float


class Accounts:
    """Query seconds by client. A client is kept as a keyed hash, in memory, and only while it asks.

    `query.client_seconds` in each `query.client_window_seconds`, given back steadily; 0 means no budget.
    """

    def __init__(self, limits: QuerySettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = limits.client_seconds
        self._window = limits.client_window_seconds
        self._clock = clock
        self._secret = os.urandom(16)
        self._held: OrderedDict[bytes, _Account] = OrderedDict()

    def key(self, client: str) -> bytes:
        """What stands for the client here; it cannot be turned back without this process's secret."""
        if not client:
            return SERVER
        if ":" in client:
            client = _network(client)
        return blake2b(client.encode("utf-8", "surrogatepass"), key=self._secret, digest_size=12).digest()

    def lately(self, client: bytes) -> float:
        """Query seconds that it used lately."""
        return self._account(client).lately if client in self._held else 0.0

    def spend(self, client: bytes, seconds: float) -> None:
        """It used the quick lane."""
        if client != SERVER:
            self._account(client).lately += seconds

    def charge(self, client: bytes, seconds: float) -> None:
        """It used what the budget counts."""
        if client != SERVER:
            account = self._account(client)
            account.lately += seconds
            account.used += seconds

    @contextmanager
    def paying(self, client: bytes) -> Iterator[None]:
        """Charge it the seconds that the block takes, however that ends. Raises what `check` raises."""
        self.check(client)
        began = self._clock()
        try:
            yield
        finally:
            self.charge(client, self._clock() - began)

    def check(self, client: bytes) -> None:
        """Raises TooManyError, which says when to come again, when its budget is used up."""
        if client not in self._held or not self._most:
            return
        over = self._account(client).used - self._most
        if over < 0:
            return
        raise TooManyError(
            f"your queries took {self._most + over:.0f} seconds lately; {self._most:g} in each "
            f"{self._window:g} seconds are given (query.client_seconds)",
            remedy="wait, or ask queries that are done at once: they still pass",
            limit=Limit("query.client_seconds", self._most, "seconds"),
            asked=round(self._most + over, 1),
            retry_after=math.ceil(over * self._window / self._most) + 1,
        )

    def _account(self, client: bytes) -> _Account:
        now = self._clock()
        account = self._held.get(client)
        if account is None:
            account = self._held[client] = _Account(0.0, 0.0, now)
            if len(self._held) > _MOST:
                self._held.popitem(last=False)
            return account
        self._held.move_to_end(client)
        passed = now - account.at
        if passed > 0:
            account.lately *= math.exp(-passed / self._window)
            account.used = max(0.0, account.used - passed * self._most / self._window)
            account.at = now
        return account


def _network(client: str) -> str:
    """Of an IPv6 address the first 64 bits, which one customer has; one of IPv4 in IPv6 clothes, plainly."""
    try:
        address = IPv6Address(client.partition("%")[0])
    except ValueError:
        return client
    return str(address.ipv4_mapped or f"{int(address) >> 64:x}::/64")
