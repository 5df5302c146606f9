"""Documents: the pages and RDF of things, the same for the server and for the static site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from kamara.resources import Resources
from kamara.site.addresses import Addresses, Links
from kamara.site.asking import Answered, Table, fields, table
from kamara.site.frame import Alternate, Frame, root_from
from kamara.site.home import Edition, Question, class_rows, home_view
from kamara.site.pages import Pages
from kamara.site.prefixes import read_prefixes
from kamara.site.rdf import RdfDocuments
from kamara.site.representations import HTML, N_TRIPLES, RDF, TURTLE, RdfRepresentation
from kamara.site.texts import LANGUAGES, Language
from kamara.site.views import Viewer
from kamara.sparql.document import Document
from kamara.sparql.formats import Format
from kamara.sparql.labels import read_labels
from kamara.sparql.queries import SavedQuery
from kamara.sparql.summary import GraphSummary, Summary

GRAPH_RDF = (TURTLE, N_TRIPLES)


class Documents:
    """Renders documents. Pages lead to each other in the same language, by `links`."""

    def __init__(self, base_iri: str, resources: Resources, pages: Pages, links: Links | None = None) -> None:
        self.addresses = Addresses(base_iri)
        self.pages = pages
        self._links: Links = links or self.addresses
        prefixes = read_prefixes(base_iri)
        self.vocabulary = read_labels(resources.ontology, base_iri)
        self._rdf = RdfDocuments(self.addresses, prefixes, pages.texts)
        self._viewers = {
            language: Viewer(
                language,
                pages.texts[language],
                vocabulary=self.vocabulary,
                prefixes=prefixes,
                addresses=self.addresses,
                links=self._links,
            )
            for language in LANGUAGES
        }

    def rdf(self, document: Document, representations: Iterable[RdfRepresentation]) -> list[bytes]:
        """The document in each of the formats, which must be among `formats` of the document."""
        return self._rdf.write(document, representations)

    def formats(self, document: Document) -> tuple[RdfRepresentation, ...]:
        """The formats that can express the document."""
        return tuple(one for one in RDF if self._rdf.can_write(document, one))

    def page(self, document: Document, language: Language, content: GraphSummary | None = None) -> str:
        """The page of a thing; `content` is what a graph holds, when the thing is it or its dataset."""
        is_graph = content is not None and content.graph == document.thing
        formats = GRAPH_RDF if is_graph else self.formats(document)
        frame = self._frame(document.thing, language, formats)
        viewer = self._viewers[language]
        view = viewer.thing(document, frame.root)
        if content is None:
            return self.pages.render("thing.html", frame, title=view.title, thing=view)
        dataset = viewer.link(content.dataset.thing, content.dataset.labels, frame.root)
        title = f"{self.pages.texts[language]['graph']} {dataset.name}" if is_graph else view.title
        return self.pages.render(
            "graph.html",
            frame,
            title=title,
            thing=replace(view, title=title, sources=(dataset,) if is_graph else view.sources),
            triples=viewer.formatter.decimal(str(content.triples)),
            classes=class_rows(viewer, content.classes, frame.root),
            downloads=self._frame(content.graph, language, GRAPH_RDF).formats,
        )

    def home(
        self, summary: Summary, edition: Edition | None, questions: Iterable[Question], language: Language
    ) -> str:
        """The home page."""
        versions: dict[Language, str] = {code: f"index.{code}.html" for code in LANGUAGES}
        texts = self.pages.texts[language]
        view = home_view(self._viewers[language], summary, edition, questions)
        title = texts["nav_home"]
        return self.pages.render("home.html", Frame(language, "", versions), title=title, home=view)

    def asked(
        self,
        saved: SavedQuery,
        values: Mapping[str, str],
        formats: Iterable[Format],
        answered: Answered | None,
        language: Language,
    ) -> str:
        """The page of a saved query that was asked with `values`."""
        suffixed = f"?{urlencode(values)}" if values else ""
        versions: dict[Language, str] = {
            code: f"../query/{saved.name}.{code}.html{suffixed}" for code in LANGUAGES
        }
        downloads = tuple(
            Alternate(one.media_type, f"../query/{saved.name}{one.suffix}{suffixed}", one.title)
            for one in formats
        )
        viewer = self._viewers[language]
        frame = Frame(language, "../", versions, downloads)
        return self.pages.render(
            "query.html",
            frame,
            title=saved.question[language],
            name=saved.name,
            address=f"../query/{saved.name}.{language}.html",
            fields=fields(saved, values, viewer),
            table=table(answered, viewer, frame.root) if answered else None,
            text=saved.text,
            editor=f"../sparql.{language}.html?example={saved.name}",
        )

    def table(self, answered: Answered, language: Language) -> Table:
        """The first rows of an answer, for a page that lies at the site's root."""
        return table(answered, self._viewers[language], "")

    def redirect(self, iri: str, root: str) -> str:
        """The page that leads from a thing to its document, for a site without a server."""
        href = {code: f"{root}{self._links.href(iri, f'.{code}.html')}" for code in LANGUAGES}
        english = self.pages.texts["en"]
        return self.pages.render("redirect.html", Frame("el", root), href=href, english=english)

    def _frame(self, iri: str, language: Language, formats: Iterable[RdfRepresentation]) -> Frame:
        path = self._links.href(iri, "") or ""
        root = root_from(path)
        name = root + path
        return Frame(
            language,
            root,
            {html.language: name + html.suffix for html in HTML},
            tuple(Alternate(one.media_type, name + one.suffix, one.name) for one in formats),
        )
