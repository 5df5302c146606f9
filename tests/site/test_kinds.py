"""The kinds of refusals are all there in both languages, or the file is not taken."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest

from kamara.errors import KamaraError
from kamara.resources import bundled
from kamara.site.problems import read_kinds

GOOD = '[a]\nstatus = 400\ntitle.el = "α"\ntitle.en = "a"\nhelp.el = "β"\nhelp.en = "b"\n'


def test_every_kind_has_a_status_of_http_and_greek_letters_in_its_greek() -> None:
    kinds = read_kinds(bundled().root / "site" / "problems.toml")
    for kind in kinds.by_name.values():
        assert 400 <= HTTPStatus(kind.status) < 600
        assert any("α" <= char <= "ω" for char in kind.title["el"] + kind.help["el"])
        assert kind.title["en"].isascii()


def test_a_status_has_a_first_kind() -> None:
    kinds = read_kinds(bundled().root / "site" / "problems.toml")
    assert kinds.of_status(400) is kinds["request"]
    assert kinds.of_status(503) is kinds["busy"]
    assert kinds.of_status(418) is None


@pytest.mark.parametrize("line", ['title.el = "α"\n', 'help.en = "b"\n'])
def test_a_kind_that_lacks_a_language_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "problems.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_kinds(path)["a"].address == "/problem/a"
    path.write_text(GOOD.replace(line, ""), encoding="utf-8")
    with pytest.raises(KamaraError, match=r"problems.toml: \[a\]"):
        read_kinds(path)
