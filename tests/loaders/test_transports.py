"""What interfaces list becomes a dataset that follows them, by the commands that a person types."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from support.checkout import ROOT
from support.cityhall import CityHall
from support.command import in_town
from support.diavgeia import ORGANIZATION, Diavgeia
from support.issuesite import KEY, IssueSite
from support.town import edit, found_town

NOW = datetime.now(UTC)


class Decisions:
    """Diavgeia, listing three decisions."""

    words = ("decisions-", "$.decisions[*]", "ada", "subject")
    path = "/opendata"

    def __init__(self):
        self.settings = {"kind": "diavgeia", "organization": ORGANIZATION, "since": "2026-01-01"}
        self.server = Diavgeia()
        for number in range(3):
            self.server.add(f"ΔΟΚΙΜΗ{number}-ΩΡ5", (NOW - timedelta(days=9 + number)).date())

    def change(self):
        self.server.correct("ΔΟΚΙΜΗ1-ΩΡ5", subject="Άλλο")
        self.server.add("ΔΟΚΙΜΗ9-ΩΡ5", NOW.date())

    def break_down(self):
        self.server.spoil = lambda number, body: body[:40]

    def standing(self):
        return {ada: one["subject"] for ada, one in self.server.decisions.items()}


class Requests:
    """A city hall with three requests."""

    words = ("requests-", "$[*]", "service_request_id", "description")
    path = "/v2"

    def __init__(self):
        self.settings = {"kind": "open311", "since": "2026-01-01"}
        self.server = CityHall()
        for number in range(3):
            self.server.put(f"r{number}", NOW - timedelta(days=9 + number))

    def change(self):
        self.server.put("r1", NOW - timedelta(days=10), NOW, description="Άλλο")
        self.server.put("r9", NOW)

    def break_down(self):
        self.server.spoil = lambda number, body: body[:40]

    def standing(self):
        return {number: one["description"] for number, one in self.server.requests.items()}


class Issues:
    """An ImproveMyCity site with three issues."""

    words = ("issues-", "$.data[?@.votes]", "id", "title")
    path = "/index.php"

    def __init__(self):
        self.settings = {"kind": "improvemycity", "modality": "3", "key": KEY}
        self.server = IssueSite()
        for number in range(1, 4):
            self.server.put(number, NOW - timedelta(days=9 + number))

    def change(self):
        self.server.put(1, NOW, title="Άλλο")
        self.server.put(9, NOW)

    def break_down(self):
        self.server.spoil = lambda number, body: body[:40]

    def standing(self):
        return {str(number): one["title"] for number, one in self.server.issues.items()}


@contextmanager
def town_of(listing, folder):
    """A town whose benches are what the listing lists, and how a command is run in it."""
    town = found_town(folder)
    mapping = town.source_folder / "mapping.rml.ttl"
    shutil.copyfile(ROOT / "tests" / "support" / "listed.rml.ttl", mapping)
    for mark, word in zip(("LISTED", "ITERATOR", "KEY", "NAME"), listing.words, strict=True):
        edit(mapping, mark, word)
    edit(town.source_folder / "source.toml", r"(?P<day>[0-9-]+)?.*\.csv", r".*\.json")
    with listing.server.served() as server:
        wanted = {**listing.settings, "url": server.url(listing.path)}
        environment = {
            "KAMARA_SOURCES": json.dumps({"benches": {"fetch": wanted}}),
            "KAMARA_FETCH__ALLOW_PRIVATE": json.dumps([server.authority]),
            "KAMARA_FETCH__RETRIES": "0",
            "KAMARA_FETCH__DELAY_SECONDS": "0",
        }
        yield town, lambda *words: in_town(town, *words, **environment)


@pytest.mark.parametrize("kind", [Decisions, Requests, Issues])
def test_the_dataset_follows_what_is_listed(kind, tmp_path):
    listing = kind()
    with town_of(listing, tmp_path) as (town, run):
        assert run("load", "benches").code == 0
        assert town.labels() == listing.standing()
        assert "nothing changed" in run("load", "benches").out
        listing.change()
        assert run("load", "benches").code == 0
        assert town.labels() == listing.standing()
        listing.break_down()
        failed = run("load", "benches")
        assert failed.code == 3
        assert "no whole JSON" in failed.refusal
        assert town.labels() == listing.standing()
        assert "no whole JSON" in run("status").out
        assert KEY not in (town.settings.data_dir / "fetch" / "benches.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", [Decisions, Requests, Issues])
def test_a_server_inside_is_asked_only_when_it_is_named(kind, tmp_path):
    listing = kind()
    with town_of(listing, tmp_path) as (town, _), listing.server.served() as inside:
        wanted = {**listing.settings, "url": inside.url(listing.path)}
        answer = in_town(town, "load", "benches", KAMARA_SOURCES=json.dumps({"benches": {"fetch": wanted}}))
        assert "which is not a public address" in answer.refusal
        assert inside.requests == []


def test_numbers_and_dates_may_stand_in_the_settings_file(tmp_path):
    listing = Decisions()
    with town_of(listing, tmp_path) as (town, _), listing.server.served() as server:
        told = f"""
            [fetch]
            allow_private = ["{server.authority}"]
            [sources.benches.fetch]
            kind = "diavgeia"
            url = "{server.url("/opendata")}"
            organization = "{ORGANIZATION}"
            since = 2026-01-01
            size = 2
        """
        (town.folder / "kamara.toml").write_text(told, encoding="utf-8")
        assert in_town(town, "load", "benches", KAMARA_FETCH__DELAY_SECONDS="0").code == 0
        assert town.labels() == listing.standing()
    assert listing.server.searches[0]["size"] == "2"


def test_a_wrong_setting_is_named(tmp_path):
    listing = Decisions()
    listing.settings = listing.settings | {"size": 501}
    with town_of(listing, tmp_path) as (_, run):
        assert "sources.benches.fetch.size" in run("load", "benches").refusal
