"""Light queries are answered by clerks as the server itself would, and nothing that they do is ever lost."""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import signal
import socket
import sys
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import pytest
from support.change_log import BASE, commit, prepared
from support.uvicorn_thread import running_with_clerks
from support.waiting import wait_until

from kamara.api.app import Application, create_app
from kamara.api.clerks.limits import LARGEST_BODY
from kamara.api.seen.querylog import read_entries
from kamara.config import HttpSettings, QuerySettings, Settings
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore
from kamara.sparql.versions import Versions

VALUE = f"{BASE}def/value"
INTEGER = "http://www.w3.org/2001/XMLSchema#integer"
THINGS = 1000
LIGHT = f"SELECT ?v {{{{ <{BASE}id/x/{{}}> <{VALUE}> ?v }}}}"
# Light or endless, by its numbers alone.
CROSSED = (
    f"SELECT (COUNT(*) AS ?n) {{{{ ?a <{VALUE}> ?x . ?b <{VALUE}> ?y . ?c <{VALUE}> ?z "
    "FILTER(?x < {0} && ?y < {0} && ?z < {0}) }}"
)
MANY = f"SELECT ?s ?v {{{{ ?s <{VALUE}> ?v }}}} LIMIT {{}}"


class City:
    """A data folder whose versions hold things with numbers."""

    def __init__(self, folder: Path, http: HttpSettings | None = None) -> None:
        limits = QuerySettings(deadline_seconds=2.0, quick_seconds=0.3, memory_mb=256)
        self.settings = Settings(data_dir=folder, query=limits, http=http or HttpSettings())
        self.layout = prepared(folder)
        self._log = ChangeLog(self.layout)
        self._store = GraphStore(self.layout, BASE)

    def publish(self, shift: int = 0) -> int:
        lines = {f'<{BASE}id/x/{n}> <{VALUE}> "{n + shift}"^^<{INTEGER}> .\n' for n in range(THINGS)}
        commit(self.layout, self._log, "a", lines)
        self._store.catch_up(self._log)
        return Versions(self.settings).publish(self._store, self._log).number


