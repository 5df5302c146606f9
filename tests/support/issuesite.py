"""A stand-in for an ImproveMyCity 3 site (com_imc): its API, its tokens good once. All is made up."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from subprocess import run
from typing import Any
from urllib.parse import parse_qs, urlsplit

from support.webserver import Asked, WebServer, answering

KEY = "0123456789abcdef"
PERSONAL = ("Κάποιος Δείνα", "person@example.org", "6900000000", "voter-77", "Υπάλληλος Τάδε")
Issue = dict[str, Any]


@dataclass
class IssueSite:
    """Issues by number with the fields that the API gives, those of people among them."""

    issues: dict[int, Issue] = field(default_factory=dict)
    queries: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    fails: set[int] = field(default_factory=set)
    after: Callable[[int], None] = lambda number: None
    spoil: Callable[[int, bytes], bytes] = lambda number, body: body

    def put(self, number: int, updated: datetime, **others: object) -> None:
        """Take an issue in, or change it."""
        when = updated.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        self.issues[number] = {
            "id": number,
            "title": f"Δοκιμαστικό ζήτημα {number}",
            "stepid": 1,
            "catid": 8,
            "created": when,
            "updated": when,
            "votes": 2,
            "moderation": False,
            "state": 1,
            "latitude": "40.6321",
            "longitude": "22.9412",
            "created_by": 77,
            "created_by_name": PERSONAL[0],
            "extra": {"email": PERSONAL[1], "phone": PERSONAL[2]},
            "voters": [PERSONAL[3]],
            "photos": [{"name": PERSONAL[0], "url": f"http://imc.example.org/{number}.jpg"}],
            "timeline": [
                {"action": "step", "created": when, "stepid_title": "Παραλήφθηκε", "created_by": PERSONAL[4]},
                {"action": "created", "created": "2016-01-01 00:00:00", "stepid_title": "Υποβλήθηκε"},
            ],
            **others,
        }

    def served(self) -> AbstractContextManager[WebServer]:
        """Serve it."""
        return answering(self._answer)

    def _answer(self, asked: Asked) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        self.queries.append(query)
        token = query.pop("token", "")
        number = len(self.queries)
        if token in self.tokens or query["m_id"] != "3":
            said = {"error": [f"token {token}"]}
            asked.reply(_json(success=False, message="Token is already used", messages=said), 202)
            return
        self.tokens.append(token)
        if number in self.fails:
            asked.reply(status=503)
            return
        api, _, task = query["task"].partition(".")
        found = getattr(self, f"_{task}")(query, api)
        asked.reply(self.spoil(number, _json(success=True, message=None, messages=None, **found)))
        self.after(number)

    def _issues(self, query: dict[str, str], api: str) -> dict[str, Any]:
        since = datetime.fromtimestamp(int(query.get("ts", 0)), UTC).strftime("%Y-%m-%d %H:%M:%S")
        found = [
            {name: value for name, value in one.items() if api == "api2" or name != "timeline"}
            for one in sorted(self.issues.values(), key=lambda one: str(one["updated"]), reverse=True)
            if one["updated"] >= since and one["state"] == 1 and not one["moderation"]
        ]
        offset, size = int(query.get("offset", 0)), int(query["lim"]) or len(found)
        shown = found[offset : offset + size]
        return {"data": shown, "total": len(found)} if api == "api2" else {"data": shown}

    def _timeline(self, query: dict[str, str], _: str) -> dict[str, Any]:
        return {"data": self.issues[int(query["id"])]["timeline"]}

    def _categories(self, *_: object) -> dict[str, Any]:
        child = {"id": 12, "title": "Λακούβες", "parentid": 10, "children": []}
        return {
            "data": [{"id": 10, "title": "Δρόμοι", "children": [child]}, {"id": 8, "title": "Καθαριότητα"}]
        }

    def _steps(self, *_: object) -> dict[str, Any]:
        return {
            "data": [
                {"id": 2, "title": "Παραλήφθηκε", "editor": PERSONAL[4]},
                {"id": 1, "title": "Υποβλήθηκε"},
            ]
        }


def decrypted(token: str, api: str) -> dict[str, str]:
    """What a token says, by OpenSSL, as the two interfaces read it."""
    content = bytes.fromhex(token)
    padding = ["-nopad"] if api == "api" else []
    content = content if api == "api" else b64decode(content)
    key = KEY.encode().hex()
    command = ["openssl", "enc", "-d", "-aes-128-cbc", "-K", key, "-iv", key, *padding]
    plain = run(command, input=content, capture_output=True, check=True, timeout=20).stdout.rstrip(b"\0")
    told: dict[str, str] = json.loads(plain if api == "api" else b64decode(plain))
    return told


def _json(**answer: object) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
