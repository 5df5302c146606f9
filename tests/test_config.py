"""The settings file, the environment, and what is refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from kamara.config import load_settings
from kamara.errors import SettingsError


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Write `kamara.toml` in a folder that becomes the current one."""
    monkeypatch.chdir(tmp_path)

    def writer(text: str | bytes) -> Path:
        path = tmp_path / "kamara.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return writer


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_settings().port == 8000


def test_the_file_in_the_current_folder_is_read(write):
    write("port = 8123\n[query]\nworkers = 3\n")
    settings = load_settings()
    assert (settings.port, settings.query.workers) == (8123, 3)


def test_the_environment_wins_over_the_file_setting_by_setting(write, monkeypatch):
    write("[query]\nworkers = 3\nqueue = 4\n")
    monkeypatch.setenv("KAMARA_QUERY__QUEUE", "7")
    settings = load_settings()
    assert (settings.query.workers, settings.query.queue) == (3, 7)


def test_an_argument_wins_over_the_environment(write, monkeypatch):
    monkeypatch.setenv("KAMARA_PORT", "1")
    assert load_settings(write(""), port=2).port == 2


def test_base_years_stand_in_the_file_or_in_the_environment(write, monkeypatch):
    assert load_settings(write('[strategy.bases]\n"1.3" = 2015\n')).strategy.bases == {"1.3": 2015}
    monkeypatch.setenv("KAMARA_STRATEGY__BASES", '{"3.2": 2016}')
    assert load_settings(write("")).strategy.bases == {"3.2": 2016}


def test_settings_travel_to_another_process(write):
    settings = load_settings(write("[sources.budget]\npath = 'x'\n"))
    assert pickle.loads(pickle.dumps(settings)) == settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[strategy.bases]\n"9.9" = 2015', "strategy.bases.9.9"),
        ('[strategy.bases]\n"1.3" = 15', "strategy.bases.1.3: Input should be greater than or equal to 1980"),
        ("port = ", "kamara.toml: not TOML"),
        (b"\xff\xfe", "kamara.toml: not TOML"),
        ("prot = 1", "prot: Extra inputs are not permitted"),
        ("base_iri = 'x'", "base_iri: Value error, must be an http(s) address"),
        ("[query]\nmax_nesting = 9999", "query.max_nesting: Input should be less than or equal to 500"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_in_one_line(write, text, expected):
    path = write(text)
    with pytest.raises(SettingsError) as refusal:
        load_settings()
    assert expected in str(refusal.value)
    assert path.name in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("KAMARA_QUERY__WORKERS", "many"), ("KAMARA_PORT", "-1"), ("KAMARA_QUERY", "many")],
)
def test_a_variable_that_cannot_be_used_is_named(write, monkeypatch, variable, value):
    write("")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match="environment"):
        load_settings()


def test_a_settings_file_that_was_named_must_exist(tmp_path):
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(tmp_path / "none.toml")
