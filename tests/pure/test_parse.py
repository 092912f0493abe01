"""A result's text as an object."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Annotated, Any

import pydantic
import pytest
from pydantic import BaseModel
from typing_extensions import TypedDict

from tests.support.answers import calling, completed, message_json, run_json
from yc_runs import ParseError, RunData, RunResult


class City(BaseModel):
    name: str
    people: int = 0


@pydantic.dataclasses.dataclass
class Place:
    name: str


@dataclasses.dataclass
class Plain:
    name: str


class Typed(TypedDict):
    name: str


def result(text: str, **members: Any) -> RunResult:
    message = message_json(text, **members)
    return RunResult(run=RunData.model_validate(run_json("COMPLETED", completedMessage=message)))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (City, City(name="Omsk")),
        (Place, Place(name="Omsk")),
        (Plain, Plain(name="Omsk")),
        (Typed, {"name": "Omsk"}),
        (dict[str, str], {"name": "Omsk"}),
        (Annotated[dict[str, str], {"no": "hash"}], {"name": "Omsk"}),
    ],
)
def test_the_text_is_read_as_the_type(kind: Any, expected: Any) -> None:
    assert result('{"name": "Omsk"}').parse(kind) == expected


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"name": "Omsk"}\n```',
        '\n```\n{"name": "Omsk"}```\n',
        '```JSON\n{\n"name": "Omsk"}\n\n```  ',
        ' {"name": "Omsk"} \n',
    ],
)
def test_a_fence_and_white_space_around_it_do_not_matter(text: str) -> None:
    assert result(text).parse(City) == City(name="Omsk")


def test_what_does_not_fit_is_told_with_run_type_place_and_text() -> None:
    with pytest.raises(ParseError) as caught:
        result('{"people": "many"}').parse(City)
    error = caught.value
    assert (error.run_id, error.model, error.text) == ("run-0001", "City", '{"people": "many"}')
    assert "name: Field required" in error.problem
    assert "people: Input should be a valid integer" in error.problem
    assert all(part in str(error) for part in ("run-0001", "City", "name: Field required", "many"))
    assert isinstance(error, ValueError)
    assert isinstance(error.__cause__, pydantic.ValidationError)


def test_text_that_is_no_json_is_told() -> None:
    with pytest.raises(ParseError, match="Invalid JSON"):
        result("I cannot say that.").parse(City)


def test_only_the_beginning_of_the_text_is_told() -> None:
    with pytest.raises(ParseError) as caught:
        result("x" * 10_000).parse(City)
    assert caught.value.text == "x" * 200
    assert len(str(caught.value)) < 1000


def test_a_truncated_message_is_told_as_such() -> None:
    cut = result('{"name": "Om', status="TRUNCATED")
    with pytest.raises(ParseError, match=r"cut at the token limit \(TRUNCATED\)"):
        cut.parse(City)


def test_a_filtered_message_is_told_as_such() -> None:
    with pytest.raises(ParseError, match=r"content filter \(FILTERED_CONTENT\)"):
        result("I'd rather not.", status="FILTERED_CONTENT").parse(City)


def test_a_truncated_message_that_fits_all_the_same_is_read() -> None:
    assert result('{"name": "Omsk"}', status="TRUNCATED").parse(City).name == "Omsk"


def test_a_failed_run_is_told_with_its_reason() -> None:
    failed = RunResult(run=RunData.model_validate(run_json("FAILED", error={"message": "no luck"})))
    with pytest.raises(ParseError, match="The run failed: no luck"):
        failed.parse(City)


def test_a_run_without_an_answer_yet_is_told_with_its_status() -> None:
    with pytest.raises(ParseError, match="The run is TOOL_CALLS"):
        RunResult(run=RunData.model_validate(calling("f"))).parse(City)


def test_what_is_no_type_is_a_type_error() -> None:
    class Odd:
        pass

    with pytest.raises(TypeError, match="cannot be read from JSON"):
        result("{}").parse(Odd)


def test_a_parse_error_can_be_pickled() -> None:
    with pytest.raises(ParseError) as caught:
        result("{}").parse(City)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.model, again.problem) == (str(caught.value), "City", caught.value.problem)


def test_the_repr_shows_what_matters() -> None:
    assert repr(RunResult(run=RunData.model_validate(completed("Yes.")))) == (
        "RunResult(run_id='run-0001', status=<RunStatus.COMPLETED>, text='Yes.')"
    )
    assert "is_truncated=True" in repr(result("a", status="TRUNCATED"))
    assert "is_filtered=True" in repr(result("a", status="FILTERED_CONTENT"))
    failed = RunResult(run=RunData.model_validate(run_json("FAILED", error={"message": "no luck"})))
    assert "error='no luck'" in repr(failed)
    assert "name='f'" in repr(RunResult(run=RunData.model_validate(calling("f"))))
