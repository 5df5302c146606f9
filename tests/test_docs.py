"""The documents do what they say: blocks marked `file=PATH` are written, blocks marked `sh` are run.

Each document has a copy of the checkout to itself, with the samples loaded in `data/`. Where it names the
address of `make demo`, a server answers.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import checkout
from support.server import serving

BLOCK = re.compile(r"^```(?P<kind>\w+)(?: file=(?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)(?P<target>[^)#]+)(?:#[^)]*)?\)")
DEMO = "127.0.0.1:8000"
DOCUMENTS = [path for path in checkout.tracked() if path.suffix == ".md"]


def blocks(path: Path) -> list[re.Match[str]]:
    """The fenced blocks of a document."""
    return list(BLOCK.finditer((checkout.ROOT / path).read_text(encoding="utf-8")))


RUN = [path for path in DOCUMENTS if any(block["kind"] == "sh" for block in blocks(path))]


@dataclass(frozen=True)
class Sandbox:
    """A copy of the checkout and the environment that its commands see."""

    folder: Path
    environment: dict[str, str]

    def run(self, script: str) -> None:
        """Run a block of a document; what it prints is shown when it fails."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    folder = checkout.copy(tmp_path / "kamara")
    (folder / ".venv").symlink_to(sys.prefix)
    programs = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": programs, "KAMARA_RESOURCES_DIR": str(folder)}
    return Sandbox(folder, environment)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl here")
@pytest.mark.parametrize("path", RUN, ids=str)
def test_the_commands_of_the_document_work(path, sandbox):
    sandbox.run("kamara load")
    named = any(DEMO in block["text"] for block in blocks(path) if block["kind"] == "sh")
    with serving(sandbox.folder, sandbox.environment) if named else nullcontext(DEMO) as address:
        for block in blocks(path):
            if block["file"]:
                target = sandbox.folder / block["file"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(block["text"], encoding="utf-8")
            elif block["kind"] == "sh":
                sandbox.run(block["text"].replace(DEMO, address))


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_link_inside_leads_somewhere(path):
    text = (checkout.ROOT / path).read_text(encoding="utf-8")
    targets = [match["target"] for match in LINK.finditer(text)]
    assert [target for target in targets if not (checkout.ROOT / path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_toml_block_is_toml(path):
    for block in blocks(path):
        if block["kind"] == "toml":
            tomllib.loads(block["text"])


def test_every_decision_is_listed(root):
    listed = (root / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    files = {path.name for path in DOCUMENTS if path.parent == Path("docs/decisions")} - {"README.md"}
    assert {name for name in files if f"({name})" not in listed} == set()


def test_the_changelog_speaks_of_this_version(root):
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert f"## [{version}]" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
