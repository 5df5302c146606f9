"""XPath 1.0 through libxml2, with a quick way for names and attributes of children."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lxml import etree

from kamara.loaders.errors import MappingError
from kamara.loaders.rawrecord import Value

_NAME = r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*"
_CHILD = re.compile(rf"({_NAME})")
_ATTRIBUTE = re.compile(rf"@({_NAME})")
_CHILD_AXIS = re.compile(rf"(?:/{_NAME})+")
# What leads out of the record: streaming cannot follow it.
_OUTWARD = re.compile(
    r"\.\.|(?:^|[\s(|,\[=])/|\b(?:ancestor|parent|preceding|following)(?:-or-self|-sibling)?::"
)


def clark(name: str, namespaces: Mapping[str, str]) -> str:
    """`prefix:name` as `{namespace}name`. Raises MappingError for a prefix that is not declared."""
    prefix, colon, local = name.rpartition(":")
    if not colon:
        return local
    if prefix not in namespaces:
        raise MappingError(f"the prefix {prefix} is not declared", remedy="declare it with rml:namespace")
    return f"{{{namespaces[prefix]}}}{local}"


def child_axis(text: str, namespaces: Mapping[str, str]) -> tuple[str, ...]:
    """The names of `/a/b/c`, each as `{namespace}name`; none when the expression is of another form."""
    if _CHILD_AXIS.fullmatch(text) is None:
        return ()
    return tuple(clark(name, namespaces) for name in text[1:].split("/"))


def leads_out(text: str) -> bool:
    """Whether a reference may look at what stands outside of its record."""
    return _OUTWARD.search(text) is not None


def compile_xpath(text: str, namespaces: Mapping[str, str]) -> etree.XPath:
    """Compile an expression. Raises MappingError when it is not XPath 1.0, or uses an undeclared prefix."""
    try:
        compiled = etree.XPath(text, namespaces=dict(namespaces) or None, smart_strings=False)
        compiled(etree.Element("none"))
    except (etree.XPathError, ValueError, TypeError) as error:
        raise MappingError(
            f"{text} is not XPath 1.0: {error}", remedy="correct it, or declare its prefixes"
        ) from error
    return compiled


def picker(text: str, namespaces: Mapping[str, str]) -> Callable[[etree._Element], Value]:
    """What takes the value of a reference from an element: a text, several, or empty for null."""
    compiled = compile_xpath(text, namespaces)
    child, attribute = _CHILD.fullmatch(text), _ATTRIBUTE.fullmatch(text)
    if child:
        return partial(_children, clark(child[1], namespaces))
    if attribute:
        return partial(_attribute, clark(attribute[1], namespaces))
    return partial(_evaluated, compiled)


def _children(tag: str, element: etree._Element) -> Value:
    first, others = "", []
    for child in element.iterchildren(tag):
        text = string_value(child) if len(child) else child.text
        if text and first:
            others.append(text)
        elif text:
            first = text
    return (first, *others) if others else first


def _attribute(name: str, element: etree._Element) -> Value:
    return element.get(name) or ""


def _evaluated(compiled: etree.XPath, element: etree._Element) -> Value:
    result: Any = compiled(element)
    if not isinstance(result, list):
        return _scalar(result)
    found = tuple(text for item in result if (text := string_value(item)))
    return found if len(found) > 1 else found[0] if found else ""


def _scalar(result: Any) -> str:
    if isinstance(result, bool):
        return "true" if result else "false"
    if isinstance(result, float):
        return str(int(result)) if result.is_integer() else str(result)
    return str(result)


def string_value(item: Any) -> str:
    """The string value of a node (XPath 1.0, section 5)."""
    if isinstance(item, etree._Element):
        return "".join(map(str, item.itertext())) if len(item) else item.text or ""
    return str(item)
