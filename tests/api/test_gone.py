"""What was removed answers 410, what never was 404, and what came back 200 again."""

import httpx
import pytest
from support.town import found_town
from support.uvicorn_thread import running

from kamara.api.app import create_app


@pytest.fixture
def town(tmp_path):
    town = found_town(tmp_path)
    town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,,")
    town.load()
    town.write("b.csv", "1,Παραλία,,")
    town.load()
    return town


def test_a_removed_thing_is_gone_until_it_comes_back(town):
    with running(create_app(town.settings)) as base:

        def ask(path):
            return httpx.get(base + path, headers={"Accept": "text/turtle"}).status_code

        assert [ask(path) for path in ("/id/bench/2", "/doc/bench/2", "/doc/bench/2.ttl")] == [410, 410, 410]
        assert [ask(path) for path in ("/id/bench/9", "/doc/bench/9.ttl")] == [404, 404]
        assert ask("/doc/bench/1") == 200
        town.write("b.csv", "1,Παραλία,,", "2,Πλατεία,,")
        town.load()
        assert ask("/doc/bench/2") == 200
