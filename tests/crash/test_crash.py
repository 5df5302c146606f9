"""A load is killed at every named step and at random moments; whatever was promised before holds after."""

import random
import signal
import time

import pytest
from pyoxigraph import RdfFormat, Store
from support.doomed import exit_code, start_load
from support.town import found_town

from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import graph_iri
from kamara.sparql.versions import Versions

ROWS = 52_000
PHASES = ("map.", "commit.", "project.", "publish.")


class Trial:
    """A town and what its killed loads wrote down."""

    def __init__(self, folder):
        self.town = found_town(folder)
        self.trace = folder / "trace"
        self.layout = Layout(self.town.settings.data_dir)
        self.replay = Replay(self.town.settings.base_iri)

    def start(self, last_step=""):
        self.trace.unlink(missing_ok=True)
        return start_load(self.town, self.trace, last_step)

    def run(self, last_step=""):
        return exit_code(self.start(last_step))

    def steps(self):
        return self.trace.read_text().split() if self.trace.exists() else []

    def acknowledged(self):
        return self.steps().count("commit.acknowledged")

    def check(self, acknowledged):
        """Nothing acknowledged is lost, and what readers see is whole: exactly the log at its position."""
        log = ChangeLog(self.layout)
        assert log.sequence >= acknowledged
        for change_set in log:
            change_set.verify()
        version = Versions(self.town.settings).current()
        if version is not None:
            content = stored(version)
            assert content == self.replay.up_to(list(log)[: version.sequence])
            assert version.quads == len(content)
        return version


class Replay:
    """What the log says that stands, kept from one look to the next."""

    def __init__(self, base_iri):
        self.base_iri = base_iri
        self.position = 0
        self.content = set()

    def up_to(self, change_sets):
        """The quads after these change sets, of which it has seen some."""
        assert len(change_sets) >= self.position
        for change_set in change_sets[self.position :]:
            end = f" <{graph_iri(self.base_iri, change_set.dataset)}> ."
            self.content.difference_update(line[:-3] + end for line in change_set.removes())
            self.content.update(line[:-3] + end for line in change_set.adds())
        self.position = len(change_sets)
        return self.content


def stored(version):
    store = Store.read_only(str(version.store))
    return set(store.dump(format=RdfFormat.N_QUADS).decode().splitlines())


@pytest.fixture
def trial(tmp_path):
    return Trial(tmp_path)


def small_change(trial, number):
    """A file that differs from the last one in a line added, one removed and one changed."""
    rows = [f"{key},Παγκάκι {number if key == 3 else ''},,2020" for key in range(number % 2, 6 + number % 3)]
    trial.town.only("benches.csv", *rows)


def test_a_kill_at_every_step_of_commit_projection_and_publication(trial):
    small_change(trial, 0)
    trial.run()
    small_change(trial, 1)
    trial.run()
    expected = trial.steps()[:-1]
    assert {name.split(".")[0] for name in expected} == {"commit", "project", "publish"}
    for number, step in enumerate(expected, start=2):
        before = ChangeLog(trial.layout).sequence
        small_change(trial, number)
        assert trial.run(last_step=step) == -signal.SIGKILL
        assert trial.steps()[-1] == step
        trial.check(before + trial.acknowledged())
        assert trial.run() == 0
        version = trial.check(before + 1)
        assert version.sequence == ChangeLog(trial.layout).sequence
        assert trial.town.labels() == labels_of(trial.town.files / "benches.csv")


def labels_of(path):
    return dict(row.split(",")[:2] for row in path.read_text().splitlines()[1:])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_at_fifty_random_moments_of_a_large_load(trial):
    """Over 200,000 triples a load; half of the moments spread over its length, half aim at a phase."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    moments = random.Random(seed)
    big_change(trial, 0)
    began = time.monotonic()
    assert trial.run() == 0
    length = time.monotonic() - began
    assert trial.check(2).quads > 200_000
    hit = set()
    for number in range(1, 51):
        before = ChangeLog(trial.layout).sequence
        big_change(trial, number)
        hit.add(kill_at(trial, length * moments.uniform(0.05, 1.1) if number % 2 else aim(number), before))
    assert hit >= set(PHASES)
    assert trial.run() == 0
    trial.check(ChangeLog(trial.layout).sequence)
    assert trial.town.labels() == labels_of(trial.town.files / "benches.csv")


def aim(number):
    """Half of the kills wait for a phase in turn, then strike at a random moment in it."""
    return PHASES[number // 2 % len(PHASES)]


def kill_at(trial, moment, before):
    """Kill a load after `moment` seconds, or soon after it enters that phase; gives the phase it was in."""
    load = trial.start()
    if isinstance(moment, str):
        while load.is_alive() and not any(step.startswith(moment) for step in trial.steps()):
            time.sleep(0.002)
        time.sleep(random.uniform(0, 0.05))
    else:
        time.sleep(moment)
    load.kill()
    load.join(timeout=30)
    trial.check(before + trial.acknowledged())
    steps = trial.steps()
    if not steps or steps[-1] == "done":
        return "outside"
    return steps[-1].split(".")[0] + "."


def big_change(trial, number):
    """52,000 benches, a tenth of them changed each time: four triples a bench."""
    rows = [f"{key},Παγκάκι {number if key % 10 == 0 else ''},1,2020" for key in range(1, ROWS + 1)]
    trial.town.only("benches.csv", *rows)
