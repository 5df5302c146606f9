from __future__ import annotations

import gzip

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.gateway.encodings import CODINGS, Coding, acceptable, encoded, encoder, is_compressible


def decoded(body: bytes, coding: Coding) -> bytes:
    if coding == "gzip":
        return gzip.decompress(body)
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


@pytest.mark.parametrize(
    ("header", "best"),
    [
        (None, ("identity",)),
        ("", ("identity",)),
        ("gzip", ("gzip", "identity")),
        ("x-gzip", ("gzip", "identity")),
        ("GZIP;Q=0.3", ("gzip", "identity")),
        ("gzip, zstd", ("zstd", "gzip", "identity")),
        ("gzip;q=1.0, zstd;q=0.5", ("gzip", "zstd", "identity")),
        ("gzip;q=0.5, identity", ("identity", "gzip")),
        ("identity;q=0.5, gzip", ("gzip", "identity")),
        ("br, deflate", ("identity",)),
        ("*", ("zstd", "gzip", "identity")),
        ("*;q=0", ()),
        ("*;q=0, gzip", ("gzip",)),
        ("gzip;q=0, *", ("zstd", "identity")),
        ("identity;q=0", ()),
        ("identity;q=0, gzip;q=0.1", ("gzip",)),
        ("identity;q=0, *", ("zstd", "gzip")),
        ("br, identity;q=0", ()),
        ("gzip;q=2, zstd;q=x", ("identity",)),
        (";;;,,=", ("identity",)),
    ],
)
def test_what_a_client_takes_the_best_first(header: str | None, best: tuple[Coding, ...]) -> None:
    assert acceptable(header) == best


@given(st.text(max_size=40))
def test_any_header_is_read(header: str) -> None:
    assert set(acceptable(header)) <= {*CODINGS, "identity"}


@given(st.lists(st.binary(max_size=300), max_size=8), st.sampled_from(CODINGS))
def test_pieces_and_the_whole_come_back_as_they_were(pieces: list[bytes], coding: Coding) -> None:
    packer = encoder(coding)
    sent = b"".join([*map(packer.encode, pieces), packer.finish()])
    assert decoded(sent, coding) == b"".join(pieces)
    assert decoded(encoded(b"".join(pieces), coding), coding) == b"".join(pieces)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_piece_can_be_read_as_soon_as_it_is_sent(coding: Coding) -> None:
    packer = encoder(coding)
    first = packer.encode(b"the first rows")
    if coding == "gzip":
        import zlib

        assert zlib.decompressobj(31).decompress(first) == b"the first rows"
    else:
        assert zstandard.ZstdDecompressor().decompressobj().decompress(first) == b"the first rows"


@pytest.mark.parametrize("coding", CODINGS)
def test_the_same_body_is_packed_into_the_same_bytes(coding: Coding) -> None:
    body = b"s,p,o\n" * 10_000
    assert encoded(body, coding) == encoded(body, coding)
    assert len(encoded(body, coding)) < len(body) / 10


@pytest.mark.parametrize(
    ("kind", "packs"),
    [
        ("text/html; charset=utf-8", True),
        ("application/sparql-results+json", True),
        ("application/problem+json", True),
        ("Application/LD+JSON", True),
        ("application/n-triples", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/vnd.apache.parquet", False),
        ("", False),
    ],
)
def test_only_what_becomes_smaller_is_packed(kind: str, *, packs: bool) -> None:
    assert is_compressible(kind) is packs
