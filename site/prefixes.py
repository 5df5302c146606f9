"""Short names for IRIs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kamara.resources import read_namespaces

_LOCAL = re.compile(r"[^\s/#?]+\Z")


@dataclass(frozen=True)
class Prefixes:
    """Namespaces by prefix."""

    namespaces: Mapping[str, str]

    def compact(self, iri: str) -> str:
        """The IRI as `prefix:name` where a prefix fits and the rest is one name, and as it is otherwise."""
        for prefix, namespace in self.namespaces.items():
            if iri.startswith(namespace) and _LOCAL.match(iri, len(namespace)):
                return f"{prefix}:{iri[len(namespace) :]}"
        return iri


def read_prefixes(base_iri: str) -> Prefixes:
    """Those of `prefixes.toml`, ours moved to `base_iri`."""
    return Prefixes(read_namespaces(base_iri))
