"""A stand-in for Diavgeia's OpenData API: decisions come, are corrected and revoked; its silent ways.

It drops parameters that it does not know, cuts days of issue to 180, searches the last half year and leaves
revoked decisions out when it is not told otherwise. All decisions in it are made up.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from support.webserver import Asked, WebServer, answering

ORGANIZATION = "6114"
Decision = dict[str, Any]


@dataclass
class Diavgeia:
    """Decisions by ADA. `spoil` changes an answer on its way; `after` is called once it was given."""

    decisions: dict[str, Decision] = field(default_factory=dict)
    logs: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    searches: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    most: int = 500
    listed_twice: set[str] = field(default_factory=set)
    spoil: Callable[[int, bytes], bytes | None] = lambda number, body: body
    after: Callable[[int], None] = lambda number: None

    def add(self, ada: str, issued: date, changed: datetime | None = None, **others: object) -> None:
        """Publish a decision. Its dates are epoch milliseconds, as those of the API are."""
        moment = datetime(issued.year, issued.month, issued.day, tzinfo=UTC)
        self.decisions[ada] = {
            "ada": ada,
            "subject": f"Δοκιμαστική πράξη {ada}",
            "issueDate": _milliseconds(moment),
            "organizationId": ORGANIZATION,
            "status": "PUBLISHED",
            "submissionTimestamp": _milliseconds(changed or moment),
            "versionId": f"{ada}-v1",
            "correctedVersionId": None,
            **others,
        }
        self.logs[ada] = [{"versionId": f"{ada}-v1", "creator": f"user-of-{ada}", "status": "PUBLISHED"}]

    def correct(self, ada: str, **others: object) -> None:
        """Put a new version in the place of a decision's last one, now."""
        last = self.decisions[ada]
        version = f"{ada}-v{len(self.logs[ada]) + 1}"
        new = {"versionId": version, "correctedVersionId": last["versionId"]}
        self.decisions[ada] = {**last, **new, "submissionTimestamp": now(), **others}
        self.logs[ada].append({"versionId": version, "creator": f"user-of-{ada}", "status": "PUBLISHED"})

    def revoke(self, ada: str) -> None:
        """Revoke a decision, now."""
        self.decisions[ada] |= {"status": "REVOKED", "submissionTimestamp": now()}

    def served(self) -> AbstractContextManager[WebServer]:
        """Serve it."""
        return answering(self._answer)

    def _answer(self, asked: Asked) -> None:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = unquote(parts.path).removeprefix("/opendata/")
        self.paths.append(path)
        if path != "search.json":
            self._list(asked, path)
            return
        self.searches.append(query)
        number = len(self.searches)
        body = self.spoil(number, json.dumps(self._search(query), ensure_ascii=False).encode())
        if body is None:
            asked.reply(status=500)
        else:
            asked.reply(body, Content_Type="application/json;charset=utf-8")
        self.after(number)

    def _list(self, asked: Asked, path: str) -> None:
        ada = path.removeprefix("decisions/").removesuffix("/versionlog.json")
        answers = {
            "types.json": {"decisionTypes": [{"uid": "Α.2", "label": "ΚΑΝΟΝΙΣΤΙΚΗ ΠΡΑΞΗ"}]},
            "organizations.json": {"organizations": [{"uid": ORGANIZATION}]},
            f"organizations/{ORGANIZATION}.json": {"uid": ORGANIZATION},
            f"organizations/{ORGANIZATION}/units.json": {"units": [{"uid": "1"}]},
            f"organizations/{ORGANIZATION}/positions.json": {"positions": [{"uid": "POS_1"}]},
            f"decisions/{ada}/versionlog.json": {"ada": ada, "versions": self.logs.get(ada, [])},
        }
        if path in answers:
            asked.reply(json.dumps(answers[path], ensure_ascii=False).encode())
        else:
            asked.reply(b'{"errorMessage": "Not found"}', 404)

    def _search(self, query: dict[str, str]) -> dict[str, Any]:
        today = datetime.now(UTC).date()
        issued = _range(query, "issue_date", today)
        issued = issued[0], min(issued[1], issued[0] + timedelta(days=180))
        changed = _range(query, "date", today)
        found = [
            decision
            for decision in self.decisions.values()
            if decision["organizationId"] == query.get("org", decision["organizationId"])
            and issued[0] <= day_of(decision["issueDate"]) < issued[1]
            and changed[0] <= day_of(decision["submissionTimestamp"]) < changed[1]
            and (query.get("status") == "all" or decision["status"] == "PUBLISHED")
        ]
        found.sort(key=lambda decision: (_moment(decision), decision["ada"]), reverse=True)
        found = [
            one for decision in found for one in [decision] * (1 + (decision["ada"] in self.listed_twice))
        ]
        size, page = min(int(query.get("size", 10)), self.most), int(query.get("page", 0))
        shown = found[page * size : (page + 1) * size]
        executed = f"submissionTimestamp:{_echo(changed)} AND issueDate:{_echo(issued)}"
        executed += f' AND organizationUid:"{query["org"]}"' if "org" in query else ""
        executed += "" if query.get("status") == "all" else ' AND status:"Αναρτημένη"'
        info = {"query": executed, "page": page, "size": size, "actualSize": len(shown)}
        return {"decisions": shown, "info": {**info, "total": len(found), "order": "recent"}}


def now() -> int:
    """This moment as the API writes it."""
    return _milliseconds(datetime.now(UTC))


def day_of(told: int | str) -> date:
    """The day of a date of the API, of either style."""
    if isinstance(told, str):
        return datetime.fromisoformat(told).date()
    return datetime.fromtimestamp(told / 1000, UTC).date()


def _moment(decision: Decision) -> float:
    told = decision["submissionTimestamp"]
    return datetime.fromisoformat(told).timestamp() * 1000 if isinstance(told, str) else told


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _range(query: dict[str, str], name: str, today: date) -> tuple[date, date]:
    first = query.get(f"from_{name}", (today - timedelta(days=180)).isoformat())
    last = query.get(f"to_{name}", (today + timedelta(days=1)).isoformat())
    return date.fromisoformat(first), date.fromisoformat(last)


def _echo(days: tuple[date, date]) -> str:
    return f"[DT({days[0]}T00:00:00+03:00) TO DT({days[1]}T00:00:00+03:00)]"
