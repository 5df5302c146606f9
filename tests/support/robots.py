"""A robot that keeps to robots.txt, read as RFC 9309 says."""

from __future__ import annotations

import re
from collections.abc import Iterator


class Rules:
    """The rules for all robots (section 2.2)."""

    def __init__(self, text: str) -> None:
        lines = [line.partition("#")[0].strip() for line in text.splitlines()]
        pairs = [line.split(":", 1) for line in lines if line]
        assert [value.strip() for name, value in pairs if name.lower() == "user-agent"] == ["*"]
        self._rules = [
            (name.lower() == "allow", value.strip())
            for name, value in pairs
            if name.lower() in ("allow", "disallow") and value.strip()
        ]

    def may_fetch(self, address: str) -> bool:
        """Whether a path, with its query string, may be asked for: the longest rule that fits says so."""
        fitting = [(len(path), allows) for allows, path in self._rules if re.match(_pattern(path), address)]
        return max(fitting, default=(0, True))[1]

    def __iter__(self) -> Iterator[tuple[bool, str]]:
        return iter(self._rules)


def _pattern(path: str) -> str:
    end = r"\Z" if path.endswith("$") else ""
    return ".*".join(map(re.escape, path.removesuffix("$").split("*"))) + end
