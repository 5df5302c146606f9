"""What an endpoint answers (SPARQL 1.1 Query Results JSON Format), as a VALUES block of our own query.

Nothing of the answer is pasted: names and terms are read, checked, and written again.
"""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from typing import Any

from kamara.sparql.errors import ServiceError
from kamara.sparql.terms import is_iri, literal

NOTHING_KNOWN = "VALUES () { () }"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*\Z")


def values(answer: bytes, endpoint: str, blank_base: str, most: int) -> str:
    """The block that joins an answer's solutions.

    A blank node becomes an IRI under `blank_base`, the same one for the same label of the same answer: VALUES
    holds none. Raises ServiceError for an answer that is malformed or longer than `most` solutions.
    """
    try:
        told = json.loads(answer)
        names, rows = told["head"].get("vars", []), told["results"]["bindings"]
        if len(set(names)) < len(names) or not all(_NAME.match(name) for name in names):
            raise _malformed(endpoint, "has a variable that is no name, or twice")
        if len(rows) > most:
            raise _malformed(endpoint, f"has more than {most} solutions (query.service_rows)")
        genid = f"{blank_base}{blake2b(answer, digest_size=12).hexdigest()}"
        lines = [
            "(" + " ".join(_term(row[name], genid) if name in row else "UNDEF" for name in names) + ")"
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _malformed(endpoint, "is not SPARQL Query Results JSON") from error
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {' '.join(lines)} }}"


def _term(told: dict[str, Any], genid: str) -> str:
    """An RDF term as SPARQL writes it. Raises ValueError, KeyError or TypeError for anything else."""
    kind, value = told["type"], told["value"]
    if kind == "bnode":
        return f"<{genid}-{blake2b(value.encode(), digest_size=6).hexdigest()}>"
    if kind == "uri":
        return f"<{_checked(value)}>"
    if kind not in ("literal", "typed-literal") or not isinstance(value, str):
        raise ValueError(kind)
    value.encode()  # a lone surrogate is no character
    language, datatype = told.get("xml:lang"), told.get("datatype")
    if language is not None and not _LANGUAGE.match(language):
        raise ValueError(language)
    return literal(value, language=language, datatype=None if datatype is None else _checked(datatype))


def _checked(iri: str) -> str:
    iri.encode()
    if not is_iri(iri):
        raise ValueError(iri)
    return iri


def _malformed(endpoint: str, what: str) -> ServiceError:
    return ServiceError(f"the answer of <{endpoint}> {what}", remedy="ask for less, or query it yourself")