class Client:
    """One connection that is kept."""

    def __init__(self, address: str, app: Application) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self.app = app

    def get(self, query: str, target: str = "/sparql?query=", **headers: str) -> http.client.HTTPResponse:
        return self.ask("GET", target + quote_plus(query), None, headers)

    def ask(
        self, method: str, target: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        self.connection.request(method, target, body, {"Accept": "application/sparql-results+json", **named})
        answer = self.connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer

    def begin(self, query: str) -> None:
        """Ask, and leave the answer for later."""
        accept = {"Accept": "application/sparql-results+json"}
        self.connection.request("GET", "/sparql?query=" + quote_plus(query), headers=accept)

    def end(self) -> http.client.HTTPResponse:
        """The answer to what was begun."""
        answer = self.connection.getresponse()
        answer.body = answer.read()  # type: ignore[attr-defined]
        return answer

    def value(self, number: int) -> int:
        """Ask for the number of a thing."""
        answer = self.get(LIGHT.format(number))
        assert answer.status == 200
        return value_of(answer)

    def lent(self, query: str = LIGHT.format(0)) -> Client:
        """Ask until a clerk has the connection."""

        def is_lent() -> bool:
            self.get(query)
            return bool(self.app.clerks.lent)

        wait_until(is_lent)
        return self

    def send(self, data: bytes) -> None:
        assert self.connection.sock is not None
        self.connection.sock.sendall(data)


def value_of(answer: http.client.HTTPResponse) -> int:
    (row,) = json.loads(answer.body)["results"]["bindings"]  # type: ignore[attr-defined]
    (cell,) = row.values()
    return int(cell["value"])


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    city = City(tmp_path_factory.mktemp("data"))
    city.publish()
    return city


@pytest.fixture(scope="module")
def app(city: City) -> Iterator[tuple[Application, str]]:
    application = create_app(city.settings)
    with running_with_clerks(application) as address:
        yield application, address


@pytest.fixture
def client(app: tuple[Application, str]) -> Iterator[Client]:
    found = Client(app[1], app[0])
    yield found
    found.connection.close()


def of_clerks(client: Client) -> float:
    """Answers of clerks that the numbers tell of."""
    text = client.ask("GET", "/metrics").body.decode()  # type: ignore[attr-defined]
    lines = (line.split() for line in text.splitlines() if line.startswith("kamara_clerk_answers_total"))
    return sum(float(value) for _, value in lines)


def told(answer: http.client.HTTPResponse) -> dict[str, str]:
    """The headers but for what differs each time."""
    fickle = {"date", "kamara-seconds", "kamara-cache"}
    return {name.lower(): value for name, value in answer.getheaders() if name.lower() not in fickle}


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        (LIGHT.format(7), {}),
        (LIGHT.format(7), {"Accept": "text/csv"}),
        (
            LIGHT.format(7),
            {"Accept": "text/tab-separated-values;q=0.9, application/sparql-results+xml;q=0.1"},
        ),
        (LIGHT.format(7), {"Accept-Encoding": "zstd"}),
        (LIGHT.format("none"), {}),
        (MANY.format(300), {"Accept-Encoding": "gzip, zstd;q=0.5"}),
        (MANY.format(300), {"Accept-Encoding": "br", "Accept": "text/csv"}),
        (f"ASK {{ <{BASE}id/x/5> <{VALUE}> 5 }}", {}),
        (f"ASK {{ <{BASE}id/x/5> <{VALUE}> 5 }}", {"Accept": "text/csv"}),
        (f"SELECT ?v FROM <{BASE}graph/a> {{ <{BASE}id/x/8> ?p ?v }}", {}),
    ],
)
def test_a_clerk_answers_as_the_server_itself(
    client: Client, app: tuple[Application, str], query: str, headers: dict[str, str]
) -> None:
    itself = Client(app[1], app[0]).get(query, **headers)
    client.lent(query)
    before = of_clerks(client)
    client.lent()
    first, second = client.get(f"{query} # clerk", **headers), client.get(f"{query} # clerk", **headers)
    third = client.get(query, **headers)
    wait_until(lambda: of_clerks(Client(app[1], app[0])) > before)
    for answer in (first, second, third):
        assert answer.status == 200
        assert answer.body == itself.body  # type: ignore[attr-defined]
    assert first.getheader("kamara-cache") == "miss"
    assert second.getheader("kamara-cache") == "hit"
    assert told(first) == told(second)
    assert {**told(first), "etag": ""} == {**told(itself), "etag": ""}
    assert told(third) == told(itself)


def test_whatever_else_a_lent_connection_asks_is_answered_by_the_server(
    app: tuple[Application, str],
) -> None:
    query, lent = LIGHT.format(3), lambda: Client(app[1], app[0]).lent()
    tag = lent().get(query).getheader("etag")
    assert lent().get(query, If_None_Match=str(tag)).status == 304
    assert lent().ask("HEAD", "/sparql?query=" + quote_plus(query)).status == 200
    form = {"Content-Type": "application/sparql-query"}
    assert value_of(lent().ask("POST", "/sparql", query, form)) == 3
    table = lent().get(query, target="/sparql?format=csv&query=")
    assert table.body == b"v\r\n3\r\n"  # type: ignore[attr-defined]
    assert lent().get("DESCRIBE <urn:a>", Accept="text/turtle").status == 200
    refused = lent().get("SELECT ?v { ?v }")
    assert (refused.status, refused.getheader("content-type")) == (400, "application/problem+json")
    assert lent().get(query, Accept="image/png").status == 406
    assert lent().ask("GET", "/none").status == 404


def test_a_connection_that_asks_all_kinds_of_things_goes_on(client: Client) -> None:
    for number in range(40):
        assert client.value(number) == number
        assert client.ask("GET", "/health").status == 200


