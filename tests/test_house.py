"""The checkout itself: links, names that must not stand in it, sizes, copies, pins."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from support.checkout import LINKED, ROOT, tracked

MACHINE_PATH = re.compile(r"(?<![\w/.~-])/(?:work|root|home/\w+)(?:/|\b)")
# In parts, so that this file does not name them.
REGISTRIES = [
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "com"),
    ("crates", "io"),
    ("ghcr", "io"),
    ("quay", "io"),
]
REGISTRY = re.compile("|".join(re.escape(".".join(parts)) for parts in REGISTRIES))
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError)\b")
CODE = {".py", ".js", ".css", ".html", ".rq", ".sh"}


def texts() -> list[tuple[Path, str]]:
    """Every tracked text file with its text."""
    found = []
    for path in tracked():
        try:
            found.append((path, (ROOT / path).read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def places(pattern: re.Pattern[str]) -> list[str]:
    """`file:line` of each match in a tracked text file."""
    return [
        f"{path}:{number}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("name", LINKED)
def test_each_room_is_linked_into_the_package(name):
    link = ROOT / "src" / "kamara" / name
    assert link.is_symlink(), "not a link: git config core.symlinks true, then git checkout -- src/kamara"
    assert str(link.readlink()) == f"../../{name}"
    assert link.is_dir()


def test_only_site_is_a_package_without_init():
    bare = {path.parent for path in tracked() if path.suffix == ".py" and path.parts[0] in LINKED} - {
        path.parent for path in tracked() if path.name == "__init__.py"
    }
    assert {path.parts[0] for path in bare} <= {"site"}


def test_no_registry_host_is_named():
    assert places(REGISTRY) == []


def test_no_path_of_one_machine_is_named():
    assert places(MACHINE_PATH) == []


def test_nothing_is_left_for_later_in_the_code():
    assert [place for place in places(UNFINISHED) if not place.startswith("tests/test_house.py")] == []


def test_no_code_file_is_longer_than_500_lines():
    long = {str(path): text.count("\n") for path, text in texts() if path.suffix in CODE}
    assert {path: lines for path, lines in long.items() if lines > 500} == {}


def test_the_makefile_and_the_build_guard_the_same_links():
    makefile = re.search(r"^LINKS := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert makefile is not None
    assert tuple(makefile[1].split()) == LINKED
    assert str(LINKED).replace("'", '"') in (ROOT / "setup.py").read_text()


def test_no_file_is_a_copy_of_shared_data(shared):
    sizes = {(ROOT / path).stat().st_size for path in tracked()} - {0}
    same_size = [
        path
        for path in shared.rglob("*")
        if path.is_file() and path.stat().st_size in sizes and "strategy" not in path.parts
    ]
    theirs = {hashlib.sha256(path.read_bytes()).hexdigest() for path in same_size}
    assert [
        path for path in tracked() if hashlib.sha256((ROOT / path).read_bytes()).hexdigest() in theirs
    ] == []


def pins(name: str) -> dict[str, str]:
    """Package and version of each line of a requirements file."""
    lines = (ROOT / "requirements" / name).read_text().splitlines()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", "\n".join(lines), re.MULTILINE))


@pytest.mark.parametrize("name", ["run.txt", "test.txt"])
def test_every_pin_has_a_hash(name):
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", "")
    requirements = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_the_pins_satisfy_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {"run.txt": project["dependencies"], "test.txt": project["optional-dependencies"]["test"]}
    for name, requirements in wanted.items():
        for requirement in map(Requirement, requirements):
            pinned = pins(name).get(requirement.name.lower())
            assert pinned, f"{requirement} has no pin in requirements/{name}: run make lock"
            assert requirement.specifier.contains(pinned), (
                f"{requirement} is pinned to {pinned}: run make lock"
            )


def test_what_runs_is_pinned_alike_where_it_is_tested():
    assert pins("run.txt").items() <= pins("test.txt").items()


def test_make_lists_its_targets():
    shown = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"make demo", "make test"} <= {line[:9].strip() for line in shown.stdout.splitlines()}
