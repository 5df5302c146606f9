"""A process of its own that loads N-Triples into owlready2, runs HermiT and prints what it found as JSON.

`python -m kamara.loaders.reason.worker FILE`. It is a process so that it can be killed, Java and all.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import owlready2
from owlready2.base import OwlReadyInconsistentOntologyError, OwlReadyJavaError

_IRI = "urn:kamara:reason"


def classify(path: Path) -> dict[str, Any]:
    """The number of `classes`, whether all is `consistent`, and the `unsatisfiable` classes.

    `error` says why the reasoner gave up, when it did.
    """
    world = owlready2.World()
    found: dict[str, Any] = {"consistent": True, "unsatisfiable": [], "error": ""}
    with path.open("rb") as file:
        world.get_ontology(_IRI).load(fileobj=file, format="ntriples")
    found["classes"] = len({entity.iri for entity in world.classes()})
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
        found["unsatisfiable"] = sorted(
            entity.iri for entity in world.inconsistent_classes() if entity is not owlready2.Nothing
        )
    except OwlReadyInconsistentOntologyError:
        found["consistent"] = False
    except OwlReadyJavaError as error:
        found["error"] = " ".join(str(error).split())[:500]
    return found


if __name__ == "__main__":
    print(json.dumps(classify(Path(sys.argv[1]))))
