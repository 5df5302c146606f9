"""Settings: one file `kamara.toml`, every setting also by an environment variable `KAMARA_...`.

Nested settings join their names with two underscores: `KAMARA_QUERY__DEADLINE_SECONDS=5`.
The environment wins over the file.
"""

from __future__ import annotations

import os
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as MalformedSettings

from kamara.addresses import networks
from kamara.errors import SettingsError
from kamara.resources import Resources, bundled

TargetCode = Annotated[str, Field(pattern=r"^[1-5]\.[0-9]+$")]
BaseYear = Annotated[int, Field(ge=1980, le=2099)]
TokenName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuerySettings(_Section):
    """Limits on one query and on the processes that answer."""

    workers: int = Field(
        default=2, ge=1, le=64, description="queries that run at once in the quick lane, each in its process"
    )
    long_workers: int = Field(
        default=2, ge=1, le=64, description="queries that run at once in the long lane, at lower priority"
    )
    job_workers: int = Field(default=1, ge=1, le=64, description="jobs that run at once")
    quick_seconds: float = Field(
        default=0.3, gt=0, description="a query that runs longer leaves the quick lane for the long one"
    )
    deadline_seconds: float = Field(
        default=20.0, gt=0, description="a query is killed after this many seconds"
    )
    job_seconds: float = Field(default=600.0, gt=0, description="a job is killed after this many seconds")
    memory_mb: int = Field(
        default=1024, ge=64, description="memory that one query may take beyond the open store, in MiB"
    )
    total_memory_mb: int = Field(
        default=9216,
        ge=256,
        description="memory that the server and all its workers may take together, in MiB; see operating.md",
    )
    client_seconds: float = Field(
        default=120.0,
        ge=0,
        description="seconds of the long lane and of SERVICE that a client may use in a window; 0: no budget",
    )
    client_window_seconds: float = Field(
        default=300.0, gt=0, description="window in which a client's seconds are given back, steadily"
    )
    max_bytes: int = Field(default=65536, ge=100, description="longest query text, in bytes")
    max_nesting: int = Field(default=100, ge=5, le=500, description="deepest nesting of brackets in a query")
    max_joined: int = Field(
        default=100,
        ge=10,
        description="most parts that one group of a query may join: triples, steps of paths, inner groups",
    )
    max_operators: int = Field(
        default=1000,
        ge=10,
        description="how often one operator or keyword (`UNION`, `OPTIONAL`, `+`, ...) may stand in a query",
    )
    queue: int = Field(
        default=256, ge=1, description="queries that may wait for the quick lane; one more answers 503"
    )
    long_queue: int = Field(
        default=32, ge=1, description="queries that may wait for the long lane; one more answers 503"
    )
    job_queue: int = Field(default=32, ge=1, description="jobs that may wait; one more answers 503")
    spool_mb: int = Field(
        default=512,
        ge=1,
        description="room on disk for answers that their clients have not taken yet, all together, in MiB",
    )
    service_allow: tuple[str, ...] = Field(
        default=(), description="SPARQL endpoints that SERVICE may call; none by default"
    )
    service_networks: tuple[str, ...] = Field(
        default=(),
        description="networks like `10.20.0.0/16` in which endpoints may lie though they are not public",
    )
    service_calls: int = Field(default=4, ge=1, le=64, description="SERVICE clauses that one query may hold")
    service_seconds: float = Field(
        default=10.0, gt=0, description="longest time for all endpoints that one query calls"
    )
    service_rows: int = Field(
        default=10000, ge=1, description="most solutions that an endpoint may answer with"
    )
    service_mb: int = Field(default=8, ge=1, description="longest answer of an endpoint, in MiB")
    service_parallel: int = Field(
        default=4, ge=1, description="endpoints that are asked at once; further calls wait"
    )

    @field_validator("service_networks")
    @classmethod
    def _networks_are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        networks(value)
        return value


