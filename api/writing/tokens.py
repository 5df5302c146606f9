"""Bearer tokens (RFC 6750): who may write into which dataset. Only their sha256 is held."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256

from kamara.api.problems import Refusal
from kamara.config import TokenSettings, WriteSettings
from kamara.errors import SettingsError
from kamara.loaders.editing.change import Editor

# Whoever holds a hash can try out short tokens until one fits.
SHORTEST = 32

_BEARER = re.compile(r"Bearer +(?P<token>[A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_REMEDY = "send it as `Authorization: Bearer TOKEN`"


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

    def editor(self, credentials: Sequence[str]) -> Editor:
        """Whose token the headers Authorization hold.

        Raises Refusal: 401 without a bearer token or with an unknown one, 400 for what is malformed.
        """
        if not any(one.partition(" ")[0].lower() == "bearer" for one in credentials):
            # Nothing more is told to one that did not know (section 3.1), or that tried another scheme.
            raise Refusal(401, "writing asks for a token", remedy=_REMEDY, headers=challenge())
        found = _BEARER.fullmatch(credentials[0]) if len(credentials) == 1 else None
        if found is None:
            raise Refusal(
                400,
                "the request does not hold exactly one bearer token",
                remedy=_REMEDY,
                headers=challenge("invalid_request"),
            )
        known = self._find(sha256(found["token"].encode("ascii")).digest())
        if known is None:
            raise Refusal(
                401,
                "this token is not known here",
                remedy="ask the operator for one",
                headers=challenge("invalid_token"),
            )
        return known

    def _find(self, digest: bytes) -> Editor | None:
        # All are compared, each in constant time: how long it takes tells nothing.
        fits = [editor for known, editor in self._editors.items() if hmac.compare_digest(known, digest)]
        return fits[0] if fits else None


def challenge(error: str = "") -> dict[str, str]:
    """The header that says what is asked for, and by its error code what was wrong (RFC 6750, section 3)."""
    code = f', error="{error}"' if error else ""
    return {"WWW-Authenticate": f'Bearer realm="Kamara"{code}'}


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
