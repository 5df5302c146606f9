import pytest
from support.town import BASE, found_town

from kamara.loaders.errors import OwnershipError, RuleError, SourceError, SystematicError
from kamara.loaders.pipeline import load, release
from kamara.loaders.quarantine import held_in
from kamara.loaders.source import read_sources
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.rebuild import rebuild
from kamara.sparql.state import States
from kamara.sparql.versions import Versions

STALE = "<https://data.thessaloniki.gr/def/staleSince>"


@pytest.fixture
def town(tmp_path):
    return found_town(tmp_path)


def held(town):
    return list(held_in(ChangeLog(Layout(town.settings.data_dir)), "benches"))


def test_a_load_publishes_one_version_with_ontology_and_source(town):
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,1,2020")
    report = town.load()
    assert [outcome.dataset for outcome in report.outcomes] == ["ontology", "benches"]
    assert report.version.number == 1
    assert report.version.quads == sum(outcome.counts.triples for outcome in report.outcomes)


def test_the_same_input_again_changes_nothing(town):
    town.write("b.csv", "1,Παραλία,,")
    first, second = town.load(), town.load()
    assert (first.published, second.published) == (True, False)
    assert second.outcomes == []
    assert second.version == first.version


def test_a_replaced_file_makes_a_small_change_set(town):
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,,")
    town.load()
    town.write("b.csv", "1,Παραλία,,", "2,Πάρκο,,")
    (outcome,) = town.load().outcomes
    assert (outcome.counts.added, outcome.counts.removed) == (1, 1)
    assert town.labels() == {"1": "Παραλία", "2": "Πάρκο"}


def test_a_key_that_vanishes_is_removed(town):
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,,")
    town.load()
    town.write("b.csv", "1,Παραλία,,")
    town.load()
    assert town.labels() == {"1": "Παραλία"}


def test_a_bad_record_costs_only_itself_and_says_why(town):
    town.write("b.csv", "1,Παραλία,,", "2,X,,", "3,Πάρκο,,")
    (_, outcome) = town.load().outcomes
    assert town.labels() == {"1": "Παραλία", "3": "Πάρκο"}
    assert (outcome.counts.records, outcome.counts.published, outcome.counts.quarantined) == (3, 2, 1)
    (record,) = held(town)
    assert (record.name, record.raw) == ("b.csv:3", "2,X,,\n")
    assert record.reasons[0].messages == {
        "el": "Το παγκάκι χρειάζεται ένα όνομα",
        "en": "A bench needs one name",
    }


def test_a_row_with_too_few_fields_is_held_with_its_text(town):
    town.write("b.csv", "1,Παραλία,,", "2", "3,Πάρκο,,")
    town.load()
    (record,) = held(town)
    assert (record.name, record.raw) == ("b.csv:3", "2\n")
    assert town.labels() == {"1": "Παραλία", "3": "Πάρκο"}


def test_what_refers_to_a_held_back_thing_is_held_back_too_again_and_again(town):
    town.write("b.csv", "1,X,,", "2,Πλατεία,1,", "3,Πάρκο,2,", "4,Λιμάνι,,")
    town.load()
    assert town.labels() == {"4": "Λιμάνι"}
    assert {record.name: record.reasons[0].component for record in held(town)} == {
        "b.csv:2": "MinLengthConstraintComponent",
        "b.csv:3": "Reference",
        "b.csv:4": "Reference",
    }


def test_a_key_held_back_today_keeps_its_last_good_state_marked_stale(town):
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,1,")
    town.load()
    town.write("b.csv", "1,X,,", "2,Πλατεία,1,")
    town.load()
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία"}
    assert [line.split()[0] for line in town.lines() if STALE in line] == [f"<{BASE}id/bench/1>"]
    town.write("b.csv", "1,Λιμάνι,,", "2,Πλατεία,1,")
    town.load()
    assert town.labels()["1"] == "Λιμάνι"
    assert not any(STALE in line for line in town.lines())


def test_a_corrected_shape_releases_what_it_held_back(town):
    town.write("b.csv", "1,Παραλία,,", "2,X,,")
    town.load()
    shapes = town.settings.resources.shapes / "bench.ttl"
    shapes.write_text(shapes.read_text().replace("sh:minLength 3", "sh:minLength 1"))
    for path in town.files.iterdir():
        path.unlink()
    release(town.settings, read_sources(town.settings.resources)["benches"])
    assert town.labels() == {"1": "Παραλία", "2": "X"}
    assert held(town) == []


def test_records_held_back_and_published_add_up(town):
    town.write("b.csv", *(f"{n},{'X' if n % 7 == 0 else 'Παγκάκι'},," for n in range(100)))
    counts = town.load().outcomes[-1].counts
    assert counts.records == 100
    assert counts.quarantined == len(held(town)) == 15
    assert counts.published == len(town.labels()) == 85


