"""Logical views (RML-LV): the parts of a record as rows, each with values of its own and of the record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kamara.loaders.errors import MappingError
from kamara.loaders.logicalsource import Field, LogicalSource, View
from kamara.loaders.rml.graph import Node
from kamara.loaders.rml.vocabulary import FIELD, ITERABLE_FIELD, LOGICAL_VIEW

_OF_PLACE = ("#", "#path", "#name")


def read_view(triples_map: Node, source: LogicalSource) -> View | None:
    """The view that a triples map stands on; None when it stands on the source itself.

    Views are of JSON, with one iterable field. Raises MappingError for others.
    """
    node = triples_map.required("logicalSource")
    if not node.value("viewOn"):
        return None
    node.allow(LOGICAL_VIEW)
    if source.formulation != "JSONPath":
        node.fail(f"a view on {source.formulation}", "views are of JSON")
    fields = node.values("field")
    iterable = [field for field in fields if field.value("iterator")]
    if len(iterable) != 1:
        node.fail(
            f"a view with {len(iterable)} iterable fields", "give it one rml:field with an rml:iterator"
        )
    parts = iterable[0]
    parts.allow(ITERABLE_FIELD)
    name = parts.required("fieldName").text
    own = [_field(field, name) for field in parts.values("field")]
    own += [Field(f"{name}.{place}", place, of_part=True) for place in _OF_PLACE]
    others = [_field(field, "") for field in fields if field.term != parts.term]
    return View(name, parts.required("iterator").text, (*others, *own))


def used_part(view: View, columns: Iterable[str], place: str) -> View:
    """`view` with the fields named in `columns`, in their order. Raises MappingError when it lacks one."""
    known = {field.name: field for field in view.fields}
    fields = []
    for column in columns:
        if column not in known:
            names = ", ".join(name for name in known if not name.endswith(_OF_PLACE))
            raise MappingError(f"the view has no field {column}", where=place, remedy=f"it has {names}")
        fields.append(known[column])
    return replace(view, fields=tuple(fields))


def _field(node: Node, parent: str) -> Field:
    node.allow(FIELD)
    name = node.required("fieldName").text
    return Field(
        f"{parent}.{name}" if parent else name, node.required("reference").text, of_part=bool(parent)
    )
