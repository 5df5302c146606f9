"""What is fetched becomes a dataset, and nothing of a failure does."""

from __future__ import annotations

import gzip

import pytest
from support.town import edit, found_town
from support.webserver import answering, limits

from kamara.config import SourceSettings
from kamara.loaders.arrivals import arriving
from kamara.loaders.attempts import read_attempts
from kamara.loaders.errors import AddressError, LoadError, SourceError
from kamara.loaders.pipeline import load, take_in
from kamara.loaders.source import read_source, read_sources
from kamara.sparql.layout import Layout

TABLE = "key,name,next,since\n1,Παραλία,,\n2,Πλατεία,,\n".encode()


@pytest.fixture
def town(tmp_path):
    return found_town(tmp_path)


def settings_for(town, server, wanted, **others):
    """The town's settings, its source fetched from `server`."""
    return town.settings.model_copy(
        update={
            "fetch": limits(server, **others),
            "sources": {"benches": SourceSettings(fetch=wanted)},
        }
    )


def load_from(town, server, path="/benches.csv", **others):
    wanted = {"kind": "http", "url": server.url(path)}
    settings = settings_for(town, server, wanted, **others)
    return load(settings, list(read_sources(settings.resources).values()))


def attempts(town):
    return read_attempts(Layout(town.settings.data_dir), "benches")


def leftovers(town):
    """What lies in the folder of fetches besides what came of them."""
    return [path.name for path in (town.settings.data_dir / "fetch").iterdir() if path.suffix != ".json"]


def with_tag(asked, body=TABLE, tag='"1"'):
    """Answer a conditional request truly."""
    if asked.headers.get("If-None-Match") == tag:
        asked.reply(status=304)
    else:
        asked.reply(body, ETag=tag)


def test_a_source_is_fetched_loaded_and_not_fetched_again(town):
    with answering(with_tag) as server:
        first = load_from(town, server)
        second = load_from(town, server)
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία"}
    assert (first.published, second.published) == (True, False)
    assert "If-None-Match" in server.requests[1][1]
    assert attempts(town).success == attempts(town).attempt
    assert leftovers(town) == []


def test_what_was_fetched_is_kept_once_as_it_was(town):
    with answering(lambda asked: asked.reply(gzip.compress(TABLE), Content_Encoding="gzip")) as server:
        load_from(town, server)
        load_from(town, server)
    assert len(list((town.settings.data_dir / "raw").glob("*/*"))) == 1


def test_a_changed_mapping_is_used_though_nothing_new_came(town):
    with answering(with_tag) as server:
        load_from(town, server)
        edit(town.source_folder / "mapping.rml.ttl", '"name"', '"key"')
        edit(town.settings.resources.shapes / "bench.ttl", "sh:minLength 3", "sh:minLength 1")
        report = load_from(town, server)
    assert report.failures == {}
    assert town.labels() == {"1": "1", "2": "2"}


def test_what_was_loaded_otherwise_since_is_fetched_whole(town):
    with answering(with_tag) as server:
        load_from(town, server)
        town.write("benches.csv", "1,Λιμάνι,,", "2,Πλατεία,,")
        town.load()
        load_from(town, server)
    assert "If-None-Match" not in server.requests[1][1]
    assert town.labels()["1"] == "Παραλία"


def test_another_address_is_fetched_whole(town):
    with answering(with_tag) as server:
        load_from(town, server)
        load_from(town, server, "/other.csv")
    assert "If-None-Match" not in server.requests[1][1]


def test_what_was_fetched_but_not_loaded_is_fetched_again(town):
    with answering(lambda asked: with_tag(asked, b"key,nome\n1,x\n")) as server:
        assert set(load_from(town, server).failures) == {"benches"}
        load_from(town, server)
    assert "If-None-Match" not in server.requests[1][1]
    assert attempts(town).failures == 2
    assert (attempts(town).success, attempts(town).memo) == (None, {})


FAILURES = [
    lambda asked: asked.reply(status=500),
    lambda asked: asked.reply(status=410),
    lambda asked: asked.reply(b"<html>Login</html>"),
    lambda asked: asked.reply(gzip.compress(TABLE)[:-5], Content_Encoding="gzip"),
    lambda asked: asked.reply(TABLE, Content_Encoding="gzip"),
    lambda asked: asked.reply(gzip.compress(bytes(30 << 20)), Content_Encoding="gzip"),
    lambda asked: asked.reply(TABLE, Content_Length="999999"),
    lambda asked: asked.reply(status=302, Location="http://2130706433:9/"),
    lambda asked: asked.reply(TABLE.decode().encode("utf-16"), Content_Type="text/csv; charset=utf-8"),
    lambda asked: asked.reply("key,name,next,since\n1,Παραλία,,\n".encode("iso8859-7")),
    lambda asked: asked.rfile.read(1),
]


