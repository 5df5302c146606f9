"""AES-128 in CBC mode, encrypting only (FIPS 197, NIST SP 800-38A): for the tokens of ImproveMyCity.

Nothing of ours is kept secret by it: the connection's TLS does that.
"""

from __future__ import annotations

from functools import cache

_BLOCK = 16
_ROUNDS = 10


def encrypt(key: bytes, start: bytes, plain: bytes) -> bytes:
    """Encrypt whole blocks of 16 bytes under a key of 16 bytes, from the initial vector `start`."""
    round_keys, last, cipher = _expanded(key), start, b""
    for place in range(0, len(plain), _BLOCK):
        mixed = _xor(plain[place : place + _BLOCK], last)
        last = _block(mixed, round_keys)
        cipher += last
    return cipher


def _block(state: bytes, round_keys: list[bytes]) -> bytes:
    """FIPS 197 section 5.1. Bytes stand column by column."""
    state = _xor(state, round_keys[0])
    for number in range(1, _ROUNDS + 1):
        state = bytes(_substitutes()[byte] for byte in state)
        state = bytes(state[(place + 4 * (place % 4)) % _BLOCK] for place in range(_BLOCK))
        if number < _ROUNDS:
            state = b"".join(_mixed(state[place : place + 4]) for place in range(0, _BLOCK, 4))
        state = _xor(state, round_keys[number])
    return state


def _mixed(column: bytes) -> bytes:
    """MixColumns (section 5.1.3)."""
    every = column[0] ^ column[1] ^ column[2] ^ column[3]
    return bytes(byte ^ every ^ _doubled(byte ^ column[(place + 1) % 4]) for place, byte in enumerate(column))


def _expanded(key: bytes) -> list[bytes]:
    """KeyExpansion (section 5.2): the key of each round."""
    words, constant = [key[place : place + 4] for place in range(0, _BLOCK, 4)], 1
    while len(words) < 4 * (_ROUNDS + 1):
        word = words[-1]
        if len(words) % 4 == 0:
            turned = bytes(_substitutes()[byte] for byte in word[1:] + word[:1])
            word = bytes([turned[0] ^ constant]) + turned[1:]
            constant = _doubled(constant)
        words.append(_xor(word, words[-4]))
    return [b"".join(words[place : place + 4]) for place in range(0, len(words), 4)]


@cache
def _substitutes() -> bytes:
    """The S-box (section 5.1.1): an affine map of the inverse in GF(2^8). Powers of 3 and of its inverse 0xF6
    are each other's inverses.
    """
    table, value, inverse = bytearray(256), 1, 1
    table[0] = 0x63
    for _ in range(255):
        value ^= _doubled(value)
        inverse = _product(inverse, 0xF6)
        turned = inverse
        for places in range(1, 5):
            turned ^= (inverse << places | inverse >> (8 - places)) & 0xFF
        table[value] = turned ^ 0x63
    return bytes(table)


def _product(left: int, right: int) -> int:
    result = 0
    while right:
        result ^= left * (right & 1)
        left, right = _doubled(left), right >> 1
    return result


def _doubled(byte: int) -> int:
    return byte << 1 if byte < 0x80 else (byte << 1 ^ 0x1B) & 0xFF


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))
