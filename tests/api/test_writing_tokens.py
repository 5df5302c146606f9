"""Tokens in the settings that cannot be used stop the server at its start, with one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from kamara.api.writing.desk import Desk
from kamara.api.writing.tokens import Tokens
from kamara.config import Settings
from kamara.errors import SettingsError

HASH = "ab" * 32


def tokens(**told: dict[str, object]) -> Settings:
    return Settings(write={"tokens": told})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "what"),
    [(None, "cannot be read"), ("short", "is shorter than 32"), ("κ" * 40, "cannot be read")],
)
def test_a_file_that_holds_no_token(tmp_path: Path, content: str | None, what: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=what):
        Tokens.read(tokens(desk={"file": file}).write)


def test_two_names_for_one_token() -> None:
    with pytest.raises(SettingsError, match="is the token of 'a' too"):
        Tokens.read(tokens(a={"sha256": HASH}, b={"sha256": HASH}).write)


def test_a_dataset_that_is_not_edited() -> None:
    with pytest.raises(SettingsError, match="'organizations', which is no edited dataset"):
        Desk(tokens(desk={"sha256": HASH, "datasets": ["organizations"]}))


@pytest.mark.parametrize("told", [{}, {"sha256": HASH, "file": "x"}, {"sha256": "AB" * 32}, {"sha256": "1"}])
def test_exactly_one_of_hash_and_file(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        tokens(desk=told)


def test_no_token_is_held_in_clear(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("z" * 40)
    assert "z" * 40 not in repr(vars(Tokens.read(tokens(desk={"file": tmp_path / "token"}).write)))
