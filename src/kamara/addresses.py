"""Which network addresses are the Internet's, and which are somebody's own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 6052: an IPv4 address in the last four bytes. RFC 4291 2.5.5.1: the deprecated "IPv4-compatible" form.
_EMBEDDING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# Not global by the registries, but for Python 3.11: RFC 8215 (local NAT64), 7526, 9637 and 9602.
_RESERVED: tuple[Network, ...] = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv6Network("3fff::/20"),
    ipaddress.IPv6Network("5f00::/16"),
)
# RFC 5214: bytes 8 to 11 of an interface that tunnels to the IPv4 address after them (ISATAP).
_ISATAP = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")


def is_public(text: str) -> bool:
    """Whether an address is one of the Internet's: not private, loopback, link-local, shared or reserved.

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, Teredo, ISATAP) must be public too.
    """
    address = ipaddress.ip_address(text)
    inner = _embedded(address)
    if inner is not None and not is_public(str(inner)):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address.is_site_local):
        return False
    if any(address.version == network.version and address in network for network in _RESERVED):
        return False
    return not address.is_multicast and (address.is_global or _is_mapped(address))


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks like `10.20.0.0/16` or `fd00::/8`, and single addresses. Raises ValueError."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def is_within(text: str, allowed: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks; an IPv4 address mapped into IPv6 counts as itself."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return any(address.version == network.version and address in network for network in allowed)


def _is_mapped(address: IPAddress) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None


def _embedded(address: IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _EMBEDDING) or address.packed[8:12] in _ISATAP:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour
