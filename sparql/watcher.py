"""What long work tells while it runs: named steps and progress."""

from __future__ import annotations


class Watcher:
    """Told of each step by name, and of progress. This one keeps silent; others override what they need.

    Steps of a commit: commit.begin, commit.adds, commit.removes, commit.quarantine, commit.manifest,
    commit.synced, commit.renamed, commit.acknowledged. Of a projection: project.begin, project.removed,
    project.added, project.flushed, project.position. Of a publication: publish.begin, publish.checkpoint,
    publish.described, publish.synced, publish.renamed, publish.current. Of a dataset made by rules:
    derive.begin, derive.remembered, derive.forgotten, derive.made.
    """

    def step(self, name: str) -> None:
        """One named step of a commit, projection or publication has just been done."""

    def progress(self, task: str, records: int) -> None:
        """So many records of `task` are read."""

    def note(self, line: str) -> None:
        """One line for a person about what was just done."""
