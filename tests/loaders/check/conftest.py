"""A copy of all declarative files, in which a test may break one thing."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kamara.loaders.check import CHECKS, check
from kamara.resources import DEFAULT_BASE, Resources, bundled

FOLDERS = ("ontology", "shapes", "mappings", "sparql")


@dataclass(frozen=True)
class Tree:
    """A resources tree; what was wrong before the test broke it is not counted."""

    root: Path
    before: frozenset[str]

    def replace(self, path, old, new):
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, path, text):
        self.write(path, (self.root / path).read_text(encoding="utf-8") + text)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def findings(self, *subjects):
        return [text for text in found(self.root, *subjects) if text not in self.before]


def found(root, *subjects):
    """The findings about `root`, with paths from there."""
    findings = check(Resources(root), DEFAULT_BASE, subjects or tuple(CHECKS))
    return [str(finding).replace(f"{root.resolve()}/", "") for finding in findings]


def copied(root):
    for name in FOLDERS:
        ignored = shutil.ignore_patterns("*.py", "__pycache__")
        shutil.copytree(bundled().root / name, root / name, ignore=ignored)
    return root


@pytest.fixture(scope="session")
def before(tmp_path_factory):
    """What is found in an untouched copy."""
    return frozenset(found(copied(tmp_path_factory.mktemp("untouched"))))


@pytest.fixture
def tree(tmp_path, before):
    return Tree(copied(tmp_path / "resources"), before)
