"""How a pinned result is cited: in words, as BibTeX and as CSL-JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kamara.site.texts import Language
from kamara.sparql.results.record import ResultRecord

_ESCAPED = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True)
class Citation:
    """What a citation says. `url`: the permanent address; `publisher`: the site's name."""

    record: ResultRecord
    title: Mapping[Language, str]
    publisher: str
    url: str

    @property
    def note(self) -> str:
        """Which state of the graph it is of, and the digest to check it by."""
        record = self.record
        return f"Version {record.version} of {record.published}; SHA-256 {record.digest}"

    def words(self, language: Language) -> str:
        """One line for a list of references."""
        record = self.record
        return f"{self.publisher}. {self.title[language]}. {record.published[:10]}. {self.note}. {self.url}"

    def bibtex(self) -> str:
        """A BibTeX entry in UTF-8, in English; `urldate` as biblatex has it."""
        published = _day(self.record.published)
        fields = {
            "title": f"{{{_escaped(self.title['en'])}}}",
            "author": f"{{{_escaped(self.publisher)}}}",
            "year": str(published.year),
            "month": str(published.month),
            "url": self.url,
            "urldate": _day(self.record.pinned).isoformat(),
            "note": _escaped(self.note),
        }
        lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
        return f"@misc{{kamara-{self.record.id[:12]},\n{lines}}}\n"

    def csl(self) -> list[dict[str, object]]:
        """An item of CSL-JSON (csl-data.json 1.0), in English."""
        record = self.record
        return [
            {
                "id": f"kamara-{record.id[:12]}",
                "type": "dataset",
                "title": self.title["en"],
                "author": [{"literal": self.publisher}],
                "publisher": self.publisher,
                "issued": _date_parts(record.published),
                "accessed": _date_parts(record.pinned),
                "version": str(record.version),
                "URL": self.url,
                "note": self.note,
            }
        ]


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)


def _day(time: str) -> date:
    return datetime.fromisoformat(time).date()


def _date_parts(time: str) -> dict[str, object]:
    day = _day(time)
    return {"date-parts": [[day.year, day.month, day.day]]}
