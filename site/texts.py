"""The texts of the pages, in Greek and English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from kamara.errors import KamaraError

Language = Literal["el", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NAMES: Mapping[Language, str] = {"el": "Ελληνικά", "en": "English"}


@dataclass(frozen=True)
class Texts:
    """All texts by language, then by key."""

    by_language: Mapping[Language, Mapping[str, str]]

    def __getitem__(self, language: Language) -> Mapping[str, str]:
        return self.by_language[language]


def read_texts(path: Path) -> Texts:
    """Read `texts.toml`: a table a key, with `el` and `en`. Raises KamaraError when one is missing."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    for key, table in tables.items():
        if set(table) != set(LANGUAGES) or not all(table.values()):
            raise KamaraError(
                "needs a text in el and en, and nothing else", where=f"{path}: [{key}]", remedy="complete it"
            )
    return Texts({lang: {key: table[lang] for key, table in tables.items()} for lang in LANGUAGES})
