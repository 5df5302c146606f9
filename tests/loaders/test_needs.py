import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.town import found_town

from kamara.loaders.errors import SourceError
from kamara.loaders.needs import impossible, in_order
from kamara.loaders.pipeline import load, release
from kamara.loaders.source import choose, read_sources, readable_sources
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States

SPATIAL = "<http://purl.org/dc/terms/spatial>"
AREAS_MAPPING = """
@prefix rml: <http://w3id.org/rml/> .
@prefix geo: <http://www.opengis.net/ont/geosparql#> .
@prefix kam: <https://data.thessaloniki.gr/def/> .
<#area> a rml:TriplesMap ;
    rml:logicalSource [ rml:source "areas.csv" ; rml:referenceFormulation rml:CSV ] ;
    rml:subjectMap [ rml:template "https://data.thessaloniki.gr/id/area/{key}" ] ;
    rml:predicateObjectMap
        [ rml:predicate geo:asWKT ; rml:objectMap [ rml:reference "wkt" ; rml:datatype geo:wktLiteral ] ] ,
        [ rml:predicate kam:geometryOf ;
          rml:objectMap [ rml:template "https://data.thessaloniki.gr/id/quarter/{key}" ] ] .
"""
TREES_MAPPING = """
@prefix rml: <http://w3id.org/rml/> .
@prefix fn: <https://data.thessaloniki.gr/def/fn/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix kam: <https://data.thessaloniki.gr/def/> .
<#tree> a rml:TriplesMap ;
    rml:logicalSource [ rml:source "trees.csv" ; rml:referenceFormulation rml:CSV ] ;
    rml:subjectMap [ rml:template "https://data.thessaloniki.gr/id/tree/{key}" ; rml:class kam:Tree ] ;
    rml:predicateObjectMap [ rml:predicate dcterms:spatial ; rml:objectMap [
        rml:functionExecution [ rml:function fn:placeAt ; rml:input
            [ rml:parameter fn:lon ; rml:inputValueMap [ rml:reference "lon" ] ] ,
            [ rml:parameter fn:lat ; rml:inputValueMap [ rml:reference "lat" ] ] ] ;
        rml:termType rml:IRI ] ] .
"""
WEST, EAST = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))", "POLYGON ((1 0, 2 0, 2 1, 1 1, 1 0))"


