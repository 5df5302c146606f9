"""The frame of a page: its language, where it lies, and its other versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kamara.site.texts import LANGUAGES, NAMES, Language


@dataclass(frozen=True)
class Alternate:
    """Another representation of what a page shows."""

    media_type: str
    href: str
    name: str


@dataclass(frozen=True)
class Frame:
    """What base.html needs to know.

    `root` leads from the page to the site's root, as in `../../` (empty for a page that lies there).
    `versions` gives the address of the page in each language; it may be empty.
    """

    language: Language
    root: str = ""
    versions: Mapping[Language, str] = field(default_factory=dict)
    formats: tuple[Alternate, ...] = ()

    @property
    def languages(self) -> list[dict[str, object]]:
        """The language switch: code, name, address, and whether it is this page."""
        return [
            {"code": code, "name": NAMES[code], "href": self.versions[code], "current": code == self.language}
            for code in LANGUAGES
            if code in self.versions
        ]


def root_from(path: str) -> str:
    """The way from a page at `path` (relative to the site's root) to the root."""
    return "../" * path.count("/")