def test_a_fault_in_every_record_stops_the_source_and_what_stood_stays(tmp_path):
    town = found_town(tmp_path, max_bad_records=10)
    town.write("b.csv", *(f"{n},Παγκάκι,," for n in range(30)))
    town.load()
    town.write("b.csv", *(f"{n},X,," for n in range(30)))
    failure = town.load().failures["benches"]
    assert isinstance(failure, SystematicError)
    assert len(town.labels()) == 30


def test_a_snapshot_that_shrank_too_much_is_refused(town):
    town.write("b.csv", *(f"{n},Παγκάκι,," for n in range(30)))
    town.load()
    town.write("b.csv", "1,Παγκάκι,,")
    failure = town.load().failures["benches"]
    assert "holds 1 records, the last snapshot had 30" in str(failure)
    assert len(town.labels()) == 30


def test_a_mapping_about_things_of_another_dataset_is_refused(town):
    path = town.source_folder / "mapping.rml.ttl"
    path.write_text(path.read_text().replace("id/bench/{key}", "id/tree/{key}"))
    town.write("b.csv", "1,Παραλία,,")
    failure = town.load().failures["benches"]
    assert isinstance(failure, OwnershipError)
    assert "id/tree/1>, which it does not own" in str(failure)


def test_blank_nodes_are_refused(town):
    path = town.source_folder / "mapping.rml.ttl"
    path.write_text(
        path.read_text().replace(
            'rml:reference "since"', 'rml:reference "since" ; rml:termType rml:BlankNode'
        )
    )
    town.write("b.csv", "1,Παραλία,,2020")
    failure = town.load().failures["benches"]
    assert isinstance(failure, OwnershipError)
    assert "a blank node" in str(failure)


def test_a_broken_rule_over_the_dataset_commits_nothing(town):
    description = town.source_folder / "source.toml"
    description.write_text(
        description.read_text().replace('shapes = ["bench"]', 'shapes = ["bench"]\nrules = ["one"]')
    )
    town.settings.resources.rules.mkdir(parents=True)
    (town.settings.resources.rules / "one.rq").write_text(
        "PREFIX kam: <https://data.thessaloniki.gr/def/>\n"
        'SELECT ?focus ("is one of two" AS ?en) ("ένα από δύο" AS ?el) '
        "{ ?focus a kam:Bench ; kam:nextTo ?other }"
    )
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,1,")
    failure = town.load().failures["benches"]
    assert isinstance(failure, RuleError)
    assert "id/bench/2: is one of two" in str(failure)
    assert town.lines() == set()


def test_two_sources_cannot_own_the_same_type(town):
    other = town.settings.resources.mappings / "trees"
    other.mkdir()
    text = (town.source_folder / "source.toml").read_text()
    (other / "source.toml").write_text(text.replace('name = "benches"', 'name = "trees"'))
    with pytest.raises(SourceError, match="owns 'bench', which 'benches' owns too"):
        read_sources(town.settings.resources)


def test_a_failed_source_leaves_the_published_version_alone(town):
    town.write("b.csv", "1,Παραλία,,")
    before = town.load().version
    (town.files / "b.csv").write_bytes("key,name,next,since\n1,Παραλία,,\n".encode("utf-16"))
    report = town.load()
    assert "utf-16" in str(report.failures["benches"]).lower()
    assert report.version == before


def test_an_unknown_setting_in_source_toml_is_named(town):
    path = town.source_folder / "source.toml"
    path.write_text("colour = 1\n" + path.read_text())
    with pytest.raises(SourceError, match="colour"):
        read_sources(town.settings.resources)


def test_a_store_rebuilt_from_the_log_holds_the_same(town):
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,1,")
    before = town.load().version
    after = rebuild(town.settings)
    assert (after.quads, after.sequence) == (before.quads, before.sequence)
    assert Versions(town.settings).current() == after


def test_another_base_iri_moves_every_address(tmp_path):
    town = found_town(tmp_path)
    settings = town.settings.model_copy(update={"base_iri": "https://city.example/"})
    moved = type(town)(town.folder, settings)
    moved.write("b.csv", "1,Παραλία,,")
    moved.load()
    assert all(line.startswith("<https://city.example/") for line in moved.lines() if "dataset" not in line)


def test_only_the_sample_of_a_source_is_called_simulated(town):
    def simulated():
        layout = Layout(town.settings.data_dir)
        content = States(layout, ChangeLog(layout)).read("benches")
        return next(line for line in content if "def/simulated" in line).split('"')[1]

    sample = town.source_folder / "sample"
    sample.mkdir()
    (sample / "b.csv").write_text("key,name,next,since\n1,Παραλία,,\n")
    load(town.settings, list(read_sources(town.settings.resources).values()))
    assert simulated() == "true"
    town.write("b.csv", "1,Πάρκο,,")
    town.load()
    assert simulated() == "false"