@pytest.mark.parametrize("answer", FAILURES)
def test_a_failure_is_one_line_and_leaves_what_stood(answer, town):
    with answering(lambda asked: with_tag(asked) if asked.count == 1 else answer(asked)) as server:
        load_from(town, server)
        before, raw = town.lines(), sorted((town.settings.data_dir / "raw").glob("*/*"))
        report = load_from(town, server, read_seconds=0.2)
        line = str(report.failures["benches"])
        assert "\n" not in line
        assert not report.published
        assert town.lines() == before
        assert (attempts(town).failures, attempts(town).failure) == (1, line)
        assert attempts(town).memo == {"ETag": '"1"'}
        assert leftovers(town) == []
        load(town.settings, [])
    assert sorted((town.settings.data_dir / "raw").glob("*/*")) == raw


def test_a_failing_source_stops_no_other(town):
    with answering(lambda asked: asked.reply(status=404)) as server:
        other = town.settings.resources.mappings / "seats"
        other.mkdir()
        for name in ("source.toml", "mapping.rml.ttl"):
            text = (town.source_folder / name).read_text().replace("/bench/", "/seat/")
            text = text.replace('"benches"', '"seats"').replace('owns = ["bench"]', 'owns = ["seat"]')
            (other / name).write_text(text)
        (other / "sample").mkdir()
        (other / "sample" / "seats.csv").write_bytes(TABLE)
        report = load_from(town, server)
    assert set(report.failures) == {"benches"}
    assert [outcome.dataset for outcome in report.outcomes] == ["ontology", "seats"]


def test_a_private_address_in_source_toml_is_refused(town):
    with (town.source_folder / "source.toml").open("a") as text:
        text.write('[fetch]\nkind = "http"\nurl = "http://169.254.169.254/latest/meta-data"\n')
    report = load(town.settings, [read_source(town.source_folder)])
    assert isinstance(report.failures["benches"], AddressError)


def test_two_processes_that_fetch_one_source_do_not_mix(town):
    town.write("benches.csv", "1,Παραλία,,")
    sources = list(read_sources(town.settings.resources).values())
    with arriving(town.settings, sources, town.files) as arrivals:
        town.load()
        report = take_in(town.settings, arrivals)
    assert isinstance(report.failures["benches"], SourceError)
    assert "another process" in str(report.failures["benches"])


def test_work_of_a_process_that_died_is_removed(town):
    old = town.settings.data_dir / "fetch" / ".work-old"
    old.mkdir(parents=True)
    (old / "part").write_bytes(b"x")
    town.write("benches.csv", "1,Παραλία,,")
    town.load()
    assert leftovers(town) == []


def test_work_of_a_process_that_lives_stays(town):
    town.write("benches.csv", "1,Παραλία,,")
    with arriving(town.settings, []):
        (living,) = leftovers(town)
        town.load()
        assert leftovers(town) == [living]


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"kind": "ftp", "url": "ftp://example.org"}, "kind"),
        ({"kind": "http"}, "Field required"),
        ({"kind": "http", "url": "http://user:secret@example.org/"}, "without user name"),
        ({"kind": "http", "url": "http://example.org/", "save_as": "../x"}, "pattern"),
        ({"kind": "oai-pmh", "url": "http://example.org/", "full_after": "weekly"}, "ISO 8601"),
    ],
)
def test_settings_of_a_fetch_that_are_wrong_are_named(wanted, reason, town):
    settings = town.settings.model_copy(update={"sources": {"benches": SourceSettings(fetch=wanted)}})
    report = load(settings, [read_source(town.source_folder)])
    assert reason in str(report.failures["benches"])
    assert "sources.benches.fetch" in str(report.failures["benches"])


def test_an_unknown_failure_is_a_line_too(town):
    with arriving(town.settings, []):
        pass
    (town.settings.data_dir / "fetch" / "benches.json").mkdir()
    town.write("benches.csv", "1,Παραλία,,")
    with arriving(town.settings, [read_source(town.source_folder)], town.files) as (arrival,):
        assert isinstance(arrival.fetched, LoadError)
