"""A data folder with a log, for tests of what stands on it."""

from kamara.sparql import lines
from kamara.sparql.layout import Layout
from kamara.sparql.log import Draft
from kamara.sparql.state import States

BASE = "https://data.thessaloniki.gr/"


def triple(name):
    return f"<{BASE}id/x/{name}> <{BASE}def/p> <{BASE}id/x/o> .\n"


def prepared(folder):
    layout = Layout(folder)
    layout.prepare(BASE)
    return layout


def commit(layout, log, dataset, new):
    states = States(layout, log)
    staged, _ = states.stage(dataset, sorted(new))
    changes = lines.compare(states.read(dataset), lines.read(staged))
    change_set = log.append(Draft(dataset, "replace", changes))
    states.accept(staged, change_set)
    return change_set
