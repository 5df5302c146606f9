"""The kinds of refusals: what a person reads of each, and its HTTP status."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kamara.errors import KamaraError
from kamara.site.texts import LANGUAGES, Language


@dataclass(frozen=True)
class Kind:
    """One kind: the last part of `/problem/{name}`, its HTTP status, title and advice by language."""

    name: str
    status: int
    title: Mapping[Language, str]
    help: Mapping[Language, str]

    @property
    def address(self) -> str:
        """Where it is told of, on whatever server answers (RFC 9457, section 3.1.1)."""
        return f"/problem/{self.name}"


@dataclass(frozen=True)
class Kinds:
    """Every kind by its name."""

    by_name: Mapping[str, Kind]

    def __getitem__(self, name: str) -> Kind:
        return self.by_name[name]

    def of_status(self, status: int) -> Kind | None:
        """The first kind with this HTTP status."""
        return next((kind for kind in self.by_name.values() if kind.status == status), None)


def read_kinds(path: Path) -> Kinds:
    """Read `problems.toml`. Raises KamaraError where a text in el or en is missing."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    for name, table in tables.items():
        for part in ("title", "help"):
            if set(table.get(part, {})) != set(LANGUAGES) or not all(table[part].values()):
                raise KamaraError(
                    f"`{part}` needs a text in el and en, and nothing else",
                    where=f"{path}: [{name}]",
                    remedy="complete it",
                )
    return Kinds({name: Kind(name, **table) for name, table in tables.items()})
