"""Bad input of every kind: one clear line that names file, place and remedy; what was there before stays."""

import os
import resource
import subprocess
from contextlib import contextmanager

import pytest
from support.command import in_town
from support.town import edit, found_town

from kamara.sparql.lock import writer_lock
from kamara.sparql.versions import Versions

GOOD = ("1,Παραλία,,", "2,Πλατεία,1,")


@pytest.fixture
def town(tmp_path):
    """A town with a published version of two benches."""
    town = found_town(tmp_path)
    town.write("benches.csv", *GOOD)
    town.load()
    return town


def load(town, **environment):
    return in_town(town, "load", "benches", "--from", town.files, **environment)


def refused(town, *wanted, code=3, **environment):
    """The load is refused in one line that holds all of `wanted`, and nothing of what stood is touched."""
    before, labels = Versions(town.settings).current(), town.labels()
    answer = load(town, **environment)
    assert answer.code == code
    for text in wanted:
        assert text in answer.refusal
    assert Versions(town.settings).current() == before
    assert town.labels() == labels


@contextmanager
def data_limit(size):
    """What is started meanwhile may take this many bytes of memory (RLIMIT_DATA, inherited)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def write_bytes(town, content):
    (town.files / "benches.csv").write_bytes(content)


def table(*rows):
    return "\n".join(["key,name,next,since", *rows]) + "\n"


def test_a_file_in_another_encoding(town):
    write_bytes(town, table("1,Παραλία,,").encode("utf-16"))
    refused(town, "benches.csv", "utf-16-le", "utf-8")


def test_a_byte_that_is_not_in_the_encoding(town):
    write_bytes(town, table("1,Παραλία,,").encode() + "2,Πλατεία,,\n".encode("iso8859-7"))
    refused(town, "benches.csv", "byte", "utf-8")


def test_a_truncated_file(town):
    write_bytes(town, table(*GOOD).encode()[:-4])
    refused(town, "benches.csv", "line 3", "fetch it again")


def test_a_quote_that_never_closes(town):
    write_bytes(town, table('1,"Παραλία,,', *GOOD).encode())
    refused(town, "benches.csv", "line 2", "quot")


def test_a_missing_column(town):
    write_bytes(town, b"key,next,since\n1,,\n")
    refused(town, "benches.csv", "'name'", "key, next, since")


def test_a_doubled_column(town):
    write_bytes(town, b"key,name,name,next,since\n1,a,b,,\n")
    refused(town, "benches.csv", "'name' stands 2 times")


def test_an_empty_file(town):
    write_bytes(town, b"")
    refused(town, "benches.csv", "empty")


def test_one_line_of_a_gigabyte_is_refused_without_being_read(town):
    path = town.files / "benches.csv"
    path.write_text(table())
    with path.open("r+b") as content:
        content.truncate(1 << 30)
    with data_limit(600 << 20):
        refused(town, "benches.csv", "line 1", "1048576 bytes")


def test_a_broken_mapping(town):
    edit(town.source_folder / "mapping.rml.ttl", "rml:subjectMap", "rml:subjectMip")
    refused(town, "mapping.rml.ttl", "subject")


def test_a_mapping_that_is_not_turtle(town):
    edit(town.source_folder / "mapping.rml.ttl", "<#bench> a", "<#bench a")
    refused(town, "mapping.rml.ttl")


def test_an_invalid_shape(town):
    edit(town.settings.resources.shapes / "bench.ttl", "sh:minLength 3", 'sh:minLength "three"')
    refused(town, "bench.ttl")


def test_shapes_that_are_not_turtle(town):
    edit(town.settings.resources.shapes / "bench.ttl", "kam:BenchShape a", "kam:BenchShape")
    refused(town, "bench.ttl")


def test_an_ontology_that_is_not_turtle(town):
    edit(town.settings.resources.ontology / "town.ttl", "kam:Bench a", "kam:Bench")
    before = Versions(town.settings).current()
    answer = load(town)
    assert "town.ttl" in answer.refusal
    assert Versions(town.settings).current() == before


def test_no_file_where_the_source_should_lie(town):
    for path in town.files.iterdir():
        path.unlink()
    refused(town, "holds no file '*.csv'")


def test_a_second_writer(town):
    with writer_lock(town.settings.data_dir / "lock"):
        refused(town, f"process {os.getpid()} is writing", code=4)


def test_a_data_folder_from_another_version(town):
    marker = town.settings.data_dir / "FORMAT"
    marker.write_text(marker.read_text().replace('"format": 1', '"format": 7'))
    answer = load(town)
    assert (answer.code, "format 7" in answer.refusal) == (1, True)


def test_a_store_that_is_damaged(town):
    (town.settings.data_dir / "store" / "rocksdb" / "CURRENT").write_text("nonsense\n")
    town.write("benches.csv", *GOOD, "3,Πάρκο,,")
    answer = load(town)
    assert (answer.code, "kamara rebuild" in answer.refusal) == (1, True)
    assert in_town(town, "rebuild").code == 0
    assert load(town).code == 0
    assert town.labels()["3"] == "Πάρκο"


def test_a_disk_too_full_to_publish(town):
    town.write("benches.csv", *GOOD, "3,Πάρκο,,")
    answer = load(town, KAMARA_VERSIONS__FREE_FACTOR="1e12")
    assert (answer.code, "MiB are free" in answer.refusal) == (5, True)
    assert Versions(town.settings).current().number == 1
    assert load(town).code == 0
    assert Versions(town.settings).current().number == 2


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 16 MiB, where the system lets us make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system can be mounted by root only: a disk that fills up was not run")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_fills_up_during_a_load(small_disk, tmp_path):
    (tmp_path / "town").mkdir()
    town = found_town(tmp_path / "town")
    moved = type(town)(town.folder, town.settings.model_copy(update={"data_dir": small_disk / "data"}))
    moved.write("benches.csv", *GOOD)
    moved.load()
    moved.write("benches.csv", *GOOD, *(f"{n},{os.urandom(40).hex()},," for n in range(3, 200_000)))
    refused(moved, "space", code=5)
    moved.write("benches.csv", *GOOD, "3,Πάρκο,,")
    assert load(moved).code == 0
    assert moved.labels()["3"] == "Πάρκο"


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [
        ("KAMARA_PORT", "high", "KAMARA_PORT"),
        ("KAMARA_BASE_IRI", "no-slash", "ends with a slash"),
        ("KAMARA_LOAD__ENGINE", "magic", "engine"),
    ],
)
def test_a_wrong_setting_in_the_environment(town, setting, value, wanted):
    answer = load(town, **{setting: value})
    assert answer.code == 2
    assert wanted in answer.refusal


def test_an_unknown_setting_in_the_file(town):
    (town.folder / "kamara.toml").write_text("[query]\ncolour = 1\n")
    answer = load(town)
    assert (answer.code, "query.colour" in answer.refusal, "kamara.toml" in answer.refusal) == (2, True, True)


def test_a_source_that_is_not_there(town):
    answer = in_town(town, "load", "trees")
    assert answer.code == 3
    assert "there is no source 'trees'; choose from: benches" in answer.refusal
