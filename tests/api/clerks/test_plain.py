"""What a clerk takes it reads as the process that serves does; everything else it leaves alone."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.clerks.plain import PlainReader, is_plain, unquoted

HEAD = "Host: 127.0.0.1\r\nAccept: text/csv\r\n"


def request(target: str, head: str = HEAD, method: str = "GET", version: str = "1.1") -> bytes:
    return f"{method} {target} HTTP/{version}\r\n{head}\r\n".encode("latin-1")


def text(data: bytes) -> str | None:
    found = PlainReader().read(data)
    return None if found is None else found.text


def test_a_plain_request_is_taken_with_its_wishes() -> None:
    head = "HOST: a\r\naccept:  text/csv \r\nAccept: */*;q=0.1\r\nAccept-Encoding: gzip\r\nX-Any: 1\r\n"
    found = PlainReader().read(request("/sparql?query=ASK+%7B%7D", head + "Connection: keep-alive\r\n"))
    assert found is not None
    assert found.text == "ASK {}"
    assert found.wish.text(b"accept") == "text/csv, */*;q=0.1"
    assert found.wish.codings == ("gzip", "identity")


@given(st.text())
def test_any_text_of_a_query_is_read_as_it_was_written(query: str) -> None:
    for quoted in (quote_plus, quote):
        value = quoted(query, errors="surrogatepass")
        read = text(request(f"/sparql?query={value}"))
        try:
            expected = parse_qsl(f"query={value}", keep_blank_values=True, errors="strict")[0][1]
        except UnicodeDecodeError:
            expected = None
        assert read == (expected if value else None)


@given(
    st.lists(st.sampled_from([b"%", b"4", b"1", b"=", b"==", b"%41", b"+", b"_", b"\t", b"%0D%0A", b"%3D"]))
)
def test_whatever_is_escaped_is_read_as_the_form_would_be(parts: list[bytes]) -> None:
    value = b"".join(parts)
    read = unquoted(value)
    if read is not None:
        expected = parse_qsl(b"a=" + value, keep_blank_values=True)[0][1]
        assert read == expected


def test_a_percent_sign_that_begins_no_escape_is_left_alone() -> None:
    assert unquoted(b"50%") is None
    assert unquoted(b"%4") is None
    assert unquoted(b"%zz") is None


@pytest.mark.parametrize(
    "data",
    [
        request("/sparql?query=ASK%7B%7D&format=csv"),
        request("/sparql?format=csv&query=ASK%7B%7D"),
        request("/sparql?query=ASK%7B%7D#part"),
        request("/sparql?query="),
        request("/sparql"),
        request("/Sparql?query=ASK%7B%7D"),
        request("http://127.0.0.1/sparql?query=ASK%7B%7D"),
        request("/sparql?query=ASK%7B%7D", method="HEAD"),
        request("/sparql?query=ASK%7B%7D", version="1.0"),
        request("/sparql?query=ASK%7B%FF%7D"),
        request("/sparql?query=ASK%7B%7D", ""),
        request("/sparql?query=ASK%7B%7D", "Host : a\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\n folded\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nConnection: close\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nConnection: Upgrade\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nIf-None-Match: *\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nAUTHORIZATION: Bearer x\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nContent-Length: 3\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nTransfer-Encoding: chunked\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nPrefer: respond-async\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\r\nAccept-Encoding: identity;q=0\r\n"),
        request("/sparql?query=ASK%7B%7D", "Host: a\x00b\r\n"),
        request("/sparql?query=ASK%7B%7D")[:-1],
        request("/sparql?query=ASK%7B%7D") + b"G",
        request("/sparql?query=ASK%7B%7D") * 2,
        request("/sparql?query=ASK%7B%7D").replace(b"\r\n", b"\n"),
    ],
)
def test_everything_else_is_left_alone(data: bytes) -> None:
    assert text(data) is None


def test_the_next_request_is_worth_a_look_when_this_one_was_plain() -> None:
    host = (b"host", b"a")
    assert is_plain("GET", b"/sparql", b"query=ASK", [host])
    assert not is_plain("POST", b"/sparql", b"query=ASK", [host])
    assert not is_plain("GET", b"/sparql", b"query=ASK&format=csv", [host])
    assert not is_plain("GET", b"/sparql", b"query=ASK", [host, (b"prefer", b"respond-async")])
    assert not is_plain("GET", b"/query/a", b"query=ASK", [host])
