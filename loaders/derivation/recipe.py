"""What makes a derived dataset: its files and the values of its parameters, and one hash over both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from pydantic import BaseModel

from kamara.config import Settings
from kamara.loaders.derivation.description import Derivation
from kamara.loaders.errors import DerivationError
from kamara.loaders.recipe import hash_files
from kamara.sparql.terms import XSD, literal


def derivation_recipe(derivation: Derivation, settings: Settings) -> str:
    """The sha256 over its description, queries, shapes, rules and parameters, and over this Kamara.

    Raises DerivationError when a file or a setting is not there.
    """
    resources = settings.resources
    files = [
        derivation.file,
        *derivation.query_files(),
        *derivation.shape_files(resources),
        *derivation.rule_files(resources),
    ]
    told = "".join(f"\n{name} {value}" for name, value in parameter_terms(derivation, settings).items())
    return hashlib.sha256((hash_files(files) + told).encode()).hexdigest()


def parameter_terms(derivation: Derivation, settings: Settings) -> Mapping[str, str]:
    """Variable -> the value of its setting in N-Triples. Raises DerivationError for an unknown setting."""
    return {
        name: _term(derivation, setting, settings)
        for name, setting in sorted(derivation.about.parameters.items())
    }


def _term(derivation: Derivation, setting: str, settings: Settings) -> str:
    value: object = settings
    for part in setting.split("."):
        known = type(value).model_fields if isinstance(value, BaseModel) else {}
        value = getattr(value, part) if part in known else None
    if isinstance(value, bool):
        return literal(str(value).lower(), datatype=f"{XSD}boolean")
    if isinstance(value, int):
        return literal(str(value), datatype=f"{XSD}integer")
    if isinstance(value, float):
        return literal(f"{value:f}", datatype=f"{XSD}decimal")
    if isinstance(value, str):
        return literal(value)
    raise DerivationError(
        f"parameters: there is no setting {setting!r} with one value",
        where=str(derivation.file),
        remedy="see docs/settings.md",
    )
