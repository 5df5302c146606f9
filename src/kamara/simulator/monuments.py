"""The city's list of public monuments: one JSON array."""

from __future__ import annotations

import json
from random import Random

from kamara.simulator.work import Work, position

SOURCE = "public-monuments"


def write_monuments(work: Work) -> None:
    """Write `monuments.json`. Some lack category, creator or year; some carry the tag `unesco` wrongly."""
    numbers = work.random(SOURCE)
    expected = work.expectation(SOURCE)
    with work.writing(SOURCE, "monuments.json") as file:
        for number in range(1, work.counts.monuments + 1):
            monument = _monument(work, numbers, number)
            file.write("[\n" if number == 1 else ",\n")
            json.dump(monument, file, ensure_ascii=False)
            expected.records += 1
        file.write("\n]\n")


def _monument(work: Work, numbers: Random, number: int) -> dict[str, object]:
    words, cases = work.words["heritage"], work.expectation(SOURCE).cases
    kind = numbers.randrange(len(words["tag"]))
    lon, lat = position(numbers)
    monument: dict[str, object] = {
        "key": f"sim-{number}",
        "type": [words["tag"][kind]],
        "title_el": f"{words['name_el'][kind]} {number} (προσομοίωση)",
        "title_en": f"{words['name_en'][kind]} {number} (simulated)",
        "category_el": numbers.choice(words["category"]),
        "creator_el": f"Προσομοιωμένος δημιουργός {numbers.randrange(1, 30)}",
        "location_el": f"Οδός Προσομοίωσης {numbers.randrange(1, work.counts.streets + 1)}",
        "description_el": "Προσομοιωμένη εγγραφή: δεν υπάρχει τέτοιο μνημείο.",
        "description_en": "A simulated record: there is no such monument.",
        "year": str(numbers.randrange(1900, 2020)),
        "lat": lat,
        "lon": lon,
    }
    if work.falls(numbers, "monument-uncategorised"):
        monument["category_el"] = monument["location_el"] = None
        cases["uncategorised"] += 1
    if work.falls(numbers, "monument-anonymous"):
        monument["creator_el"] = None
        cases["anonymous"] += 1
    if work.falls(numbers, "monument-undated"):
        monument["year"] = None
        cases["undated"] += 1
    if work.falls(numbers, "monument-unesco-tag"):
        monument["type"] = ["unesco", words["tag"][kind]]
        cases["unesco tag"] += 1
    return monument