class HttpSettings(_Section):
    """How answers leave over HTTP."""

    cache_mb: int = Field(
        default=64, ge=0, description="memory for answers that are kept to be given again, in MiB; 0: none"
    )
    clerks: int = Field(
        default=2,
        ge=0,
        le=64,
        description="processes that answer light queries at the client's connection; 0: the pool answers all",
    )
    metrics: str = Field(
        default="public",
        pattern=r"^(public|off|[^\s:]+:[0-9]{1,5}|\[[0-9a-fA-F:]+\]:[0-9]{1,5})$",
        description="numbers for Prometheus: `public` at /metrics, `host:port` there and not here, or `off`",
    )


class QueryLogSettings(_Section):
    """What is written down of the queries that are asked over HTTP."""

    max_mb: int = Field(
        default=50, ge=0, description="size of the whole query log, in MiB; the oldest goes first; 0: no log"
    )
    texts: bool = Field(
        default=False,
        description="whether the log holds the shapes of queries too: keywords and terms, without any value",
    )


class JobSettings(_Section):
    """Jobs: queries that run on after their request, and whose answers are kept for a while."""

    max: int = Field(default=200, ge=1, description="jobs that wait, run or are kept; one more answers 503")
    per_client: int = Field(
        default=5, ge=1, description="jobs that one client may have waiting, running or kept; more answer 429"
    )
    keep_hours: float = Field(default=24.0, gt=0, description="hours that a job's answer is kept")
    max_mb: int = Field(default=1024, ge=1, description="answers of all jobs together, in MiB")


class ResultSettings(_Section):
    """Pinned results: answers with a permanent address."""

    open: bool = Field(
        default=True, description="whether anyone may pin an answer over HTTP; what is pinned stays readable"
    )
    max: int = Field(default=1000, ge=1, description="results that may be pinned")
    versions: int = Field(
        default=20, ge=1, description="published versions that pinned results may keep from being collected"
    )
    per_client: int = Field(default=20, ge=1, description="answers that one client may pin in 24 hours")
    largest_mb: int = Field(default=64, ge=1, description="longest answer that can be pinned, in MiB")
    keep_mb: int = Field(
        default=4,
        ge=0,
        description="an answer up to this size is kept; a longer one is made again when asked, in MiB",
    )
    max_mb: int = Field(
        default=512,
        ge=0,
        description="kept answers of all results together; beyond, they are made again, in MiB",
    )


class VersionSettings(_Section):
    """How many published versions are kept."""

    keep: int = Field(default=5, ge=1, description="published versions kept besides pinned and leased ones")
    keep_mb: int = Field(
        default=20480, ge=1, description="bytes that all kept versions may take together, in MiB"
    )
    free_factor: float = Field(
        default=2.0,
        ge=0,
        description="publishing is refused while free disk is under this many times the store",
    )


class LoadSettings(_Section):
    """Limits on what a source may hold."""

    engine: Literal["shacl", "pyshacl"] = Field(
        default="shacl", description="SHACL engine that validates records"
    )
    batch_records: int = Field(default=10000, ge=1, le=10000, description="records validated together")
    max_line_bytes: int = Field(
        default=1048576, ge=1024, description="longest record that a source file may hold, in bytes"
    )
    max_whole_bytes: int = Field(
        default=268435456,
        ge=1024,
        description="largest file that is read into memory as a whole, in bytes, unpacked",
    )
    max_violations: int = Field(
        default=10000,
        ge=1,
        description="violations that are told together; a batch with more is validated in halves",
    )
    max_bad_records: int = Field(
        default=10000,
        ge=0,
        description="bad records that any source may have, whatever their share; what is withheld is not bad",
    )
    max_bad_share: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="share of the records read so far that may be bad once there are `load.max_bad_records`; "
        "with more, the source stops: the fault is systematic",
    )


