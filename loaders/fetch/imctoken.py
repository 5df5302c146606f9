"""Tokens of the API of ImproveMyCity 3: for one request each, good for three minutes (com_imc, MCrypt)."""

from __future__ import annotations

import json
import secrets
import time
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from kamara.loaders.fetch.kinds import ImproveMyCityFetch

_BLOCK = 16


def token(wanted: ImproveMyCityFetch) -> str:
    """A token that was not used yet: who asks, when, and a random word, encrypted with the site's key.

    The key is the initial vector too. The first interface pads with zeros and writes hexadecimal digits; the
    newer one takes base64 of it all, padded as PKCS #7 says, its base64 in hexadecimal digits.
    """
    told = {
        "u": wanted.user.get_secret_value(),
        "p": wanted.password.get_secret_value(),
        "t": str(int(time.time())),
        "r": secrets.token_hex(8),
    }
    key, plain = wanted.key.get_secret_value().encode(), json.dumps(told).encode()
    if wanted.api == "api":
        return _encrypt(key, plain + bytes(-len(plain) % _BLOCK)).hex()
    plain = b64encode(plain)
    missing = _BLOCK - len(plain) % _BLOCK
    return b64encode(_encrypt(key, plain + bytes([missing]) * missing)).hex()


def _encrypt(key: bytes, blocks: bytes) -> bytes:
    """AES-128 in CBC mode. Nothing of ours is kept secret by it: the connection's TLS does that."""
    cipher = Cipher(algorithms.AES128(key), modes.CBC(key)).encryptor()
    return cipher.update(blocks) + cipher.finalize()
