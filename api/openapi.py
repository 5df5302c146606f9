"""The OpenAPI description: FastAPI's own, and each saved query with its typed parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI

from kamara.sparql.formats import Form, formats_of
from kamara.sparql.guard import Inspected
from kamara.sparql.queries import Parameter, SavedQuery

_SCHEMAS: Mapping[str, Mapping[str, object]] = {
    "xsd:date": {"type": "string", "format": "date"},
    "xsd:integer": {"type": "integer"},
    "xsd:decimal": {"type": "number"},
    "xsd:string": {"type": "string", "maxLength": 1000},
    "xsd:gYear": {"type": "string", "pattern": "^[0-9]{4}$"},
    "iri": {"type": "string", "format": "iri"},
}
_PROBLEM = {
    "application/problem+json": {
        "schema": {
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
            },
        }
    }
}
_REFUSALS = {
    "400": "A parameter that is unknown, given twice, or of the wrong type",
    "406": "No such format",
    "503": "Nothing published yet, or no worker free",
    "504": "Past the deadline",
}


def describe_queries(
    app: FastAPI, saved: Mapping[str, SavedQuery], inspected: Mapping[str, Inspected]
) -> None:
    """Let the description of `app` tell of the saved queries, each with the form of its answer."""
    own: Callable[[], dict[str, Any]] = app.openapi

    def described() -> dict[str, Any]:
        told = own()
        paths = {f"/query/{name}": _path(one, inspected[name].form) for name, one in saved.items()}
        told["paths"].update(paths)
        return told

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented way to extend it


def _path(saved: SavedQuery, form: Form) -> dict[str, Any]:
    content: dict[str, object] = {one.media_type: {} for one in formats_of(form)}
    answers = {"200": {"description": "The answer", "content": content}}
    refusals = {code: {"description": told, "content": _PROBLEM} for code, told in _REFUSALS.items()}
    return {
        "get": {
            "operationId": f"query-{saved.name}",
            "summary": saved.question["en"],
            "description": saved.question["el"],
            "parameters": [_parameter(one) for one in saved.parameters.values()],
            "responses": {**answers, **refusals},
        }
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema = dict(_SCHEMAS[parameter.datatype])
    kind = {"integer": int, "number": float}.get(str(schema["type"]), str)
    if parameter.default is not None:
        schema["default"] = kind(parameter.default)
    return {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": f"{parameter.label['en']} / {parameter.label['el']}",
        "schema": schema,
    }
