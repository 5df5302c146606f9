"""Which network addresses may be fetched from: public ones, and those that the settings name."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection

from kamara.addresses import is_public
from kamara.loaders.errors import AddressError, FetchError

Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host as the system knows them, also of spellings like `127.1` and `2130706433`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise FetchError(
            "the name of the server is not known", where=f"{host}:{port}", remedy="correct the address"
        ) from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class AddressGuard:
    """Resolves a host once and gives the addresses to connect to, so that no second look-up can differ."""

    def __init__(self, allow_private: Collection[str], resolver: Resolver = resolve) -> None:
        self._allowed = frozenset(allow_private)
        self._resolver = resolver

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host`. Raises AddressError when one of them is not public, FetchError if none."""
        found = self._resolver(host, port)
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        private = [address for address in found if not is_public(address)]
        if private and where not in self._allowed:
            raise AddressError(
                f"is at {private[0]}, which is not a public address",
                where=where,
                remedy=f'if it is meant, add "{where}" to fetch.allow_private',
            )
        return found
