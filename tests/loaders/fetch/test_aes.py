"""The vectors of the standards."""

from __future__ import annotations

import pytest

from kamara.loaders.fetch.aes import encrypt

# Key, initial vector, plain text, cipher text: FIPS 197 appendix C.1; NIST SP 800-38A appendix F.2.1.
VECTORS = [
    (
        "000102030405060708090a0b0c0d0e0f",
        "00000000000000000000000000000000",
        "00112233445566778899aabbccddeeff",
        "69c4e0d86a7b0430d8cdb78070b4c55a",
    ),
    (
        "2b7e151628aed2a6abf7158809cf4f3c",
        "000102030405060708090a0b0c0d0e0f",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
    ),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_the_vectors_of_the_standards_come_out(vector):
    key, start, plain, cipher = map(bytes.fromhex, vector)
    assert encrypt(key, start, plain) == cipher
