"""The air-quality workbook's sheets: the station sheet, and one sheet a station with a row a day.

Titles above the headings, latitude and longitude under each other's heading, degrees, minutes and seconds
with Greek letters, CO in mg/m3 and the rest in μg/m3, empty cells and `#`, rows that break off, a year
without rows.
"""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from itertools import islice
from random import Random

from kamara.simulator.work import YEAR, Work, days_of_year, position

STATIONS = "air-quality-stations"
READINGS = "air-quality"
_DAY_NUMBER = 7671 + (date(YEAR, 1, 1) - date(2010, 1, 1)).days
_POLLUTANTS = ("SO2", "PM10", "PM2.5", "CO", "NO", "NO2", "O3")
_HEADINGS = ("SO2\nμg/m3", "PM10\nμg/m3", "PM2,5\nμg/m3", "CO\nmg/m3", "NO\nμg/m3", "NO2\nμg/m3", "O3\nμg/m3")
# Means of simulated readings, of the size that the two real sheets have; CO is in tenths of mg/m3.
_MEANS = (6, 36, 22, 10, 50, 55, 45)
_NEAR_SEA = 60


def write_air_quality(work: Work) -> None:
    """Write the station sheet and a sheet for each station."""
    _write_stations(work)
    for number in range(1, work.counts.stations + 1):
        _write_sheet(work, number)


def _write_stations(work: Work) -> None:
    numbers, expected = work.random(STATIONS), work.expectation(STATIONS)
    with work.writing(STATIONS, "aq-sim-stations.csv") as file:
        table = csv.writer(file, lineterminator="\n")
        file.write(
            '\n"Χαρακτηριστικά Σταθμών Ελέγχου Ατμοσφαιρικής Ρύπανσης (προσομοίωση)\nΜετρούμενοι Ρύποι "\n\n'
        )
        file.write(",Σταθμοί Ελέγχου Ατμοσφαιρικής Ρύπανσης \n,Θέση\n")
        table.writerow(
            [
                "Α/Α",
                "Όνομα\nΣυμβολή οδών",
                "Έναρξη\nΛειτουργίας (Έτος)",
                "Γεωγραφικό\nΜήκος",
                "Γεωγραφικό\nΠλάτος",
                "Υψόμετρο\nm-asl",
                "Χαρακτηρισμός",
                "Παρατηρήσεις",
            ]
        )
        for number in range(1, work.counts.stations + 1):
            table.writerow(_station(work, numbers, number))
            expected.records += 1
        file.write("\n\n")


def _station(work: Work, numbers: Random, number: int) -> list[str]:
    lon, lat = position(numbers)
    return [
        str(number),
        f"Σταθμός Προσομοίωσης {number}\nοδού Προσομοίωσης {number}",
        str(numbers.randrange(1989, 2020)),
        _dms(work, numbers, lat, "Ν"),
        _dms(work, numbers, lon, "Ε"),
        str(numbers.randrange(10, _NEAR_SEA * 30) / 10),
        numbers.choice(["Αστικός -\n Κυκλοφορίας", "Αστικός -\n Υποβάθρου"]),
        "Προσομοιωμένος σταθμός",
    ]


def _dms(work: Work, numbers: Random, degrees: float, letter: str) -> str:
    hundredths = round(degrees * 360000)
    whole, rest = divmod(hundredths, 360000)
    minutes, seconds = divmod(rest, 6000)
    text = f"{seconds // 100:02}.{seconds % 100:02}"
    if work.falls(numbers, "station-decimal-comma"):
        text = text.replace(".", ",")
        work.expectation(STATIONS).cases["decimal comma"] += 1
    return f"{whole}ο {minutes:02}' {text}''{letter}"


def _write_sheet(work: Work, number: int) -> None:
    numbers, expected = work.random(f"{READINGS}/{number}"), work.expectation(READINGS)
    with work.writing(READINGS, f"aq-sim-{number:03}.csv") as file:
        table = csv.writer(file, lineterminator="\n")
        title = f"Στ. Ατμοσφαιρικής\nΡύπανσης\n  (προσομοίωση)\nΑ/Α {number}\n"
        table.writerow([title, "A.A.", "Ημερο -\nμηνία", "Ημέρα", *_HEADINGS])
        for at, day in enumerate(islice(days_of_year(), work.counts.station_days)):
            first = f"ΕΤΟΣ {YEAR}" if at == 0 else ""
            cells = _cells(work, numbers)
            table.writerow([first, _DAY_NUMBER + at, day.isoformat(), "", *cells])
            expected.records += 1
        file.write(f"ΕΤΟΣ {YEAR + 1}\n\n\n")


def _cells(work: Work, numbers: Random) -> list[str]:
    """The readings of a day; none at all when the row breaks off after the date."""
    cases = work.expectation(READINGS).cases
    if work.falls(numbers, "air-quality-short-row"):
        cases["short rows"] += 1
        cases["missing"] += len(_POLLUTANTS)
        return []
    cells = []
    for pollutant, mean in zip(_POLLUTANTS, _MEANS, strict=True):
        cell = _cell(work, numbers, mean, pollutant)
        cells.append(cell)
        if cell in ("", "#"):
            cases["missing" if cell == "" else "hash"] += 1
            continue
        cases["readings"] += 1
        work.expectation(READINGS).add(pollutant, Decimal(cell))
    return cells


def _cell(work: Work, numbers: Random, mean: int, pollutant: str) -> str:
    # Rows that break off take their part of what is missing first.
    missing, short = work.rates["air-quality-missing"].share, work.rates["air-quality-short-row"].share
    if numbers.random() < (missing - short) / (1 - short):
        return ""
    if work.falls(numbers, "air-quality-hash"):
        return "#"
    value = max(0, round(numbers.lognormvariate(0, 0.5) * mean))
    if pollutant != "CO":
        return str(value)
    if work.falls(numbers, "air-quality-float"):
        work.expectation(READINGS).cases["floats"] += 1
        # What a binary float of 17 digits looks like in the workbook.
        return f"{value / 10:.1f}{'0' * 14}{numbers.randrange(1, 4)}"
    return f"{value // 10}.{value % 10}" if value % 10 else str(value // 10)