class Grove:
    """Two sources beside the benches: trees, and the areas in which they stand."""

    def __init__(self, town):
        self.town = town
        self.settings = town.settings
        self.describe("trees", ("areas",), TREES_MAPPING, "tree")
        self.describe("areas", (), AREAS_MAPPING, "area")

    def describe(self, name, needs, mapping, kind):
        folder = self.settings.resources.mappings / name
        folder.mkdir(exist_ok=True)
        text = (self.town.source_folder / "source.toml").read_text(encoding="utf-8")
        text = re.sub(r"(?m)^(rules|mapping|shapes).*\n", "", text)
        text = re.sub(r'(?m)^name = "benches"', f'name = "{name}"\nneeds = {list(needs)}\nshapes = []', text)
        text = re.sub(r"(?m)^owns = .*", f'owns = ["{kind}"]', text)
        text = re.sub(r"(?m)^pattern = .*", f'pattern = "{name}.csv"', text)
        (folder / "source.toml").write_text(text, encoding="utf-8")
        (folder / "mapping.rml.ttl").write_text(mapping, encoding="utf-8")

    def write(self, name, *rows):
        (self.town.files / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")

    def load(self, *names):
        sources = choose(read_sources(self.settings.resources), list(names))
        return load(self.settings, sources, self.town.files)

    def ties(self):
        layout = Layout(self.settings.data_dir)
        content = States(layout, ChangeLog(layout)).read("trees")
        ends = (line.split(" ")[::2] for line in content if SPATIAL in line)
        return {tree.rpartition("/")[2][:-1]: place.rpartition("/")[2][:-1] for tree, place, *_ in ends}


@pytest.fixture
def grove(tmp_path):
    grove = Grove(found_town(tmp_path))
    grove.write("trees", "key,lon,lat", "elm,0.5,0.5", "oak,1.5,0.5", "fig,9,9", "ash,,")
    grove.write("areas", "key,wkt", f'west,"{WEST}"')
    return grove


@pytest.mark.parametrize("names", [*permutations(["trees", "areas"])])
def test_what_a_source_needs_is_loaded_first_whatever_the_order(grove, names):
    report = grove.load(*names)
    assert not report.failures
    assert [outcome.dataset for outcome in report.outcomes] == ["ontology", "areas", "trees"]
    assert grove.ties() == {"elm": "west"}


def test_a_changed_boundary_maps_the_source_again_from_its_kept_files(grove):
    grove.load("areas", "trees")
    grove.write("areas", "key,wkt", f'west,"{WEST}"', f'east,"{EAST}"')
    grove.write("trees", "key,lon,lat", "not,loaded,now")
    report = grove.load("areas")
    assert [outcome.dataset for outcome in report.outcomes] == ["areas", "trees"]
    assert grove.ties() == {"elm": "west", "oak": "east"}


def test_nothing_is_mapped_again_when_nothing_changed(grove):
    grove.load("areas", "trees")
    assert grove.load("areas", "trees").outcomes == []
    assert grove.load("areas").outcomes == []


def test_a_source_that_was_never_loaded_does_not_come_with_what_it_needs(grove):
    assert [outcome.dataset for outcome in grove.load("areas").outcomes] == ["ontology", "areas"]


def test_without_what_it_needs_a_source_has_no_ties_and_gets_them_later(grove):
    grove.load("trees")
    assert grove.ties() == {}
    grove.load("areas")
    assert grove.ties() == {"elm": "west"}


def test_a_release_of_what_is_needed_maps_the_source_again(grove):
    grove.load("trees")
    load(grove.settings, choose(read_sources(grove.settings.resources), ["areas"]), grove.town.files)
    mapping = AREAS_MAPPING.replace("id/quarter/{key}", "id/district/{key}-1")
    (grove.settings.resources.mappings / "areas" / "mapping.rml.ttl").write_text(mapping, encoding="utf-8")
    release(grove.settings, read_sources(grove.settings.resources)["areas"])
    assert grove.ties() == {"elm": "west-1"}


def test_a_position_that_is_none_costs_only_its_record(grove):
    grove.write("trees", "key,lon,lat", "elm,0.5,0.5", "oak,1.5,north")
    (*_, trees) = grove.load("trees", "areas").outcomes
    assert (trees.counts.records, trees.counts.published, trees.counts.quarantined) == (2, 1, 1)


def test_an_unknown_need_is_refused_in_one_line_and_stops_only_its_source(grove):
    grove.describe("trees", ("arias",), TREES_MAPPING, "tree")
    sources, broken = readable_sources(grove.settings.resources)
    assert set(sources) == {"areas", "benches"}
    assert str(broken["trees"]).count("\n") == 0
    assert "needs: there is no source 'arias'" in str(broken["trees"])
    with pytest.raises(SourceError, match="choose from: areas, benches, trees"):
        read_sources(grove.settings.resources)


def test_sources_that_need_each_other_are_refused_in_one_line(grove):
    grove.describe("areas", ("trees",), AREAS_MAPPING, "area")
    sources, broken = readable_sources(grove.settings.resources)
    assert set(sources) == {"benches"}
    assert "needs: it needs itself, trees -> areas -> trees" in str(broken["trees"])


def test_a_source_that_needs_itself_is_refused():
    assert impossible({"a": ["a"]}, {"a"}).keys() == {"a"}


names = st.sampled_from("abcdef")


@given(st.lists(names, unique=True), st.dictionaries(names, st.lists(names, max_size=3), max_size=6))
def test_each_comes_once_and_after_what_it_needs(wanted, needs):
    ordered = in_order(wanted, needs)
    assert sorted(ordered) == sorted(wanted)
    stuck = impossible(needs, "abcdef")
    for place, name in enumerate(ordered):
        if not stuck:
            assert not set(needs.get(name, ())) & set(ordered[place:])
