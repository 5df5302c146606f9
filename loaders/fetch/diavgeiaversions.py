"""Version logs of the decisions that were corrected, without the names of who entered the versions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch import jsontext
from kamara.loaders.fetch.attempt import Attempt
from kamara.loaders.fetch.diavgeiapage import json_object
from kamara.loaders.fetch.merge import Entry, Form
from kamara.loaders.fetch.pages import Pages

_GROUP = "version logs"
_PERSONAL = "creator"


def version_logs(decisions: Iterable[Entry], url: str, pages: Pages, attempt: Attempt) -> Iterator[Entry]:
    """The version log of each decision that has a corrected version, from the API at `url`.

    Raises FetchError when one does not come.
    """
    for decision in decisions:
        about = jsontext.parse(decision.text or "")
        if isinstance(about, dict) and about.get("correctedVersionId"):
            kept = attempt.read(_GROUP, decision.identifier)
            text = kept.decode() if kept is not None else _log(decision.identifier, url, pages)
            attempt.keep(_GROUP, decision.identifier, text.encode())
            yield Entry(decision.identifier, text, decision.rank)


def _log(ada: str, url: str, pages: Pages) -> str:
    where = f"{url.rstrip('/')}/decisions/{quote(ada, safe='')}/versionlog.json"
    content = pages.get(where)
    json_object(content, where)
    log = json.loads(jsontext.decode(content))
    versions = log.get("versions")
    is_log = isinstance(versions, list) and all(isinstance(version, dict) for version in versions)
    if log.get("ada") != ada or not is_log:
        raise FetchError(
            "answers something else than the version log asked for", where=where, remedy="try again later"
        )
    for version in versions:
        version.pop(_PERSONAL, None)
    return json.dumps(log, ensure_ascii=False) + "\n"


def _kept(path: Path) -> Iterator[Entry]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Entry(json.loads(line)["ada"], line)


VERSION_LOGS = Form("versions-{share}.jsonl", "", "", "", _kept)
"""The files of a harvest: a version log a line."""
