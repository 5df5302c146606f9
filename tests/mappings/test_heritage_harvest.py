"""A repository of records, harvested with the mapping that institutions' Dublin Core comes in by."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from pyoxigraph import Store
from support.heritage import ID, NAMESPACES, Heritage
from support.repository import Repository
from support.webserver import limits

from kamara.config import Settings, SourceSettings
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources

PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in NAMESPACES.items())
RECORDS = (
    f"{PREFIXES} SELECT ?object ?title ?provider {{ ?a edm:aggregatedCHO ?object ;"
    " edm:dataProvider ?provider . ?object dc:title ?title }"
)


@pytest.fixture
def repository():
    made = Repository()
    for number in range(5):
        made.put(f"oai:repository.example:{number}", f"Χάρτης {number}")
    return made


@pytest.fixture
def harvest(repository, tmp_path):
    """Harvest and load; gives the published heritage. A second goes by."""
    with repository.served() as server:
        wanted = SourceSettings(fetch={"kind": "oai-pmh", "url": server.url("/oai")})
        settings = Settings(data_dir=tmp_path, fetch=limits(server), sources={"oai-records": wanted})
        source = choose(read_sources(settings.resources), ["oai-records"])

        def run():
            report = load(settings, source)
            assert report.failures == {}
            repository.now += timedelta(seconds=1)
            return Heritage({}, settings, report.outcomes, Store.read_only(str(report.version.store)))

        yield run


def published(heritage):
    return {(row["object"], row["title"], row["provider"]) for row in heritage.select(RECORDS)}


def standing(repository):
    return {
        (f"{ID}oai-record/{quote(identifier, safe='')}", title, "repository.example")
        for identifier, (_, title) in repository.records.items()
        if title is not None
    }


def test_records_follow_the_repository(repository, harvest):
    assert published(harvest()) == standing(repository)
    repository.put("oai:repository.example:1", "Χάρτης της πόλης")
    repository.put("oai:repository.example:2", None)
    repository.put("oai:repository.example:9", "Νέος χάρτης")
    assert published(harvest()) == standing(repository)


def test_a_record_without_title_is_held_and_the_others_are_published(repository, harvest):
    repository.put("oai:repository.example:3", " ")
    heritage = harvest()
    (held,) = heritage.held("oai-records")
    assert f"<{ID}oai-record/oai%3Arepository.example%3A3>" in held.subjects
    assert published(heritage) == {row for row in standing(repository) if row[1] != " "}
