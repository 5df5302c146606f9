"""Answers by the bytes of their requests, within a bound."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kamara.api.clerks.kept import Kept


@given(st.lists(st.tuples(st.binary(min_size=1, max_size=3), st.binary(max_size=60)), max_size=60))
def test_what_is_found_is_what_was_kept_last_and_the_bound_holds(pairs: list[tuple[bytes, bytes]]) -> None:
    kept, last = Kept(200), dict[bytes, bytes]()
    for request, answer in pairs:
        if kept.find(request) is None:
            kept.keep(request, answer)
            last[request] = answer
        assert kept.find(request) in (None, last[request])
        assert kept.used <= 200


def test_the_least_used_goes_first() -> None:
    kept = Kept(100)
    kept.keep(b"a", b"x" * 40)
    kept.keep(b"b", b"x" * 40)
    assert kept.find(b"a")
    kept.keep(b"c", b"x" * 40)
    assert (kept.find(b"a") is None, kept.find(b"b") is None, kept.find(b"c") is None) == (False, True, False)
