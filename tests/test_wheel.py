"""What is installed is what is in the checkout: every room, once, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from support import checkout

pytestmark = pytest.mark.slow


def build(source: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """Build the sdist, and the wheel out of the sdist."""
    return subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(source)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the built sdist and wheel."""
    out = tmp_path_factory.mktemp("dist")
    result = build(checkout.copy(tmp_path_factory.mktemp("checkout")), out)
    assert result.returncode == 0, result.stdout + result.stderr
    return out


def expected() -> set[str]:
    """Every tracked file of the package, by its name in the wheel."""
    inside = {f"kamara/{path}" for path in checkout.tracked() if path.parts[0] in checkout.LINKED}
    return inside | {
        str(path.relative_to("src")) for path in checkout.tracked() if path.is_relative_to("src/kamara")
    }


def test_the_wheel_has_every_room_once_and_nothing_else(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(names) == expected()


def test_the_wheel_carries_the_licence(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        text = archive.read(metadata).decode()
    assert "License-Expression: Apache-2.0" in text
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_sdist_has_the_package_and_no_links(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        members = archive.getmembers()
    names = {member.name.split("/", 1)[-1] for member in members if member.isfile()}
    assert {f"src/{name}" for name in expected()} <= names
    assert {"LICENSE", "README.md", "pyproject.toml", "setup.py"} <= names
    assert not [name for name in names if name.startswith(("tests/", "api/", "sparql/"))]
    assert not [member.name for member in members if member.issym() or member.islnk()]


def test_the_installed_wheel_finds_its_files_without_the_checkout(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    target = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", target, wheel],
        check=True,
        capture_output=True,
        timeout=120,
    )
    code = (
        "from kamara.resources import bundled; from kamara.cli import build_app; build_app(); r = bundled();"
        "assert all(p.is_dir() for p in (r.ontology, r.shapes, r.mappings)); print(r.root)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(target)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert Path(shown.stdout.strip()) == target / "kamara"


@pytest.mark.parametrize("lost", [*checkout.LINKED])
def test_a_build_without_its_links_fails_in_one_line(tmp_path, lost):
    source = checkout.copy(tmp_path / "checkout")
    link = source / "src" / "kamara" / lost
    link.unlink()
    link.write_text(f"../../{lost}")
    result = subprocess.run(
        [sys.executable, "setup.py", "--version"],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode != 0
    assert result.stderr.splitlines() == [
        f"src/kamara/{lost} is not a link to {lost}/: "
        "run 'git config core.symlinks true', then 'git checkout -- src/kamara'"
    ]


def test_a_wheel_without_its_links_is_not_built(tmp_path):
    source = checkout.copy(tmp_path / "checkout")
    link = source / "src" / "kamara" / "sparql"
    link.unlink()
    link.write_text("../../sparql")
    result = build(source, tmp_path / "dist")
    assert result.returncode != 0
    assert "src/kamara/sparql is not a link to sparql/" in result.stdout + result.stderr


def test_make_without_the_links_fails_in_one_line(tmp_path):
    source = checkout.copy(tmp_path / "checkout")
    shutil.rmtree(source / ".git", ignore_errors=True)
    link = source / "src" / "kamara" / "api"
    link.unlink()
    link.write_text("../../api")
    result = subprocess.run(
        ["make", "install"], cwd=source, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode != 0
    assert result.stderr.splitlines()[0].startswith("make: src/kamara/api is not a link: run 'git config")
    assert not (source / ".venv").exists()
