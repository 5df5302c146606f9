"""What a load did, in lines for a person."""

from __future__ import annotations

from kamara.loaders.pipeline import LoadReport


def summary(report: LoadReport) -> list[str]:
    """What a load did, a line a change set, and the version that readers see."""
    lines = []
    for outcome in report.outcomes:
        counts, day = outcome.counts, f" of {outcome.day}" if outcome.day else ""
        held = f", {counts.quarantined:,} in quarantine" if counts.quarantined else ""
        records = f"{counts.published:,} of {counts.records:,} records{held}; " if counts.records else ""
        if outcome.is_derived:
            records = f"derived, {counts.records:,} results; "
        lines.append(
            f"{outcome.dataset}{day}: {records}{counts.added:,} triples added, {counts.removed:,} removed, "
            f"{counts.triples:,} now"
        )
    if not report.outcomes and not report.failures:
        lines.append("nothing changed: every file is loaded already")
    if report.version:
        state = "published" if report.published else "still at"
        lines.append(f"{state} version {report.version.number}: {report.version.quads:,} triples")
    return lines
