"""Stop a build whose links were lost: it would succeed, with an empty package."""

import sys
from pathlib import Path

from setuptools import setup

LINKED = ("api", "loaders", "mappings", "ontology", "shapes", "site", "sparql")

for name in LINKED:
    folder = Path(__file__).parent / "src" / "kamara" / name
    if not folder.is_dir():
        sys.exit(
            f"src/kamara/{name} is not a link to {name}/: "
            "run 'git config core.symlinks true', then 'git checkout -- src/kamara'"
        )

setup()
