"""What was erased: a salted hash of each IRI, so that the thing never comes back, and nothing else."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import UTC, datetime
from pathlib import Path

from kamara.sparql import durable


class Tombstones:
    """The erased things of one data folder. A thing's parts, `IRI/...` and `IRI~...`, are erased with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._salt, self._hashes = self._read()

    def __len__(self) -> int:
        return len(self._hashes)

    def covers(self, iri: str) -> bool:
        """Whether the thing, or a whole that it is a part of, was erased."""
        if not self._hashes:
            return False
        return any(self._hash(whole) in self._hashes for whole in _wholes(iri))

    def add(self, iri: str) -> None:
        """Remember, durably, that a thing was erased."""
        self._hashes[self._hash(iri)] = datetime.now(UTC).isoformat(timespec="seconds")
        content = {"salt": self._salt, "erased": self._hashes}
        durable.write_bytes(self._path, json.dumps(content, indent=2).encode() + b"\n")

    def _hash(self, iri: str) -> str:
        return hashlib.sha256(f"{self._salt} {iri}".encode()).hexdigest()

    def _read(self) -> tuple[str, dict[str, str]]:
        if not self._path.exists():
            return secrets.token_hex(16), {}
        content = json.loads(self._path.read_text(encoding="ascii"))
        return content["salt"], content["erased"]


def _wholes(iri: str) -> list[str]:
    places = [place for place, char in enumerate(iri) if char in "/~"]
    return [iri, *(iri[:place] for place in places)]
