"""The checkout as git has it."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("api", "loaders", "mappings", "ontology", "shapes", "site", "sparql")


@cache
def tracked() -> tuple[Path, ...]:
    """Tracked files that are there, links apart, relative to the checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = (Path(name) for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if (ROOT / path).is_file() and not (ROOT / path).is_symlink())


def copy(target: Path) -> Path:
    """A copy of the tracked files, with the links, in the folder `target`."""
    for path in tracked():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target / path)
    for name in LINKED:
        (target / name).mkdir(exist_ok=True)
        (target / "src" / "kamara" / name).symlink_to(f"../../{name}")
    return target
