"""What a request asks for, as far as an answer may depend on it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Scope

from kamara.api.gateway.conditions import split_tags
from kamara.api.gateway.encodings import Coding, acceptable

Key = tuple[bytes | None, ...]

_READ = frozenset(
    {
        b"host",
        b"accept",
        b"accept-language",
        b"accept-encoding",
        b"if-none-match",
        b"if-modified-since",
        b"authorization",
        b"range",
        b"prefer",
    }
)
_PERSONAL = frozenset({b"authorization", b"range", b"prefer"})


@dataclass(slots=True)
class Wish:
    """A request's method, target and the headers that choose a representation, as they came over the wire."""

    method: str
    path: bytes
    query: bytes
    headers: dict[bytes, bytes]

    @classmethod
    def of(cls, scope: Scope) -> Wish:
        """The wish of an HTTP request (ASGI scope). A header that comes twice is one list (section 5.3)."""
        found: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _READ:
                found[name] = found[name] + b", " + value if name in found else value
        return cls(scope["method"], scope["raw_path"], scope["query_string"], found)

    @property
    def reads(self) -> bool:
        """Whether it is a GET or HEAD."""
        return self.method in ("GET", "HEAD")

    @property
    def is_plain(self) -> bool:
        """Whether a kept answer can serve it: nobody's own, no part of it, nothing put off."""
        return self.reads and _PERSONAL.isdisjoint(self.headers)

    @property
    def is_conditional(self) -> bool:
        """Whether the client holds something already."""
        return self.reads and (b"if-none-match" in self.headers or b"if-modified-since" in self.headers)

    @property
    def key(self) -> Key:
        """Equal for requests that any answer would be equal for, on one version."""
        get = self.headers.get
        names = (b"host", b"accept", b"accept-language", b"accept-encoding")
        return (self.path, self.query, *map(get, names))

    @property
    def codings(self) -> tuple[Coding, ...]:
        """The content codings that it takes, the best first; empty when it takes none."""
        return acceptable(self.text(b"accept-encoding"))

    @property
    def tags(self) -> tuple[str, ...]:
        """The entity tags of If-None-Match."""
        return split_tags(self.text(b"if-none-match") or "")

    def text(self, name: bytes) -> str | None:
        """A header's value; None without it."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")
