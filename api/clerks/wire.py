"""What passes between the process that serves and a clerk: one message a packet (SOCK_SEQPACKET).

To the clerk: the settings (JSON), first of all; a connection that is lent, its number with its descriptor;
shapes that are light, or no longer; the word to end. From it: ready; a connection that it gives back, idle,
or with the request that it did not answer, or with the rest of an answer that the client has not taken yet;
one whose client has gone; notes of what it did (JSON).
"""

from __future__ import annotations

import struct

SETTINGS, LEND, LIGHT, HEAVY, END = b"S", b"L", b"K", b"F", b"E"
READY, IDLE, REQUEST, OUTPUT, GONE, NOTES = b"R", b"I", b"B", b"O", b"G", b"N"

LARGEST = 200_000
"""Bytes of the longest packet: a body with its headers, or a request."""
SHAPE_BYTES = 16

_HEAD = struct.Struct("!cI")


def pack(kind: bytes, connection: int = 0, payload: bytes = b"") -> bytes:
    """One packet; `connection` is a number where one is meant."""
    return _HEAD.pack(kind, connection) + payload


def unpack(packet: bytes) -> tuple[bytes, int, bytes]:
    """Its kind, number and payload."""
    kind, connection = _HEAD.unpack_from(packet)
    return kind, connection, packet[_HEAD.size :]
