"""What stops a source: many bad records, and many of all. What is held back on purpose never does."""

from support.town import BASE, found_town, withholding

from kamara.loaders.errors import SystematicError
from kamara.loaders.quarantine import held_in
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.tombstones import Tombstones


def counts(town):
    outcome = town.load().outcomes[-1]
    return outcome.counts.records, outcome.counts.published, outcome.counts.quarantined


def held(town):
    return list(held_in(ChangeLog(Layout(town.settings.data_dir)), "benches"))


def test_any_number_of_records_may_be_withheld(tmp_path):
    town = withholding(found_town(tmp_path, batch_records=7, max_violations=2, max_bad_records=0))
    town.write("b.csv", *(f"{n},Παγκάκι,,{'' if n % 25 == 0 else 'secret'}" for n in range(50)))
    assert counts(town) == (50, 2, 48)
    assert set(town.labels()) == {"0", "25"}
    assert all(record.withheld for record in held(town))


def test_records_of_erased_things_do_not_count_as_bad(tmp_path):
    town = found_town(tmp_path, max_bad_records=0, max_bad_share=0)
    tombstones = Tombstones(Layout(town.settings.data_dir).tombstones)
    Layout(town.settings.data_dir).root.mkdir()
    for key in range(5):
        tombstones.add(f"{BASE}id/bench/{key}")
    town.write("b.csv", *(f"{n},Παγκάκι,," for n in range(6)))
    assert counts(town) == (6, 1, 5)


def test_bad_records_stop_a_source_once_they_are_many_and_many_of_all(tmp_path):
    town = found_town(tmp_path, batch_records=10, max_bad_records=20, max_bad_share=0.5)
    town.write("b.csv", *(f"{n},{'X' if n < 20 else 'Παγκάκι'},," for n in range(100)))
    assert counts(town) == (100, 80, 20)
    town.write("b.csv", *(f"{n},{'Παγκάκι' if n < 40 else 'X'},," for n in range(80)))
    assert counts(town) == (80, 40, 40)
    town.write("b.csv", *(f"{n},{'Παγκάκι' if n < 40 else 'X'},," for n in range(100)))
    failure = town.load().failures["benches"]
    assert isinstance(failure, SystematicError)
    assert str(failure).startswith("b.csv:82: 50 of the first 90 records are bad")
    assert "load.max_bad_share" in str(failure)


def test_what_cannot_be_mapped_is_bad_also_where_it_is_withheld_to_be_safe(tmp_path):
    town = withholding(found_town(tmp_path, max_bad_records=3))
    town.write("b.csv", "1,Παραλία,,", *(f"{n}" for n in range(2, 6)))
    assert isinstance(town.load().failures["benches"], SystematicError)


def test_quarantine_is_the_same_however_many_violations_are_told_together(tmp_path):
    names, dates = {0: "Παγκάκι", 1: "X", 2: "Κήπος"}, {0: "secret"}
    rows = [f"{n},{names[n % 3]},{n + 1},{dates.get(n % 6, '')}" for n in range(40)]
    found = []
    for most in (1, 4, 1000):
        folder = tmp_path / str(most)
        folder.mkdir()
        town = withholding(found_town(folder, max_violations=most))
        town.write("b.csv", *rows)
        assert counts(town) == (40, 2, 38)
        assert set(town.labels()) == {"38", "39"}
        found.append(held(town))
    assert found[0] == found[1] == found[2]


def test_one_record_with_more_violations_than_are_told_stops_the_source(tmp_path):
    town = withholding(found_town(tmp_path, max_violations=1))
    town.write("b.csv", "1,Παραλία,,", "2,X,,secret")
    assert isinstance(town.load().failures["benches"], SystematicError)


def test_each_held_record_keeps_its_own_text_in_the_order_of_the_source(tmp_path):
    town = found_town(tmp_path)
    town.write("a.csv", "1,Παραλία,7,", "2,X,,", "3,Πάρκο,,", "4", "5,Λιμάνι,8,")
    town.write("b.csv", '6,"Π\nΧ",,', "7,X,,", "8,Πύργος,7,", "9,Y,,")
    town.load()
    assert [(record.name, record.raw) for record in held(town)] == [
        ("a.csv:2", "1,Παραλία,7,\n"),
        ("a.csv:3", "2,X,,\n"),
        ("a.csv:5", "4\n"),
        ("a.csv:6", "5,Λιμάνι,8,\n"),
        ("b.csv:4", "7,X,,\n"),
        ("b.csv:5", "8,Πύργος,7,\n"),
        ("b.csv:6", "9,Y,,\n"),
    ]
