"""What is told of a pinned result: as JSON, as a page, as a citation."""

from __future__ import annotations

from collections.abc import Mapping

from kamara.api.results.citation import Citation
from kamara.site.frame import Alternate, Frame
from kamara.site.pages import Pages
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.queries import SavedQuery
from kamara.sparql.results.archive import ResultArchive
from kamara.sparql.results.record import ResultRecord


class Telling:
    """Tells of results at `base`, the address of the whole site, which ends with a slash."""

    def __init__(
        self, pages: Pages, saved: Mapping[str, SavedQuery], archive: ResultArchive, base: str
    ) -> None:
        self._pages = pages
        self._saved = saved
        self._archive = archive
        self._base = base

    def citation(self, record: ResultRecord) -> Citation:
        """How to cite it."""
        title = {language: self._title(record, language) for language in LANGUAGES}
        return Citation(record, title, self._text("en", "site_name"), f"{self._base}result/{record.id}")

    def members(self, record: ResultRecord) -> dict[str, object]:
        """All that is known of it, for JSON."""
        citation = self.citation(record)
        is_kept = self._archive.answer(record) is not None
        return {
            "id": record.id,
            "address": citation.url,
            "title": dict(citation.title),
            "version": {
                "number": record.version,
                "published": record.published,
                "sequence": record.sequence,
            },
            "query": record.text,
            "bindings": record.bindings,
            "savedQuery": record.saved,
            "parameters": record.values,
            "defaultGraphs": record.default_graphs,
            "namedGraphs": record.named_graphs,
            "defaultGraph": record.default_graph,
            "form": record.form,
            "mediaType": record.format.media_type,
            "answer": f"{citation.url}/answer.{record.format_name}",
            "sha256": record.digest,
            "bytes": record.size,
            "rows": record.rows,
            "kept": is_kept,
            "pinned": record.pinned,
            "software": {"kamara": record.kamara, "pyoxigraph": record.engine},
            "bibtex": f"{citation.url}.bib",
            "csl": f"{citation.url}.csl.json",
        }

    def page(self, record: ResultRecord, language: Language) -> str:
        """The page of a result."""
        citation = self.citation(record)
        name = f"../result/{record.id}"
        versions: dict[Language, str] = {code: f"{name}.{code}.html" for code in LANGUAGES}
        formats = tuple(
            Alternate(media_type, name + suffix, title)
            for media_type, suffix, title in (
                (record.format.media_type, f"/answer.{record.format_name}", record.format.title),
                ("application/x-bibtex", ".bib", "BibTeX"),
                ("application/vnd.citationstyles.csl+json", ".csl.json", "CSL-JSON"),
                ("application/json", ".json", "JSON"),
                ("application/sparql-query", ".rq", "SPARQL"),
            )
        )
        return self._pages.render(
            "result.html",
            Frame(language, "../", versions, formats),
            title=citation.title[language],
            record=record,
            url=citation.url,
            words=citation.words(language),
            bibtex=citation.bibtex(),
        )

    def _title(self, record: ResultRecord, language: Language) -> str:
        saved = self._saved.get(record.saved or "")
        if saved is None:
            return self._text(language, "result_title").format(version=record.version)
        given = ", ".join(f"{name} = {value}" for name, value in record.values.items())
        return f"{saved.question[language]} ({given})" if given else saved.question[language]

    def _text(self, language: Language, name: str) -> str:
        return self._pages.texts[language][name]
