"""The generated pages are those of the code as it is."""

from __future__ import annotations

import pytest

from kamara import reference
from kamara.config import load_settings


@pytest.mark.parametrize("name", sorted(reference.PAGES))
def test_the_committed_page_is_the_generated_one(name, root):
    committed = (root / "docs" / name).read_text(encoding="utf-8")
    assert committed == reference.page(root / "docs", name), "run make docs"


def test_every_setting_says_what_it_is():
    assert [one.name for one in reference.settings() if not one.field.description] == []


@pytest.mark.parametrize(
    "one",
    [one for one in reference.settings() if one.field.annotation in (int, float)],
    ids=lambda one: one.name,
)
def test_the_variable_that_the_page_names_sets_it(one, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    default = one.field.default
    other = (default - 1 or 2) if isinstance(default, int) else default / 2
    monkeypatch.setenv(one.variable, str(other))
    value = load_settings()
    for part in one.name.split("."):
        value = getattr(value, part)
    assert value == other


def test_every_command_has_an_example():
    sections = reference.commands().split("\n## ")[1:]
    assert [section.splitlines()[0] for section in sections if "    kamara " not in section] == []