def test_requests_in_pieces_and_in_a_row_are_answered_in_their_order(client: Client) -> None:
    client.lent()
    host = b"Host: a\r\nAccept: text/csv\r\n\r\n"
    whole = [
        b"GET /sparql?query=" + quote_plus(LIGHT.format(n)).encode() + b" HTTP/1.1\r\n" + host
        for n in range(10, 14)
    ]
    client.send(whole[0][:40])
    client.send(whole[0][40:] + whole[1] + whole[2] + whole[3][:-1])
    client.send(whole[3][-1:])
    assert client.connection.sock is not None
    answers = client.connection.sock.makefile("rb")
    for number in range(10, 14):
        assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
        length = 0
        while (line := answers.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert answers.read(length) == b"v\r\n%d\r\n" % number


def test_what_is_no_http_is_told_so(client: Client) -> None:
    client.lent()
    client.send(b"NONSENSE\r\n\r\n")
    assert client.connection.sock is not None
    assert client.connection.sock.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_query_that_is_suddenly_long_ends_its_clerk_and_meets_its_deadline_in_the_pool(
    client: Client,
) -> None:
    client.lent(CROSSED.format(1))
    clerks = client.app.clerks.pids
    refused = client.get(CROSSED.format(THINGS))
    assert json.loads(refused.body)["limit"]["name"] == "query.deadline_seconds"  # type: ignore[attr-defined]
    assert client.value(9) == 9
    assert not set(clerks) <= set(client.app.clerks.pids)


def test_a_shape_that_was_heavy_once_comes_back_to_the_clerks(
    client: Client, app: tuple[Application, str]
) -> None:
    client.lent(CROSSED.format(1))
    # Longer than a light query may take, whether its clerk is killed for it or not.
    assert client.get(CROSSED.format(80)).status == 200
    numbers, asked = Client(app[1], app[0]), iter(range(10_000))

    def is_answered_by_a_clerk() -> bool:
        before = of_clerks(numbers)
        for _ in range(20):
            client.get(f"{CROSSED.format(1)} # {next(asked)}")
        time.sleep(0.6)
        return of_clerks(numbers) >= before + 10

    wait_until(is_answered_by_a_clerk)


def test_who_asked_in_the_same_moment_as_a_query_that_is_suddenly_long_is_answered(tmp_path: Path) -> None:
    city = City(tmp_path, HttpSettings(clerks=1))
    city.publish()
    application = create_app(city.settings)
    with running_with_clerks(application) as address:
        clients = [Client(address, application) for _ in range(9)]
        clients[0].lent(CROSSED.format(1))
        wait_until(lambda: [client.value(1) for client in clients] and application.clerks.lent == 9)
        for client in clients[1:5]:
            client.begin(LIGHT.format(7))
        clients[0].begin(CROSSED.format(THINGS))
        for client in clients[5:]:
            client.begin(LIGHT.format(7))
        assert [value_of(client.end()) for client in clients[1:]] == [7] * 8
        assert clients[0].end().status == 504


def test_a_clerk_that_is_killed_takes_no_connection_with_it(client: Client) -> None:
    client.lent()
    # The answer is here before the clerk has noted that it is sent.
    time.sleep(0.2)
    for pid in client.app.clerks.pids:
        os.kill(pid, signal.SIGKILL)
    assert client.value(5) == 5
    assert client.lent().value(6) == 6


def test_a_clerk_that_is_killed_at_its_work_loses_no_request(client: Client) -> None:
    client.lent(CROSSED.format(1))
    pids = client.app.clerks.pids
    asked = threading.Timer(0.05, lambda: [os.kill(pid, signal.SIGKILL) for pid in pids])
    asked.start()
    answer = client.get(CROSSED.format(THINGS))
    asked.join()
    assert json.loads(answer.body)["limit"]["name"] == "query.deadline_seconds"  # type: ignore[attr-defined]


def test_the_next_answer_is_of_the_version_that_was_just_published(tmp_path: Path) -> None:
    city = City(tmp_path)
    city.publish()
    application = create_app(city.settings)
    with running_with_clerks(application) as address:
        client = Client(address, application).lent()
        for shift in (100, 200):
            number = city.publish(shift)
            answer = client.get(LIGHT.format(1))
            assert (value_of(answer), answer.getheader("kamara-version")) == (1 + shift, str(number))
            assert client.lent().value(2) == 2 + shift
        versions = Versions(city.settings)
        wait_until(lambda: len(versions.all()) > 1 and versions.collect() is not None)


def test_a_client_that_leaves_is_noticed_and_one_that_rests_is_taken_back(client: Client) -> None:
    client.lent()
    wait_until(lambda: not client.app.clerks.lent)
    assert client.value(1) == 1
    client.lent()
    client.connection.close()
    wait_until(lambda: not client.app.clerks.lent)


def test_answers_that_are_too_long_for_a_clerk_come_whole(client: Client) -> None:
    query = MANY.format(1000)
    for _ in range(3):
        answer = client.lent().get(query)
        assert len(answer.body) > LARGEST_BODY  # type: ignore[attr-defined]
        assert len(json.loads(answer.body)["results"]["bindings"]) == 1000  # type: ignore[attr-defined]


def test_a_client_that_reads_late_gets_everything(app: tuple[Application, str]) -> None:
    query = MANY.format(700)
    whole = Client(app[1], app[0]).get(query).body  # type: ignore[attr-defined]
    client = Client(app[1], app[0]).lent(query)
    connection = client.connection.sock
    assert connection is not None
    host = b"Host: a\r\nAccept: application/sparql-results+json\r\n\r\n"
    count = 0
    # Until no buffer takes more: the rest of an answer waits then, and the server sends it.
    while client.app.clerks.lent and count < 500:
        before = unread(connection)
        client.send(b"GET /sparql?query=" + quote_plus(query).encode() + b" HTTP/1.1\r\n" + host)
        count += 1
        end = time.monotonic() + 0.02
        while unread(connection) == before and time.monotonic() < end:
            time.sleep(0.0005)
    assert count * len(whole) > 1 << 20
    answers = connection.makefile("rb")
    for _ in range(count):
        assert answers.readline() == b"HTTP/1.1 200 OK\r\n"
        while answers.readline() != b"\r\n":
            continue
        assert answers.read(len(whole)) == whole


def unread(connection: socket.socket) -> int:
    """Bytes that have come and were not read."""
    return int.from_bytes(fcntl.ioctl(connection, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_many_clients_get_each_their_own_answers(app: tuple[Application, str]) -> None:
    wrong: list[object] = []

    def ask(start: int) -> None:
        client = Client(app[1], app[0])
        try:
            for number in range(start, start + 120):
                if client.value(number) != number:
                    wrong.append(number)
                if number % 40 == 0 and client.ask("GET", "/health").status != 200:
                    wrong.append("health")
        except Exception as error:
            wrong.append(error)
        client.connection.close()

    threads = [threading.Thread(target=ask, args=(start,)) for start in range(0, 800, 50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_clerks_answered_is_in_the_query_log(client: Client, city: City) -> None:
    client.lent()
    for number in range(50):
        client.value(number)

    def logged() -> int:
        entries = list(read_entries(Layout(city.settings.data_dir).queries))
        return sum(
            entry.form == "SELECT" and entry.shape is not None and entry.rows == 1 for entry in entries
        )

    wait_until(lambda: logged() >= 50)


def test_a_server_that_stops_leaves_no_clerk_behind(city: City) -> None:
    application = create_app(city.settings)
    with running_with_clerks(application) as address:
        client = Client(address, application).lent()
        pids = application.clerks.pids
        assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    with pytest.raises((http.client.HTTPException, OSError)):
        client.value(1)
