"""The law of linked data, over all samples, as a server of files keeps it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from pyoxigraph import NamedNode, RdfFormat, Store, parse
from support.budget import Budget
from support.site import BASE, Page, write_site
from support.subjects import about, as_uri, oddest


@pytest.fixture(scope="module")
def iris(sample_budget: Budget) -> list[str]:
    return oddest(sample_budget.store, most=1)


@pytest.fixture(scope="module")
def site(sample_budget: Budget, iris: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of what these things say."""
    store = Store()
    for iri in iris:
        store.extend(sample_budget.store.quads_for_pattern(NamedNode(iri), None, None, None))
    out = tmp_path_factory.mktemp("static") / "public"
    write_site(store, out)
    return out


def file(site: Path, address: str) -> Path:
    """What a server of files sends for an address."""
    found = site / unquote(address).removeprefix("/")
    return found / "index.html" if found.is_dir() else found


def test_the_files_of_everything_speak_of_it(site: Path, iris: list[str]) -> None:
    for iri in iris:
        if iri.startswith((f"{BASE}graph/", f"{BASE}dataset/")):
            continue
        address = as_uri(iri) + ("" if iri.endswith("/") else "/")
        page = Page(file(site, address).read_text("utf-8"))
        (greek,) = (href for href in page.hrefs if href.endswith(".el.html"))
        turtle = file(site, urljoin(address, greek.replace(".el.html", ".ttl")))
        assert about(parse(turtle.read_bytes(), RdfFormat.TURTLE), iri), iri
