"""What `service.toml` declares: the limits of a query and the engine's functions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from kamara.config import Settings


class _Named(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    el: str

    @property
    def label(self) -> Mapping[str, str]:
        """Its name in both languages."""
        return {"en": self.en, "el": self.el}


class Limit(_Named):
    """A limit of a query: the setting that holds it and the unit of its value, as problems name it."""

    setting: str
    unit: str

    def value(self, settings: Settings) -> int | float:
        """What it is set to."""
        found: Any = reduce(getattr, self.setting.split("."), settings)
        assert isinstance(found, int | float)
        return found


class Declared(BaseModel):
    """The file: limits, and functions by their names in `geof:`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    limit: Sequence[Limit]
    function: Mapping[str, _Named]


def read_declared() -> Declared:
    """The file beside this module."""
    file = Path(__file__).with_name("service.toml")
    return Declared.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
