"""What `kamara check` says: one line each, with file, place, what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from kamara.errors import KamaraError


@dataclass(frozen=True)
class Finding:
    """One disagreement. `file` and `place` (such as `line 12`, or empty) say where."""

    file: str
    place: str
    what: str
    remedy: str

    @property
    def order(self) -> tuple[str, list[tuple[bool, int, str]], str]:
        """For sorting by file, then by place with numbers as numbers."""
        parts = [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in self.place.split()]
        return self.file, parts, self.what

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return " ".join(f"{where}: {self.what}; {self.remedy}".split())


def shown(finding: Finding) -> Finding:
    """`finding` with the real path of its file, from the current folder when it is below that."""
    path = Path(finding.file).absolute()
    real = path.parent.resolve() / path.name
    here = Path.cwd().resolve()
    return replace(finding, file=str(real.relative_to(here) if real.is_relative_to(here) else real))


def from_error(error: KamaraError, file: Path) -> Finding:
    """An error of one file as a finding."""
    place = error.where.removeprefix(str(file)).lstrip(",: ")
    place = f"line {place}" if place.isdigit() else place
    return Finding(str(file), place, error.what, error.remedy or "correct the file")
