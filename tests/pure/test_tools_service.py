"""The tools that the service carries out, as ``client.tools`` makes them."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from yc_runs import ConfigurationError, FunctionTool
from yc_runs.models import RephraserOptions
from yc_runs.tools import Tools

TOOLS = Tools("folder")


class Index:
    id = "i2"


def test_function_makes_a_definition() -> None:
    schema = {"type": "object"}
    assert TOOLS.function(schema, name="f", description="d") == FunctionTool(
        name="f", description="d", parameters=schema
    )


def test_search_index_takes_ids_and_objects() -> None:
    assert TOOLS.search_index("i1").to_wire() == {"searchIndexIds": ["i1"]}
    assert TOOLS.search_index(["i1", Index()], max_num_results=5).to_wire() == {
        "searchIndexIds": ["i1", "i2"],
        "maxNumResults": "5",
    }


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ("always", {"alwaysCall": {}}),
        (
            {"type": "function", "function": {"name": "guide", "instruction": "for questions"}},
            {"autoCall": {"name": "guide", "instruction": "for questions"}},
        ),
    ],
)
def test_search_index_takes_the_call_strategies_of_the_official_sdk(given: Any, sent: Any) -> None:
    assert TOOLS.search_index("i", call_strategy=given).to_wire()["callStrategy"] == sent


@pytest.mark.parametrize(
    ("given", "uri"),
    [
        (True, "gpt://folder/rephraser/latest"),
        ("mine", "gpt://folder/mine/latest"),
        ("gpt://other/mine/rc", "gpt://other/mine/rc"),
        (RephraserOptions(rephraser_uri="gpt://x/y/z"), "gpt://x/y/z"),
    ],
)
def test_search_index_takes_a_rephraser_as_the_official_sdk_does(given: Any, uri: str) -> None:
    assert TOOLS.search_index("i", rephraser=given).to_wire()["rephraserOptions"] == {"rephraserUri": uri}


class Rephraser(str, Enum):
    MINE = "mine"


def test_a_rephraser_may_be_a_member_of_an_enum_of_texts() -> None:
    assert TOOLS.rephraser(Rephraser.MINE).rephraser_uri == "gpt://folder/mine/latest"


def test_a_rephraser_can_be_of_another_version() -> None:
    assert TOOLS.rephraser("mine", model_version="rc").rephraser_uri == "gpt://folder/mine/rc"


def test_a_rephraser_by_name_needs_a_folder() -> None:
    with pytest.raises(ConfigurationError, match="no folder"):
        Tools(None).rephraser("mine")


def test_generative_search_limits_where_and_what() -> None:
    made = TOOLS.generative_search(
        description="when asked",
        site="https://a.test",
        enable_nrfm_docs=True,
        search_filters=[{"date": "<20250101"}, {"lang": "ru"}, {"format": "pdf"}],
    )
    assert made.to_wire() == {
        "description": "when asked",
        "options": {
            "site": {"site": ["https://a.test"]},
            "enableNrfmDocs": True,
            "searchFilters": [{"date": "<20250101"}, {"lang": "ru"}, {"format": "DOC_FORMAT_PDF"}],
        },
    }


@pytest.mark.parametrize("name", ["host", "url"])
def test_generative_search_takes_hosts_and_urls(name: str) -> None:
    where: dict[str, Any] = {name: ("a", "b")}
    assert TOOLS.generative_search(description="d", **where).to_wire()["options"] == {name: {name: ["a", "b"]}}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: TOOLS.search_index([]), ValueError),
        (lambda: TOOLS.search_index(5), TypeError),  # type: ignore[arg-type]
        (lambda: TOOLS.search_index("i", max_num_results=0), ValueError),
        (lambda: TOOLS.search_index("i", call_strategy="never"), TypeError),  # type: ignore[arg-type]
        (lambda: TOOLS.search_index("i", call_strategy={"function": {"name": "x"}}), TypeError),
        (lambda: TOOLS.rephraser(5), TypeError),  # type: ignore[arg-type]
        (lambda: TOOLS.generative_search(description=""), ValueError),
        (lambda: TOOLS.generative_search(description="d", site="a", url="b"), ValueError),
        (lambda: TOOLS.generative_search(description="d", host=[5]), TypeError),  # type: ignore[list-item]
        (lambda: TOOLS.generative_search(description="d", search_filters={"date": "1", "lang": "ru"}), TypeError),
        (lambda: TOOLS.generative_search(description="d", search_filters={"format": "bmp"}), ValueError),
    ],
)
def test_wrong_arguments_are_refused(call: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        call()