class FetchSettings(_Section):
    """How sources are fetched from servers, and what an archive may hold."""

    contact: str | None = Field(
        default=None, description="mail address or page that the servers of sources see in the User-Agent"
    )
    allow_private: tuple[str, ...] = Field(
        default=(),
        description="`host:port` that may be fetched from though its address is private; none by default",
    )
    connect_seconds: float = Field(default=10.0, gt=0, description="longest wait for a connection")
    read_seconds: float = Field(default=60.0, gt=0, description="longest wait for the next bytes")
    total_seconds: float = Field(default=1800.0, gt=0, description="longest time for one file, retries too")
    delay_seconds: float = Field(default=1.0, ge=0, description="shortest time between requests to a host")
    retries: int = Field(default=4, ge=0, le=20, description="times that a failed request is made again")
    backoff_seconds: float = Field(
        default=2.0, gt=0, description="wait before the first retry; each further one waits twice as long"
    )
    max_redirects: int = Field(default=5, ge=0, le=20, description="redirects followed for one file")
    max_mb: int = Field(default=2048, ge=1, description="largest download, in MiB")
    unpacked_mb: int = Field(default=8192, ge=1, description="most that a file or archive unpacks to, in MiB")
    max_ratio: int = Field(
        default=200, ge=1, description="most bytes that a packed byte may unpack to, beyond the first MiB"
    )
    max_members: int = Field(default=10000, ge=1, description="most members of an archive")


class RunSettings(_Section):
    """The schedule: what `kamara run` does between two fetches."""

    with_server: bool = Field(
        default=False, description="whether `kamara serve` runs the schedule in a process beside it"
    )
    retry_seconds: float = Field(
        default=300.0,
        gt=0,
        description="wait after a source failed; twice as long after each further one",
    )
    retry_max_seconds: float = Field(default=21600.0, gt=0, description="longest wait after failures")


class PrivacySettings(_Section):
    """How finely published data may speak of people."""

    grid_metres: float = Field(
        default=100.0,
        ge=1,
        le=20000,
        description="side of the squares to whose centres the positions of citizens' reports are moved",
    )
    threshold: int = Field(
        default=5, ge=1, description="counts of reports under this are suppressed in published tables"
    )


class CheckSettings(_Section):
    """What `kamara check` may take."""

    reason_seconds: float = Field(
        default=120.0, gt=0, description="`kamara check --reason` stops the reasoner after this many seconds"
    )


class StrategySettings(_Section):
    """What the Digital Strategy leaves open, so that its targets can be measured."""

    bases: dict[TargetCode, BaseYear] = Field(
        default_factory=dict,
        description='year that a target of change is compared with, by its code: `"1.3" = 2015`',
    )


class TokenSettings(_Section):
    """A bearer token: its sha256, or the file that holds it; and what may be written with it."""

    sha256: str | None = Field(
        default=None, pattern="^[0-9a-f]{64}$", description="the sha256 of the token, in hex"
    )
    file: Path | None = Field(
        default=None, description="in its place: a file with the token, read when the server starts"
    )
    datasets: tuple[str, ...] = Field(
        default=(), description="the edited datasets that may be written with it"
    )

    @model_validator(mode="after")
    def _says_one(self) -> TokenSettings:
        if (self.sha256 is None) == (self.file is None):
            raise ValueError("give either sha256 or file")
        return self


class WriteSettings(_Section):
    """Writing into edited datasets over HTTP; off as long as there is no token."""

    tokens: dict[TokenName, TokenSettings] = Field(default_factory=dict, description="by name")
    max_mb: int = Field(default=8, ge=1, le=512, description="largest request that writes, in MiB")
    max_triples: int = Field(default=200000, ge=1, description="most triples that an edited dataset may hold")
    wait_seconds: float = Field(
        default=10.0, ge=0, description="longest wait for another write to end; then 503"
    )
    memory_mb: int = Field(
        default=1024, ge=256, description="memory that the process that writes may take, in MiB"
    )


class SourceSettings(_Section):
    """Where one source really comes from, when not from where its source.toml says."""

    path: Path | None = Field(
        default=None, description="a file, or a folder that is searched with the source's own pattern"
    )
    fetch: dict[str, str | int | date] | None = Field(
        default=None, description="in the place of the table `[fetch]` of its source.toml"
    )
    frequency: str | None = Field(
        default=None, description="in the place of the `frequency` of its source.toml"
    )
    simulated: bool = Field(
        default=False, description="whether what lies at `path` is simulated; the dataset then says so"
    )


