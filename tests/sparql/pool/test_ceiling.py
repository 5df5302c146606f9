from __future__ import annotations

import pytest

from kamara.config import Settings
from kamara.errors import SettingsError
from kamara.sparql.pool import ceiling


def settings(**query: object) -> Settings:
    return Settings(query=query)  # type: ignore[arg-type]


def test_the_defaults_stay_under_the_ceiling_with_writing_too() -> None:
    ceiling.check(Settings())
    token = {"sha256": "0" * 64, "datasets": ["authority-links"]}
    writing = Settings(write={"tokens": {"desk": token}})  # type: ignore[arg-type]
    ceiling.check(writing)
    assert ceiling.server(writing) == ceiling.server(Settings()) + writing.write.memory_mb


def test_workers_that_could_pass_the_ceiling_are_refused_with_what_would_fit() -> None:
    with pytest.raises(SettingsError, match=r"lower query\.memory_mb to") as caught:
        ceiling.check(settings(memory_mb=4096))
    fits = int(str(caught.value).partition("memory_mb to ")[2].split()[0])
    ceiling.check(settings(memory_mb=fits))
    with pytest.raises(SettingsError):
        ceiling.check(settings(memory_mb=fits + 1))
    with pytest.raises(SettingsError, match="fewer workers"):
        ceiling.check(settings(workers=64))
