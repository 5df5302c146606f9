"""Where a word still stands under a folder: plain, compressed, or inside a store."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import zstandard
from pyoxigraph import Store


def places_that_hold(folder: Path, words: Iterable[str]) -> set[Path]:
    """Every file under a folder in which a word stands: as it is, compressed, or inside a store."""
    found = set()
    for path in Path(folder).rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix == ".zst":
            content += zstandard.ZstdDecompressor().stream_reader(content, read_across_frames=True).read()
        spellings = {s for word in words for s in (word, json.dumps(word)[1:-1])}
        if any(word.encode(code) in content for word in spellings for code in ("utf-8", "utf-16-le")):
            found.add(path)
    for store in Path(folder).rglob("CURRENT"):
        if (store.parent / "IDENTITY").exists():
            dumped = "\n".join(map(str, Store.read_only(str(store.parent))))
            found |= {store for word in words if word in dumped}
    return found
