"""The functions that came with citizens' reports."""

import pytest

from kamara.loaders.errors import MappingError, RecordError
from kamara.loaders.privacy.policy import Policy
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.rml.functions import FunctionRegistry
from kamara.loaders.rml.zones import zoned_date_time
from kamara.resources import DEFAULT_BASE, bundled

FN, CATEGORY = f"{DEFAULT_BASE}def/fn/", f"{DEFAULT_BASE}code/report-category"


def call(name, *values, **policy):
    lists = CodeLists.read(bundled().ontology / "codes", DEFAULT_BASE)
    registry = FunctionRegistry(DEFAULT_BASE, lists, privacy=Policy(**policy))
    function = registry._functions[name]
    given_inputs = dict.fromkeys(f"{FN}{one}" for one in function.parameters[: len(values)])
    return registry.bind(FN + name, given_inputs)[0].call(*values)


@pytest.mark.parametrize(
    ("text", "zone", "time"),
    [
        ("2026-01-10 07:15:00", "UTC", "2026-01-10T09:15:00+02:00"),
        ("2026-07-10 07:15:00", "UTC", "2026-07-10T10:15:00+03:00"),
        ("2026-07-10 07:15", "Europe/Athens", "2026-07-10T07:15:00+03:00"),
        ("2026-12-31T23:00:00", "UTC", "2027-01-01T01:00:00+02:00"),
        ("0000-00-00 00:00:00", "UTC", ""),
    ],
)
def test_a_time_of_a_zone_is_told_on_the_clocks_of_athens(text, zone, time):
    assert zoned_date_time(text, zone) == time


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2026-02-30 10:00:00", "UTC"),
        ("yesterday", "UTC"),
        ("2026-02-03", "UTC"),
        ("2026-02-03 10:00", "Mars/X"),
    ],
)
def test_what_is_no_time_or_no_zone_is_refused(text, zone):
    with pytest.raises(RecordError):
        zoned_date_time(text, zone)


def test_a_text_that_no_concept_has_gives_nothing_or_the_other():
    assert call("known", CATEGORY, "πρασινο") == f"{CATEGORY}/green"
    assert call("known", CATEGORY, "Pot hole") == ""
    assert call("known", CATEGORY, "Pot hole", "unmatched") == f"{CATEGORY}/unmatched"


def test_a_text_is_one_of_some_or_not():
    assert call("isOneOf", "false 1", "0 1", "false 1") == "true"
    assert call("isOneOf", "true 1", "0 1", "false 1") == "false"


def test_the_policy_of_the_source_decides():
    assert call("moderated") == "false"
    assert call("moderated", moderated=True) == "true"
    assert call("publishable", "τηλ. 6900000001", "true") == ""
    assert call("publishable", "τηλ. 6900000001", "true", publish_text=True) == "τηλ. [τηλέφωνο]"
    assert call("gridMetres", grid_metres=250.0) == "250"
    assert call("gridMetres", grid_metres=12.5) == "12.5"


def test_a_function_without_an_input_that_it_needs_is_refused():
    with pytest.raises(MappingError, match="needs"):
        call("publishable", "text")
