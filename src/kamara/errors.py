"""The root of every error that Kamara raises on purpose.

KamaraError                     bad input or a refusal: one line, never a stack trace
├── SettingsError               kamara.toml or an environment variable is wrong
├── UsageError                  a command is called with something that does not exist
├── sparql.errors.GraphError    the log, the store, versions and queries
└── loaders.errors.LoadError    sources, mappings, shapes and records
"""

from __future__ import annotations


class KamaraError(Exception):
    """A failure that its reader can act on.

    `what` says what is wrong, `where` names the file and place, `remedy` says what to do. `str()` joins them
    in one line. `exit_code` is what the command line leaves with.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return " ".join(f"{place}{self.what}{remedy}".split())


class SettingsError(KamaraError):
    """The settings cannot be used."""

    exit_code = 2


class UsageError(KamaraError):
    """A command is called wrongly: a file or a name that does not exist."""

    exit_code = 2
