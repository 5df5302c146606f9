"""Lines of a series of states, as a day's file gives them."""

from datetime import date

from support.town import BASE

from kamara.loaders.history import Terms

TERMS = Terms(BASE)
TYPES = [f"{BASE}id/state/"]
FIRST = date(2016, 4, 1)
DATE = "http://www.w3.org/2001/XMLSchema#date"


def state(series, day, value):
    name = f"<{BASE}id/state/{series}~{day}>"
    return [
        f'{name} <{BASE}def/value> "{value}" .\n',
        f'{name} <https://schema.org/validFrom> "{day}"^^<{DATE}> .\n',
    ]


def day_lines(day, values):
    return sorted(line for series, value in values.items() for line in state(series, day, value))
