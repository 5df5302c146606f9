"""A register of devices: which properties each reads, by its model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.readings.table import ReadingsTable
from kamara.loaders.readings.unfolding import Content


@dataclass(frozen=True)
class Devices:
    """Takes rows of the register apart: the row once for each property that its model reads."""

    table: ReadingsTable

    def __call__(self, content: Mapping[str, Any]) -> list[Content]:
        """See `Unfolding`."""
        name = f"{content.get('brand_id', '')}/{content.get('model_id', '')}"
        model = self.table.named(name)
        if model is None:
            raise RecordError(
                f"the model {name} is not in the table of models",
                column="model_id",
                found=name,
                expected="brand_id and model_id: a model of the table of models",
                expected_el="brand_id και model_id: μοντέλο του πίνακα μοντέλων",
            )
        told = {**content, "record": {"model": model.name}}
        return [{**told, "reading": {"property": name}} for name in model.properties()] or [told]


def registered(lines: Iterable[str], base_iri: str) -> dict[str, str]:
    """The model of each device that a register's `lines` (N-Triples) describe, by its DevEUI."""
    pattern = re.compile(
        rf'<{re.escape(base_iri)}id/device/([^>/~]+)> <{re.escape(base_iri)}def/deviceModel> "([^"]+)" \.\n'
    )
    found = (pattern.fullmatch(line) for line in lines)
    return {match[1].upper(): match[2] for match in found if match}
