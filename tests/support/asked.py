"""A published store that tests ask: saved queries, SELECTs, and what is in quarantine beside it."""

from __future__ import annotations

from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from kamara.config import Settings
from kamara.loaders.quarantine import Held, held_in
from kamara.sparql.bindings import bind
from kamara.sparql.guard import inspect
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.queries import read_query


class Asked:
    """What has a data folder and its published store. A subclass may say how it wants terms to be told."""

    settings: Settings
    store: Store

    def ask(self, name: str, **values: str) -> list[dict[str, Any]]:
        """The rows of a saved query."""
        query = read_query(self.settings.resources.queries / f"{name}.rq")
        return self.answer(bind(inspect(query.text, self.settings.query), query.bind(values)))

    def select(self, text: str) -> list[dict[str, Any]]:
        """The rows of a SELECT."""
        return self.answer(text)

    def answer(self, text: str) -> list[dict[str, Any]]:
        """The rows of any SELECT over the union of all graphs."""
        found = self.store.query(text, use_default_graph_as_union=True)
        assert isinstance(found, QuerySolutions)
        names = [variable.value for variable in found.variables]
        return [{name: self.told(row[name]) for name in names} for row in found]

    def told(self, term: object) -> Any:
        """A term in a row: numbers as float, booleans as such, all else as text; None when unbound."""
        if isinstance(term, NamedNode):
            return term.value
        if isinstance(term, Literal):
            kind = term.datatype.value.rpartition("#")[2]
            if kind in {"decimal", "integer", "double"}:
                return float(term.value)
            return term.value == "true" if kind == "boolean" else term.value
        return None

    def held(self, dataset: str) -> list[Held]:
        """The quarantined records of a dataset."""
        return list(held_in(ChangeLog(Layout(self.settings.data_dir)), dataset))
