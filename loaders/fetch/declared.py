"""Kind `settings`: what the operator declares in the settings, as a JSON file."""

from __future__ import annotations

import json

from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.kinds import SettingsFetch


def fetch(wanted: SettingsFetch, errand: Errand) -> Fetched:
    """One file: an array of `{"key": ..., "value": ...}`, by key; empty when nothing is declared."""
    declared = errand.declared[wanted.setting]
    path = errand.folder / f"{errand.name}.json"
    path.write_text(json.dumps([{"key": key, "value": declared[key]} for key in sorted(declared)]) + "\n")
    return Fetched((path,))
