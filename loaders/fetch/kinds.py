"""The table `[fetch]` of a source.toml: each kind of transport with its own settings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

_PERIOD = TypeAdapter(timedelta)
_ADDRESS = re.compile(r"https?://[^\s/@?#]+(?:[/?#]\S*)?")


def period(text: str) -> timedelta:
    """An ISO 8601 duration such as `P1D` or `PT1H`, longer than none; a month is 30 days, a year 365.

    Raises ValueError for anything else.
    """
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not text.startswith("P"):
        raise ValueError("not an ISO 8601 duration such as P1D or PT1H")
    found = _PERIOD.validate_python(text)
    if found <= timedelta(0):
        raise ValueError("a duration must be longer than none")
    return found


def _is_address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("not an http(s) address without user name and password")
    return value


Period = Annotated[timedelta, BeforeValidator(period)]
Address = Annotated[str, AfterValidator(_is_address)]


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileFetch(_Kind):
    """Files that lie in the folder of `[files]`, or where `sources.NAME.path` says."""

    kind: Literal["file"] = "file"


class SettingsFetch(_Kind):
    """What the operator declares in a table of the settings: a record an entry, its `key` and its `value`."""

    kind: Literal["settings"]
    setting: Literal["strategy.bases"]


class HttpFetch(_Kind):
    """One file from a web server.

    `save_as`: its name; `{date}` is the day (ISO 8601, in Athens) of its Last-Modified, else of the fetch. By
    default the last part of the address. `media`: the media types that it may have, separated by spaces; by
    default any, but nothing that looks like a web page.
    """

    kind: Literal["http"]
    url: Address
    save_as: str | None = Field(default=None, pattern=r"^[^/.][^/]*$")
    media: str = ""


class OaiFetch(_Kind):
    """Records from an OAI-PMH 2.0 repository, in one metadata format, of one set if named.

    All of them at least every `full_after`, what changed in between; always all when the repository does not
    tell of deletions.
    """

    kind: Literal["oai-pmh"]
    url: Address
    prefix: str = Field(default="oai_dc", pattern=r"^[A-Za-z0-9\-_.!~*'()]+$")
    set: str | None = None
    full_after: Period = timedelta(days=30)


Fetch = Annotated[FileFetch | SettingsFetch | HttpFetch | OaiFetch, Field(discriminator="kind")]
