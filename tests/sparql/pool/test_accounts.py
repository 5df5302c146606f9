from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.config import QuerySettings
from kamara.sparql.errors import TooManyError
from kamara.sparql.pool.accounts import Accounts

LIMITS = QuerySettings(client_seconds=10, client_window_seconds=100)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_client_is_not_kept_as_it_is_called() -> None:
    accounts = Accounts(LIMITS)
    accounts.charge(accounts.key("192.0.2.7"), 1)
    assert b"192.0.2.7" not in repr(vars(accounts)).encode()
    assert accounts.key("192.0.2.7") == accounts.key("192.0.2.7") != Accounts(LIMITS).key("192.0.2.7")


def test_an_ipv6_network_is_one_client_and_a_mapped_address_that_of_ipv4() -> None:
    key = Accounts(LIMITS).key
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") == key("2001:0DB8:1:2::3%eth0")
    assert key("2001:db8:1:3::1") != key("2001:db8:1:2::1")
    assert key("::ffff:192.0.2.7") == key("192.0.2.7") != key("192.0.2.8")
    assert key("no:address") != key("")


@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=8))
def test_who_comes_again_when_told_to_is_let_in_and_not_a_second_too_late(spent: list[float]) -> None:
    clock = Clock()
    accounts = Accounts(LIMITS, clock)
    client = accounts.key("a")
    for seconds in spent:
        accounts.charge(client, seconds)
    if sum(spent) < 9.99:
        accounts.check(client)
        return
    try:
        accounts.check(client)
    except TooManyError as error:
        assert error.retry_after is not None
        clock.now = error.retry_after - 2.01
        if sum(spent) > 10.3:
            with pytest.raises(TooManyError):
                accounts.check(client)
        clock.now = error.retry_after
        accounts.check(client)


def test_quick_queries_and_other_clients_and_the_server_have_no_budget() -> None:
    accounts = Accounts(LIMITS)
    one, other, server = accounts.key("a"), accounts.key("b"), accounts.key("")
    accounts.spend(one, 100)
    accounts.check(one)
    accounts.charge(server, 100)
    accounts.check(server)
    accounts.charge(one, 100)
    accounts.check(other)
    assert accounts.lately(one) > accounts.lately(other) == 0
    with pytest.raises(TooManyError, match="client_seconds"):
        accounts.check(one)


def test_a_client_pays_for_what_a_block_takes_however_it_ends() -> None:
    clock = Clock()
    accounts = Accounts(LIMITS, clock)
    client = accounts.key("a")
    with accounts.paying(client):
        clock.now += 4
    assert accounts.lately(client) == 4
    with pytest.raises(OSError, match="broken"), accounts.paying(client):
        clock.now += 8
        raise OSError("broken")
    with pytest.raises(TooManyError), accounts.paying(client):
        raise AssertionError("its budget is used up")
    with accounts.paying(accounts.key("")):
        clock.now += 100
    accounts.check(accounts.key(""))


def test_without_a_budget_nobody_is_refused() -> None:
    accounts = Accounts(QuerySettings(client_seconds=0))
    accounts.charge(accounts.key("a"), 1e6)
    accounts.check(accounts.key("a"))


def test_only_so_many_clients_are_held() -> None:
    accounts = Accounts(LIMITS)
    for number in range(10_100):
        accounts.spend(accounts.key(str(number)), 1)
    assert len(accounts._held) == 10_000
