"""Harvests of an OAI-PMH repository become a dataset that follows it: additions, changes, deletions."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from support.checkout import ROOT
from support.repository import Repository
from support.town import edit, found_town
from support.webserver import limits

from kamara.config import SourceSettings
from kamara.loaders.attempts import read_attempts
from kamara.loaders.pipeline import load, release
from kamara.loaders.source import read_source
from kamara.sparql.layout import Layout


@pytest.fixture
def town(tmp_path):
    """A town whose benches are records of a repository."""
    town = found_town(tmp_path)
    mapping = ROOT / "tests" / "support" / "harvested.rml.ttl"
    shutil.copyfile(mapping, town.source_folder / "mapping.rml.ttl")
    edit(town.source_folder / "source.toml", r"(?P<day>[0-9-]+)?.*\.csv", r".*\.xml")
    return town


@pytest.fixture
def repository():
    made = Repository()
    for number in range(7):
        made.put(f"bench-{number}", f"Παγκάκι {number}")
    return made


@pytest.fixture
def harvest(town, repository):
    """Harvest and load; a second goes by."""
    with repository.served() as server:
        wanted = {"kind": "oai-pmh", "url": server.url("/oai")}
        told = {"fetch": limits(server), "sources": {"benches": SourceSettings(fetch=wanted)}}
        settings = town.settings.model_copy(update=told)

        def run():
            report = load(settings, [read_source(town.source_folder)])
            assert report.failures == {}
            repository.now += timedelta(seconds=1)
            return report

        yield run


def standing(repository):
    return {name: title for name, (_, title) in repository.records.items() if title is not None}


def asked_since(repository):
    """The `from` of the last list that was begun."""
    return [query.get("from") for query in repository.queries if "metadataPrefix" in query][-1]


def test_the_dataset_follows_the_repository(town, repository, harvest):
    harvest()
    assert town.labels() == standing(repository)
    repository.put("bench-1", "Άλλο παγκάκι")
    repository.put("bench-2", None)
    repository.put("bench-new", "Νέο παγκάκι")
    (outcome,) = harvest().outcomes
    assert asked_since(repository) is not None
    assert town.labels() == standing(repository)
    assert (outcome.counts.added, outcome.counts.removed) == (3, 3)


def test_nothing_new_publishes_nothing_and_moves_the_date(town, repository, harvest):
    harvest()
    before = attempts(town).memo
    assert not harvest().published
    assert attempts(town).memo["until"] > before["until"]


def test_it_goes_on_after_a_change_of_the_mapping(town, repository, harvest):
    harvest()
    edit(town.source_folder / "mapping.rml.ttl", "oai_dc:dc/dc:title", "oai_dc:dc/dc:title[1]")
    harvest()
    repository.put("bench-3", None)
    harvest()
    assert town.labels() == standing(repository)


def test_harvests_are_derived_again_from_what_is_kept(town, repository, harvest):
    harvest()
    repository.put("bench-3", None)
    harvest()
    repository.records.clear()
    release(town.settings, read_source(town.source_folder))
    assert set(town.labels()) == {f"bench-{number}" for number in range(7)} - {"bench-3"}


def test_what_was_derived_otherwise_is_harvested_whole(town, repository, harvest):
    harvest()
    release(town.settings, read_source(town.source_folder))
    harvest()
    assert asked_since(repository) is None


def attempts(town):
    return read_attempts(Layout(town.settings.data_dir), "benches")
