"""Bearer tokens (RFC 6750): who may write into which dataset. Only their sha256 is held."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256

from kamara.api.problems import Refusal
from kamara.config import TokenSettings, WriteSettings
from kamara.errors import SettingsError
from kamara.loaders.editing.change import Editor

# Whoever holds a hash can try out short tokens until one fits.
SHORTEST = 32

_BEARER = re.compile(r"Bearer +(?P<token>[A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_CHALLENGE = 'Bearer realm="Kamara"'


class Tokens:
    """The tokens of the settings, by their hash."""

    def __init__(self, editors: Mapping[bytes, Editor]) -> None:
        self._editors = editors

    @classmethod
    def read(cls, settings: WriteSettings) -> Tokens:
        """Read the files that hold tokens. Raises SettingsError for one that cannot be used."""
        found: dict[bytes, Editor] = {}
        for name, one in settings.tokens.items():
            digest = bytes.fromhex(one.sha256) if one.sha256 else _digest_of_file(name, one)
            if digest in found:
                raise SettingsError(
                    f"is the token of {found[digest].name!r} too",
                    where=f"write.tokens.{name}",
                    remedy="give each a token of its own, so that the log tells them apart",
                )
            found[digest] = Editor(name, one.datasets)
        return cls(found)

    def __bool__(self) -> bool:
        return bool(self._editors)

    @property
    def datasets(self) -> frozenset[str]:
        """The datasets that some token may write into."""
        return frozenset(name for editor in self._editors.values() for name in editor.datasets)

    def editor(self, authorization: str | None) -> Editor:
        """Whose token the header Authorization holds. Raises Refusal: 401 without one, 403 if unknown."""
        if authorization is None:
            raise Refusal(
                401,
                "writing asks for a token",
                remedy="send it as `Authorization: Bearer TOKEN`",
                headers={"WWW-Authenticate": _CHALLENGE},
            )
        found = _BEARER.fullmatch(authorization)
        if found is None:
            raise Refusal(
                401,
                "the header Authorization holds no bearer token",
                remedy="send it as `Authorization: Bearer TOKEN`",
                headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_request"'},
            )
        known = self._find(sha256(found["token"].encode("ascii")).digest())
        if known is None:
            raise Refusal(
                403,
                "this token is not known here",
                remedy="ask the operator for one",
                headers={"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
            )
        return known

    def _find(self, digest: bytes) -> Editor | None:
        # All are compared, each in constant time: how long it takes tells nothing.
        fits = [editor for known, editor in self._editors.items() if hmac.compare_digest(known, digest)]
        return fits[0] if fits else None


def _digest_of_file(name: str, settings: TokenSettings) -> bytes:
    where = f"write.tokens.{name}.file"
    try:
        token = settings.file.read_text(encoding="ascii").strip() if settings.file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{settings.file} cannot be read", where=where, remedy="write the token into it, in ASCII"
        ) from error
    if len(token) < SHORTEST:
        raise SettingsError(
            f"the token in {settings.file} is shorter than {SHORTEST} characters",
            where=where,
            remedy="make one with `openssl rand -hex 32`",
        )
    return sha256(token.encode("ascii")).digest()
