"""The unfolding that a source asks for in the table [readings] of its source.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kamara.loaders.readings.columns import Columns, normal_heading
from kamara.loaders.readings.devices import Devices, registered
from kamara.loaders.readings.ngsi import Entities
from kamara.loaders.readings.table import read_table
from kamara.loaders.readings.thingsstack import Uplinks
from kamara.loaders.readings.unfolding import Unfolding
from kamara.loaders.source import Source


def open_unfolding(source: Source, needed: Iterable[str], base_iri: str) -> Unfolding | None:
    """How the records of `source` are taken apart; None when they are not.

    `needed` are the lines of the datasets that it needs: a register of devices. Raises SourceError when its
    table cannot be used.
    """
    wanted = source.about.readings
    if wanted is None:
        return None
    path = source.folder / wanted.table
    if wanted.kind == "columns":
        return Columns(read_table(path, normal_heading), re.compile(wanted.missing))
    if wanted.kind == "ngsi":
        return Entities(read_table(path, str.lower))
    table = read_table(path)
    return Devices(table) if wanted.kind == "devices" else Uplinks(table, registered(needed, base_iri))
