"""The law of linked data, over all samples: what is published answers at its own address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

import httpx
import pytest
from pyoxigraph import RdfFormat, parse
from support.budget import Budget
from support.site import BASE
from support.subjects import about, as_uri, encoded, oddest
from support.uvicorn_thread import running

from kamara.api.app import create_app

TURTLE = {"accept": "text/turtle"}


@pytest.fixture(scope="module")
def client(sample_budget: Budget) -> Iterator[httpx.Client]:
    with running(create_app(sample_budget.settings)) as address, httpx.Client(base_url=address) as opened:
        yield opened


@pytest.fixture(scope="module")
def iris(sample_budget: Budget) -> list[str]:
    return oddest(sample_budget.store, most=3)


def fault(client: httpx.Client, iri: str) -> str | None:
    """What a client that asks for the IRI as it stands does not get; None when all is well."""
    named = client.get(as_uri(iri), headers=TURTLE)
    if named.status_code != 303 or named.request.url.raw_path.decode() != as_uri(iri):
        return f"{named.status_code} at {named.request.url.raw_path.decode()}"
    document = client.get(urljoin(as_uri(iri), named.headers["location"]), headers=TURTLE)
    if document.status_code != 200:
        return f"{document.status_code} at {document.request.url.raw_path.decode()}"
    if f'<{BASE.rstrip("/")}{as_uri(iri)}>; rel="describes"' not in document.headers["link"]:
        return f"links to {document.headers['link']}"
    triples = list(parse(document.content, RdfFormat.TURTLE))
    said = bool(triples) if iri.startswith(f"{BASE}graph/") else about(triples, iri)
    return None if said else "nothing about it"


def test_the_samples_have_names_of_all_kinds(iris: list[str]) -> None:
    rooms = {iri.removeprefix(BASE).split("/")[0] for iri in iris}
    assert rooms == {"id", "def", "code", "graph", "dataset"}
    letters = set("".join(iri.removeprefix(BASE) for iri in iris))
    assert {":", "+", "%", "~"} <= letters
    assert any(letter > "~" for letter in letters)


def test_everything_answers_at_its_own_address(client: httpx.Client, iris: list[str]) -> None:
    faults = {iri: found for iri in iris if (found := fault(client, iri)) is not None}
    assert not faults


def test_a_client_that_encodes_more_comes_to_the_same_place(client: httpx.Client, iris: list[str]) -> None:
    odd = [iri for iri in iris if encoded(iri) != as_uri(iri)]
    assert odd
    for iri in odd:
        answer = client.get(encoded(iri), headers=TURTLE)
        assert answer.status_code == 303, iri
        assert answer.headers["location"] == client.get(as_uri(iri)).headers["location"]
