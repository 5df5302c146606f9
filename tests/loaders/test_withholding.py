"""A record that must not be public: nothing of its things stays, whatever was published before."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.town import BASE, edit, found_town, withholding
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.loaders.quarantine import held_in
from kamara.loaders.withholding import Withheld
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog


def held(town):
    return list(held_in(ChangeLog(Layout(town.settings.data_dir)), "benches"))


def counts(report):
    (outcome,) = [one for one in report.outcomes if one.dataset == "benches"]
    return outcome.counts.records, outcome.counts.published, outcome.counts.quarantined


def test_what_was_public_on_monday_is_gone_on_tuesday(tmp_path):
    town = withholding(found_town(tmp_path))
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,,2020")
    town.load()
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία"}
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,,secret")
    assert counts(town.load()) == (2, 1, 1)
    assert town.labels() == {"1": "Παραλία"}
    assert not any("staleSince" in line for line in town.lines())
    with running(create_app(town.settings)) as base:
        assert httpx.get(f"{base}/doc/bench/2.ttl").status_code == 410


def test_a_record_that_is_only_bad_keeps_its_last_good_state(tmp_path):
    town = withholding(found_town(tmp_path))
    town.write("b.csv", "1,Παραλία,,")
    town.load()
    town.write("b.csv", "1,Π,,")
    town.load()
    assert town.labels() == {"1": "Παραλία"}


def test_the_reason_stands_in_quarantine(tmp_path):
    town = withholding(found_town(tmp_path))
    town.write("b.csv", "1,Παραλία,,secret")
    town.load()
    (record,) = held(town)
    assert record.withheld
    assert "not public" in record.reasons[0].messages["en"]


def test_one_record_withholds_all_records_of_its_thing(tmp_path):
    town = withholding(found_town(tmp_path))
    town.write("a.csv", "1,Παραλία,,")
    town.write("b.csv", "1,Παραλία,,secret")
    assert counts(town.load()) == (2, 0, 2)
    assert town.labels() == {}


def test_parts_go_with_the_whole(tmp_path):
    town = withholding(found_town(tmp_path))
    edit(town.source_folder / "mapping.rml.ttl", "bench/{key}", "bench/{key}~{next}")
    town.write("b.csv", "1,Παραλία,a,", "1,Παραλία,b,", "2,Κήπος,a,")
    town.load()
    edit(town.source_folder / "mapping.rml.ttl", "bench/{key}~{next}", "bench/{key}")
    town.write("b.csv", "1,Παραλία,a,secret", "2,Κήπος,a,")
    town.load()
    assert town.labels() == {"2": "Κήπος"}


def test_what_names_it_is_held_back_and_no_old_state_names_it_either(tmp_path):
    town = withholding(found_town(tmp_path))
    town.write("b.csv", "1,Παραλία,2,", "2,Πλατεία,,")
    town.load()
    town.write("b.csv", "1,Παραλία,2,", "2,Πλατεία,,secret")
    assert counts(town.load()) == (2, 0, 2)
    assert town.labels() == {"1": "Παραλία"}
    assert not any(f"{BASE}id/bench/2" in line for line in town.lines())


def test_a_record_that_cannot_be_mapped_counts_as_withheld_where_shapes_withhold(tmp_path):
    for withholds in (False, True):
        folder = tmp_path / str(withholds)
        folder.mkdir()
        town = withholding(found_town(folder)) if withholds else found_town(folder)
        edit(
            town.source_folder / "mapping.rml.ttl",
            '[ rml:reference "since" ]',
            "[ rml:functionExecution <#day> ]",
        )
        with (town.source_folder / "mapping.rml.ttl").open("a", encoding="utf-8") as text:
            text.write(
                f"<#day> rml:function <{BASE}def/fn/isoDate> ; rml:input [ "
                f'rml:parameter <{BASE}def/fn/text> ; rml:inputValueMap [ rml:reference "since" ] ] .\n'
            )
        town.write("b.csv", "1,Παραλία,,2020-01-01")
        town.load()
        town.write("b.csv", "1,Παραλία,,soon")
        town.load()
        assert town.labels() == ({} if withholds else {"1": "Παραλία"})


@pytest.mark.parametrize("mode", ["append", "history"])
def test_it_goes_in_every_mode(tmp_path, mode):
    town = withholding(found_town(tmp_path, mode))
    town.only("2016-04-01.csv", "1,Παραλία,,", "2,Πλατεία,,2020")
    town.load()
    town.only("2016-04-02.csv", "1,Παραλία,,", "2,Πλατεία,,secret")
    town.load()
    assert set(town.labels().values()) == {"Παραλία"}


def test_a_bench_that_is_public_again_comes_back(tmp_path):
    town = withholding(found_town(tmp_path))
    for since in ("", "secret", ""):
        town.write("b.csv", f"1,Παραλία,,{since}")
        town.load()
    assert town.labels() == {"1": "Παραλία"}


KEYS = st.lists(st.text("ab1", min_size=1, max_size=2), min_size=1, max_size=4).map("~".join)


@given(KEYS, st.sets(KEYS))
def test_withheld_covers_exactly_the_thing_and_its_parts(key, names):
    covered = any(key == name or key.startswith(f"{name}~") for name in names)
    assert Withheld(f"<x:{name}>" for name in names).covers(f"<x:{key}>") == covered
