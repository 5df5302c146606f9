"""The links of the import package: where they are lost, Python finds files with text instead of folders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import kamara
from kamara.loaders.check.findings import Finding
from kamara.loaders.check.material import Material

NAMES = ("api", "loaders", "mappings", "ontology", "shapes", "site", "sparql")


def check_links(_material: Material) -> Iterator[Finding]:
    """All findings about src/kamara in a checkout; an installed package has real folders."""
    package = Path(kamara.__file__).parent
    if package.parent.name == "src" and (package.parent.parent / "pyproject.toml").is_file():
        yield from broken_links(package)


def broken_links(package: Path) -> Iterator[Finding]:
    """Those of the seven links in `package` that are none, or lead to no folder."""
    for name in NAMES:
        link = package / name
        if not link.is_symlink() or not link.is_dir():
            yield Finding(
                str(link), "", "not a link to a folder", "git config core.symlinks true, and check out again"
            )
