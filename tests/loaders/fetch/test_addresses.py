from __future__ import annotations

import pytest
from support.webserver import answering, limits

from kamara.addresses import is_public, is_within, networks
from kamara.loaders.errors import AddressError, FetchError
from kamara.loaders.fetch.addresses import AddressGuard
from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.download import download

PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "192.0.2.1",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "64:ff9b:1::808:808",
    "192.88.99.1",
    "3fff::1",
    "5f00::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2a00:1450::5efe:10.0.0.1",
]
LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0",
    "localhost",
    "localhost.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:0001]",
    "[::]",
    "127.0.0.1.",
    "①②⑦.0.0.1",
]


def test_networks_that_are_named_hold_their_addresses_and_no_others():
    allowed = networks(["10.20.0.0/16", "fd00::/8", "192.168.1.7"])
    inside = ["10.20.3.4", "::ffff:10.20.3.4", "fd12::1", "192.168.1.7"]
    outside = ["10.21.0.1", "192.168.1.8", "fe80::1%eth0", "127.0.0.1"]
    assert all(is_within(address, allowed) for address in inside)
    assert not any(is_within(address, allowed) for address in outside)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_network_is_told(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "194.42.52.1", "2a00:1450:4001::1", "::ffff:8.8.8.8"])
def test_a_public_address_is_told(address):
    assert is_public(address)


@pytest.mark.parametrize("spelling", LOOPBACK_SPELLINGS)
def test_no_spelling_of_loopback_is_fetched_from(spelling, tmp_path):
    with answering(lambda asked: asked.reply(b"secret")) as server:
        url = f"http://{spelling}:{server.server_port}/"
        with Client(limits(server, allow_private=[])) as client, pytest.raises(FetchError):
            download(client, url, tmp_path / "got")
    assert server.requests == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("spelling", LOOPBACK_SPELLINGS)
def test_no_redirect_leads_to_loopback(spelling, tmp_path):
    with answering(lambda asked: asked.reply(b"secret")) as inner:
        target = f"http://{spelling}:{inner.server_port}/"
        with (
            answering(
                lambda asked: asked.reply(status=302, Location=target.encode().decode("latin-1"))
            ) as outer,
            Client(limits(outer)) as client,
            pytest.raises(FetchError),
        ):
            download(client, outer.url(), tmp_path / "got")
        assert len(outer.requests) == 1
    assert inner.requests == []


def test_a_name_that_resolves_to_loopback_is_refused_with_what_to_do(tmp_path):
    with answering(lambda asked: asked.reply(b"secret")) as server:
        url = f"http://data.example.org:{server.server_port}/"
        with (
            Client(limits(server), resolver=lambda host, port: ["93.184.215.14", "127.0.0.1"]) as client,
            pytest.raises(AddressError, match=r"127\.0\.0\.1.*not a public address.*fetch\.allow_private"),
        ):
            download(client, url, tmp_path / "got")
    assert server.requests == []


def test_the_address_that_was_checked_is_the_one_connected_to(tmp_path):
    """A name that resolves otherwise the second time (DNS rebinding) has no second time."""
    asked_for = []

    def resolver(host, port):
        asked_for.append(host)
        return ["127.0.0.1"] if len(asked_for) == 1 else ["127.0.0.2"]

    with answering(lambda asked: asked.reply(b"data")) as server:
        authority = f"data.example.org:{server.server_port}"
        with Client(limits(server, allow_private=[authority]), resolver=resolver) as client:
            download(client, f"http://{authority}/", tmp_path / "got")
    assert asked_for == ["data.example.org"]
    assert server.requests[0][1]["Host"] == authority


def test_the_next_address_is_tried_when_one_does_not_answer(tmp_path):
    with answering(lambda asked: asked.reply(b"data")) as server:
        authority = f"data.example.org:{server.server_port}"
        resolver = lambda host, port: ["127.0.0.2", "127.0.0.1"]  # noqa: E731
        with Client(limits(server, allow_private=[authority]), resolver=resolver) as client:
            download(client, f"http://{authority}/", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == b"data"


def test_only_the_port_that_is_allowed_is():
    guard = AddressGuard(["127.0.0.1:8123", "[::1]:8123"])
    assert guard.addresses("127.0.0.1", 8123) == ["127.0.0.1"]
    assert guard.addresses("::1", 8123) == ["::1"]
    with pytest.raises(AddressError):
        guard.addresses("127.0.0.1", 22)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/x", "gopher://x/", "//", "http://"]
)
def test_a_redirect_to_no_web_address_is_refused(target, tmp_path):
    with (
        answering(lambda asked: asked.reply(status=301, Location=target)) as server,
        Client(limits(server)) as client,
        pytest.raises(FetchError),
    ):
        download(client, server.url(), tmp_path / "got")
