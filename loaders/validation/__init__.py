"""SHACL before loading: what is good, what goes to quarantine and why."""

from __future__ import annotations

from kamara.loaders.validation.engines import Engine, open_engine
from kamara.loaders.validation.violations import Violation

__all__ = ["Engine", "Violation", "open_engine"]
