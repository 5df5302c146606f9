"""YARRRML, translated to RML by yatter: in a process of its own, as it is optional and takes logging over."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from kamara.loaders.errors import MappingError

SUFFIXES = (".yml", ".yaml")
_SECONDS = 60


def to_rml(path: Path, folder: Path) -> Path:
    """Translate the YARRRML file at `path`, and return the RML written into `folder`.

    Raises MappingError when yatter is not installed or cannot translate the file.
    """
    if find_spec("yatter") is None:
        raise MappingError(
            "YARRRML needs yatter", where=str(path), remedy='install "kamara[yarrrml]", or write RML'
        )
    if not path.is_file():
        raise MappingError("cannot be read: no such file", where=str(path), remedy="name a mapping file")
    target = folder / "mapping.rml.ttl"
    command = [sys.executable, "-P", "-m", "yatter", "-i", str(path), "-o", str(target)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise _refusal(path, f"not done in {_SECONDS} seconds") from error
    if done.returncode != 0 or not target.is_file():
        raise _refusal(path, _reason(done.stderr))
    return target


def _refusal(path: Path, reason: str) -> MappingError:
    return MappingError(
        f"yatter cannot translate it: {reason}", where=str(path), remedy="correct the file, or write RML"
    )


def _reason(stderr: str) -> str:
    """The message after the last call of a traceback, all its lines."""
    lines = stderr.splitlines()
    calls = [number for number, line in enumerate(lines) if line.startswith("    ")]
    return " ".join(lines[calls[-1] + 1 :] if calls else lines[-1:]).strip() or "no reason given"
