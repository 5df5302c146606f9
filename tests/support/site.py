"""A small real graph, its pages, and what tests read from pages."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, Store

from kamara.resources import DEFAULT_BASE, bundled
from kamara.site.addresses import Addresses, FileAddresses
from kamara.site.documents import Documents
from kamara.site.generator import Generator, Written
from kamara.site.home import Edition
from kamara.site.pages import Pages

BASE = DEFAULT_BASE
SAMPLE = Path(__file__).resolve().parent.parent / "site" / "budget.ttl"
GRAPH = f"{BASE}graph/budget-expenditure"
LINE = f"{BASE}id/expenditure-line/2016~10~6011.01.01"
OBSERVATION = f"{BASE}id/expenditure-observation/2016~10~6011.01.01~draft~2016-04-01"

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


def sample_store(path: Path | None = None, extra: str = "") -> Store:
    """The sample, with some more Turtle in the same graph; in memory, or in a folder."""
    store = Store(str(path)) if path else Store()
    store.load(path=str(SAMPLE), format=RdfFormat.TURTLE, to_graph=NamedNode(GRAPH))
    store.load(extra, RdfFormat.TURTLE, base_iri=BASE, to_graph=NamedNode(GRAPH))
    return store


def write_site(store: Store, out: Path) -> Written:
    """The static site of a store."""
    documents = Documents(BASE, bundled(), Pages(live=False), FileAddresses(Addresses(BASE)))
    generator = Generator(store, documents, Edition(1, "2016-04-08T10:00:00+00:00"))
    return generator.write(out, (), lambda count: None)


class Page(HTMLParser):
    """A page as a reader of HTML sees it; `faults` lists elements that are closed wrongly or not at all."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.title = ""
        self.text = ""
        self.tags: list[str] = []
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.language = values.get("lang") or ""
        if tag in {"a", "link"} and values.get("rel") != "describes":
            self.hrefs.append(values.get("href") or "")
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._open and self._open[-1] == "title":
            self.title += data
