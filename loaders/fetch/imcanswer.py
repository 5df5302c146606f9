"""Answers of the API of ImproveMyCity 3: what is kept of issues and their timelines, and of nothing else.

Only the fields named here ever reach a file: an answer may hold names, numbers and addresses of people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch import jsontext
from kamara.loaders.fetch.merge import Entry, Form

_ISSUE = (
    "id",
    "title",
    "stepid",
    "stepid_title",
    "stepid_color",
    "catid",
    "catid_title",
    "regnum",
    "description",
    "address",
    "latitude",
    "longitude",
    "state",
    "moderation",
    "votes",
    "created",
    "updated",
)
_STEP_OF_ISSUE = ("action", "description", "created", "step_id", "stepid_title", "stepid_color")
_STEP = ("id", "title", "description", "stepcolor", "ordering", "state", "updated_ts")
_CATEGORY = ("id", "title", "parentid", "path", "state", "updated_ts", "image")
Json = dict[str, Any]


def data(content: bytes, url: str) -> tuple[list[Json], int | None]:
    """The data of an answer, and how many there are in all if it says so. Raises FetchError.

    The API answers an error with success = false, and status 200 or 202.
    """
    try:
        answer = jsontext.parse(jsontext.decode(content))
    except ValueError as error:
        what = "a web page" if content.lstrip()[:1] == b"<" else f"no whole JSON ({error})"
        raise FetchError(
            f"answers {what}", where=url, remedy="correct fetch.url, or try again later"
        ) from error
    if not isinstance(answer, dict) or answer.get("success") is not True:
        said = explain(content) or "something else than com_imc does"
        raise FetchError(f"answers: {said}", where=url, remedy="look at the keys of the site and at [fetch]")
    found, total = answer.get("data"), answer.get("total")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FetchError(
            "answers without a list of data", where=url, remedy="look at fetch.url and fetch.api"
        )
    return found, total if isinstance(total, int) else None


def explain(body: bytes) -> str:
    """What the API says of an error: its message and what it has told on the way."""
    try:
        answer = jsontext.parse(jsontext.decode(body))
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    told = answer.get("messages")
    errors = told.get("error", []) if isinstance(told, dict) else []
    said = [answer.get("message"), *(errors if isinstance(errors, list) else [])]
    return "; ".join(str(one) for one in said if one)


def issue(told: Json, url: str) -> Entry:
    """An issue without anything of a person. Raises FetchError when it has no number."""
    identifier = told.get("id")
    if not isinstance(identifier, int):
        raise FetchError("gives an issue without a number", where=url, remedy="tell who runs the site")
    photos = told.get("photos")
    addresses = [{"url": one.get("url")} for one in photos or [] if isinstance(one, dict)]
    return Entry(
        str(identifier), _text({**_only(told, _ISSUE), "photos": addresses}), str(told.get("updated") or "")
    )


def timeline(identifier: str, told: list[Json]) -> Entry:
    """The timeline of an issue, its steps numbered by time. It has no text when there are none."""
    ordered = sorted(told, key=lambda one: str(one.get("created")))
    numbered = [
        _text({"issueid": int(identifier), "id": number, **_only(one, _STEP_OF_ISSUE)})
        for number, one in enumerate(ordered, 1)
    ]
    return Entry(identifier, ",\n".join(numbered) or None)


def steps_file(told: list[Json]) -> bytes:
    """The content of steps.json."""
    return _file([_only(one, _STEP) for one in told])


def categories_file(told: list[Json]) -> bytes:
    """The content of categories.json; the categories below others stand beside them."""
    return _file([_only(one, _CATEGORY) for one in _flat(told)])


def _flat(told: list[Json]) -> Iterator[Json]:
    for one in told:
        yield one
        yield from _flat(one.get("children") or [])


def _file(told: list[Json]) -> bytes:
    ordered = sorted(told, key=lambda one: int(one["id"]))
    return (_HEAD + ",\n".join(map(_text, ordered)) + _FOOT).encode()


def _only(told: Mapping[str, Any], names: tuple[str, ...]) -> Json:
    return {name: told[name] for name in names if name in told}


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _kept_issues(path: Path) -> Iterator[Entry]:
    return (issue(one, path.name) for one in _kept(path))


def _kept_timelines(path: Path) -> Iterator[Entry]:
    for number, steps in groupby(_kept(path), key=lambda one: one["issueid"]):
        yield timeline(str(number), list(steps))


def _kept(path: Path) -> list[Json]:
    found: list[Json] = json.loads(path.read_bytes())["data"]
    return found


_HEAD, _FOOT = '{"data": [\n', "\n]}\n"

ISSUES = Form("issues-{share}.json", _HEAD, ",\n", _FOOT, _kept_issues)
"""The issues of a harvest, as the API lists them."""

TIMELINES = Form("timeline-{share}.json", _HEAD, ",\n", _FOOT, _kept_timelines)
"""The timelines of its issues: each step with its issue."""
