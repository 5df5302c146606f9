"""What clerks tell of their work: one packet of JSON twice a second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from kamara.sparql.formats import Form


class Done(NamedTuple):
    """A query that a clerk answered.

    `shape`: the hash of its shape in hexadecimal digits; `seconds`: of the engine; `bytes`: of the body
    as it was sent.
    """

    shape: str
    form: Form
    format: str
    seconds: float
    rows: int
    bytes: int
    version: int


class ClerkNotes(NamedTuple):
    """Answers that were kept, the bytes of their bodies, and what was answered anew."""

    hits: int
    hit_bytes: int
    done: Sequence[Done]

    def pack(self) -> bytes:
        """As JSON."""
        return json.dumps(self).encode()

    @classmethod
    def unpack(cls, packed: bytes) -> ClerkNotes:
        """What was packed."""
        hits, hit_bytes, done = json.loads(packed)
        return cls(hits, hit_bytes, [Done(*one) for one in done])
