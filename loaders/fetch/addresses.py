"""Which network addresses may be fetched from: public ones, and those that the settings name."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection

from kamara.loaders.errors import AddressError, FetchError

Resolver = Callable[[str, int], list[str]]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# RFC 6052: an IPv4 address in the last four bytes. RFC 4291 2.5.5.1: the deprecated "IPv4-compatible" form.
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


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


def is_public(text: str) -> bool:
    """Whether an address is one of the Internet's: not private, loopback, link-local, shared or reserved.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, Teredo) must be public too.
    """
    address = ipaddress.ip_address(text)
    inner = _embedded(address)
    if inner is not None and not is_public(str(inner)):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address.is_site_local):
        return False
    return not address.is_multicast and (address.is_global or _is_mapped(address))


def _is_mapped(address: IPAddress) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None


def _embedded(address: IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _EMBEDDING):
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
