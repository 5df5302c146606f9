"""Pages from templates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kamara.resources import bundled
from kamara.site.frame import Frame
from kamara.site.problems import Kind, read_kinds
from kamara.site.texts import Texts, read_texts


class Pages:
    """The templates of `site/templates` and the texts of `site/texts.toml`.

    `live` names what only a running server has (the SPARQL form): templates show it when it is true.
    """

    def __init__(self, folder: Path | None = None, *, live: bool) -> None:
        self.folder = folder or bundled().root / "site"
        self.texts: Texts = read_texts(self.folder / "texts.toml")
        self.problems = read_kinds(self.folder / "problems.toml")
        self._templates = Environment(
            loader=FileSystemLoader(self.folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._live = live

    @property
    def static(self) -> Path:
        """The folder of the stylesheet."""
        return self.folder / "static"

    @property
    def robots(self) -> Path:
        """The file that tells robots what to leave alone."""
        return self.folder / "robots" / ("live.txt" if self._live else "files.txt")

    def render(self, template: str, frame: Frame, **values: object) -> str:
        """The page that `template` makes of `values`, as HTML. Every template that extends base.html needs
        `title` among them."""
        return self._templates.get_template(template).render(
            {
                "lang": frame.language,
                "root": frame.root,
                "t": self.texts[frame.language],
                "languages": frame.languages,
                "formats": frame.formats,
                "live": self._live,
            },
            **values,
        )

    def error(self, frame: Frame, problem: Mapping[str, object], kind: Kind | None) -> str:
        """The page that tells a person why there is no answer; `problem` as RFC 9457 has it."""
        texts = self.texts[frame.language]
        return self.render(
            "error.html",
            frame,
            title=kind.title[frame.language] if kind else texts["error_other"],
            kind=kind,
            status=problem["status"],
            detail=problem["detail"],
            rewrite=problem.get("rewrite", ""),
        )
