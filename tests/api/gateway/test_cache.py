from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kamara.api.gateway.cache import ResponseCache
from kamara.api.gateway.held import Held
from kamara.sparql.versions import Version

ONE = Version(1, Path("one"), 1, "2026-01-01T00:00:00+00:00", 3)
TWO = Version(2, Path("two"), 2, "2026-01-02T00:00:00+00:00", 3)
REWRITTEN = Version(1, Path("one"), 3, "2026-01-03T00:00:00+00:00", 2)


def keep(cache: ResponseCache, version: Version, name: str, size: int = 10, wish: str = "") -> None:
    held = Held(200, [], '"tag"', b"x" * size)
    cache.keep(version, name, held, held.packed("identity", held.body), (b"/", (wish or name).encode()))


def found(cache: ResponseCache, version: Version, wish: str) -> bool:
    return cache.find((b"/", wish.encode()), version) is not None


def test_what_was_kept_is_found_until_another_version_is_published() -> None:
    cache = ResponseCache(1)
    assert not found(cache, ONE, "a")
    keep(cache, ONE, "a")
    assert found(cache, ONE, "a")
    assert not found(cache, TWO, "a")
    assert not found(cache, ONE, "a")
    assert cache.used == 0


def test_a_version_that_was_rewritten_under_its_number_is_another_one() -> None:
    cache = ResponseCache(1)
    found(cache, ONE, "a")
    keep(cache, ONE, "a")
    assert not found(cache, REWRITTEN, "a")


def test_an_answer_of_a_version_that_is_past_is_not_kept() -> None:
    cache = ResponseCache(1)
    found(cache, TWO, "a")
    keep(cache, ONE, "a")
    assert not found(cache, TWO, "a")


def test_the_least_used_goes_first() -> None:
    cache = ResponseCache(1)
    found(cache, ONE, "0")
    for number in range(8):
        keep(cache, ONE, str(number), size=100_000)
    assert found(cache, ONE, "0")
    for number in range(8, 14):
        keep(cache, ONE, str(number), size=100_000)
    assert found(cache, ONE, "0")
    assert not found(cache, ONE, "1")


def test_what_is_too_large_is_not_kept() -> None:
    cache = ResponseCache(1)
    found(cache, ONE, "a")
    keep(cache, ONE, "a", size=cache.largest + 1)
    assert not found(cache, ONE, "a")


def test_a_cache_of_no_size_keeps_nothing() -> None:
    cache = ResponseCache(0)
    found(cache, ONE, "a")
    keep(cache, ONE, "a", size=1)
    assert not found(cache, ONE, "a")
    assert cache.used == 0


def test_two_wishes_for_one_answer_share_its_body() -> None:
    cache = ResponseCache(1)
    found(cache, ONE, "a")
    keep(cache, ONE, "name", size=100_000, wish="a")
    before = cache.used
    keep(cache, ONE, "name", size=100_000, wish="b")
    assert found(cache, ONE, "b")
    assert cache.used - before < 1000


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 140_000), st.integers(0, 200)), max_size=60))
def test_it_never_holds_more_than_it_may(answers: list[tuple[int, int, int]]) -> None:
    cache = ResponseCache(1)
    for name, size, wish in answers:
        found(cache, ONE, str(wish))
        keep(cache, ONE, f"{name}-{size}", size, str(wish))
        assert 0 <= cache.used <= 1 << 20
