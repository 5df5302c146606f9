"""The `kamara` command as a person runs it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support.town import Town

KAMARA = Path(sys.executable).with_name("kamara")


@dataclass(frozen=True)
class Answer:
    """What a command left: exit code and output."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """Its one line on stderr; there must be just one, and no trace."""
        assert "Traceback" not in self.err
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


def kamara(*words: str | Path, folder: Path | None = None, **environment: str) -> Answer:
    """Run a command and wait for its end."""
    done = subprocess.run(
        [KAMARA, *words],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", **environment},
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def in_town(town: Town, *words: str | Path, **environment: str) -> Answer:
    """Run a command with the town's settings."""
    settings = {
        "KAMARA_DATA_DIR": str(town.settings.data_dir),
        "KAMARA_RESOURCES_DIR": str(town.settings.resources_dir),
    }
    return kamara(*words, folder=town.folder, **{**settings, **environment})