class Settings(BaseSettings):
    """Everything that an operator can set."""

    model_config = SettingsConfigDict(
        env_prefix="KAMARA_", env_nested_delimiter="__", extra="forbid", frozen=True, toml_file=None
    )

    base_iri: str = Field(
        default="https://data.thessaloniki.gr/", description="base of every address; ends with a slash"
    )
    data_dir: Path = Field(
        default=Path("data"), description="folder of the log, the store, versions and raw snapshots"
    )
    resources_dir: Path | None = Field(
        default=None,
        description="folder with ontology/, shapes/, mappings/ and sparql/ instead of the shipped ones",
    )
    host: str = Field(default="127.0.0.1", description="address that the server binds to")
    port: int = Field(
        default=8000, ge=0, le=65535, description="port that the server binds to; 0 takes a free one"
    )
    public_url: str | None = Field(
        default=None, description="address that people see, when a proxy stands in front"
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="addresses or networks of proxies whose X-Forwarded-For says who asks",
    )
    default_graph: Literal["union", "strict"] = Field(
        default="union", description="`union`: queries see all graphs by default; `strict`: W3C behaviour"
    )
    query: QuerySettings = Field(default_factory=QuerySettings)
    http: HttpSettings = Field(default_factory=HttpSettings)
    jobs: JobSettings = Field(default_factory=JobSettings)
    results: ResultSettings = Field(default_factory=ResultSettings)
    query_log: QueryLogSettings = Field(default_factory=QueryLogSettings)
    versions: VersionSettings = Field(default_factory=VersionSettings)
    load: LoadSettings = Field(default_factory=LoadSettings)
    fetch: FetchSettings = Field(default_factory=FetchSettings)
    run: RunSettings = Field(default_factory=RunSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    check: CheckSettings = Field(default_factory=CheckSettings)
    strategy: StrategySettings = Field(default_factory=StrategySettings)
    write: WriteSettings = Field(default_factory=WriteSettings)
    sources: dict[str, SourceSettings] = Field(default_factory=dict, description="by source name")

    @field_validator("base_iri")
    @classmethod
    def _base_is_absolute(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.endswith("/"):
            raise ValueError("must be an http(s) address that ends with a slash")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of precedence: arguments, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def resources(self) -> Resources:
        """The declarative files in force."""
        return Resources(self.resources_dir) if self.resources_dir else bundled()


def load_settings(path: Path | None = None, **overrides: object) -> Settings:
    """Read the settings from `path` (default: `kamara.toml` in the current folder, when it is there).

    Raises SettingsError when the file is missing or malformed, or a value is refused.
    """
    file = path or Path("kamara.toml")
    if path is not None and not path.is_file():
        raise SettingsError("no such settings file", where=str(path), remedy="name one that exists")
    from_file = type("SettingsFromFile", (Settings,), {"model_config": {"toml_file": file}})
    try:
        # The plain class again: a worker process can unpickle that one.
        return Settings(**from_file(**overrides).model_dump())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"not TOML: {error}", where=str(file), remedy="correct the file") from error
    except ValidationError as error:
        raise _refused(error, file) from error
    except MalformedSettings as error:
        raise SettingsError(
            str(error),
            where="environment",
            remedy="a section or a list is written as JSON; see docs/settings.md",
        ) from error


def _refused(error: ValidationError, file: Path) -> SettingsError:
    """The first refused value, and whether it stands in the file or in the environment."""
    first = error.errors()[0]
    names = [str(part) for part in first["loc"]]
    variable = f"KAMARA_{'__'.join(names).upper()}"
    where = f"environment variable {variable}" if variable in os.environ else str(file)
    return SettingsError(f"{'.'.join(names)}: {first['msg']}", where=where, remedy="see docs/settings.md")
