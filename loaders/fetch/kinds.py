"""The table `[fetch]` of a source.toml: each kind of transport with its own settings."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    model_validator,
)

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
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


def _is_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().encode()) != 16:
        raise ValueError("not a key of 16 characters")
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


class DiavgeiaFetch(_Kind):
    """What organisations decided, from Diavgeia's OpenData API at `url`.

    `what`: decisions, the version logs of those that were corrected, or one of the lists. `organization`:
    Diavgeia's numbers of organisations, separated by spaces. `since`: the first day of issue. `size`: of
    a page. A search takes the days of issue of one `window`; half of that when it lists more than
    `max_total` or changes while it is read. After a harvest only what changed since is asked for, from
    `overlap` before, and all at least every `full_after`.
    """

    kind: Literal["diavgeia"]
    url: Address = "https://diavgeia.gov.gr/opendata"
    what: Literal["decisions", "versions", "types", "organizations", "units", "positions"] = "decisions"
    organization: str = Field(default="", pattern=r"^(?:[0-9]+(?: [0-9]+)*)?$")
    since: date = date(2010, 1, 1)
    size: int = Field(default=500, ge=1, le=500)
    window: Annotated[Period, Field(ge=_DAY, le=180 * _DAY)] = 180 * _DAY
    max_total: int = Field(default=20000, ge=1)
    overlap: Period = 3 * _DAY
    full_after: Period = 30 * _DAY

    @model_validator(mode="after")
    def _has_organization(self) -> DiavgeiaFetch:
        if self.what not in ("types", "organizations") and not self.organization:
            raise ValueError(f"organization is needed for what = {self.what!r}")
        return self


class Open311Fetch(_Kind):
    """Service requests, or the services, from an Open311 GeoReport v2 server at `url`.

    `api_key` stands in no log and no error. `since`: the first day of requests. A question takes the requests
    of one `window`; half of that when it has as many as `limit`. `page_size`: for servers that give pages.
    After a harvest only the requests since `overlap` before it are asked for, or, with `incremental` =
    "updated_after", what changed since then; all at least every `full_after`.
    """

    kind: Literal["open311"]
    url: Address
    what: Literal["requests", "services"] = "requests"
    format: Literal["json", "xml"] = "json"
    jurisdiction_id: str = ""
    api_key: SecretStr | None = None
    since: date = date(2010, 1, 1)
    window: Annotated[Period, Field(ge=_HOUR, le=90 * _DAY)] = 90 * _DAY
    limit: int = Field(default=1000, ge=1)
    page_size: int | None = Field(default=None, ge=1)
    incremental: Literal["window", "updated_after"] = "window"
    overlap: Period = 30 * _DAY
    full_after: Period = 7 * _DAY


class ImproveMyCityFetch(_Kind):
    """Issues with their timeline, categories and steps, from an ImproveMyCity 3 site (com_imc) at `url`.

    `api`: the newer interface, or the first. `modality` and `key` are one of the site's REST/API keys, `user`
    and `password` an account; they stand in no log and no error. `size`: issues a page; 0 takes all at once.
    After a harvest the issues that changed since `overlap` before it are asked for, all at least every
    `full_after`.
    """

    kind: Literal["improvemycity"]
    url: Address
    api: Literal["api2", "api"] = "api2"
    modality: int = Field(ge=1)
    key: Annotated[SecretStr, AfterValidator(_is_key)]
    user: SecretStr = SecretStr("imc-guest")
    password: SecretStr = SecretStr("imc-guest")
    language: str = Field(default="el", pattern=r"^[a-z]{2}$")
    size: int = Field(default=200, ge=0)
    overlap: Period = _DAY
    full_after: Period = _DAY


Fetch = Annotated[
    FileFetch | SettingsFetch | HttpFetch | OaiFetch | DiavgeiaFetch | Open311Fetch | ImproveMyCityFetch,
    Field(discriminator="kind"),
]
