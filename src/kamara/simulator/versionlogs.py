"""The version logs of corrected decisions, as Diavgeia gives them: one file a decision."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from kamara.simulator.work import ORGANIZATION, Work

SOURCE = "decision-versions"


def write_log(work: Work, ada: str, version: str, corrected: str, time: datetime) -> None:
    """Write the log of a decision whose `version` of `time` corrects `corrected`, of a day before."""
    versions = [
        _version(version, time) | {"correctedVersionId": corrected},
        _version(corrected, time - timedelta(days=1)),
    ]
    with work.writing(SOURCE, f"version-log-{ada}.json") as file:
        log = {"ada": ada, "organizationId": ORGANIZATION, "versions": versions}
        json.dump(log, file, ensure_ascii=False, indent=1)
    work.expectation(SOURCE).records += 1
    work.expectation(SOURCE).cases["versions"] += len(versions)


def _version(name: str, time: datetime) -> dict[str, object]:
    return {
        "versionId": name,
        "creator": "προσομοίωση",
        "versionTimestamp": f"{time:%Y-%m-%dT%H:%M:%S}.000000Z",
        "status": "PUBLISHED",
    }
