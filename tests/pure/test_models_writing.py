"""What is sent: camelCase, int64 as strings, nothing that was not set. And models are values."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from yc_runs import models
from yc_runs.models import (
    AlwaysCall,
    AutoPromptTruncationStrategy,
    CallStrategy,
    CompletionOptions,
    ContentPart,
    FunctionTool,
    JsonSchema,
    LastMessagesPromptTruncationStrategy,
    Message,
    MessageContent,
    Model,
    PromptTruncationOptions,
    ResponseFormat,
    RunData,
    RunSpec,
    RunState,
    RunStatus,
    RunStreamEvent,
    SearchIndexTool,
    StreamCursor,
    Text,
    Tool,
    ToolResultList,
    Usage,
)


def test_names_are_camel_case_and_int64_are_strings() -> None:
    spec = RunSpec(
        assistant_id="a",
        thread_id="t",
        stream=True,
        custom_completion_options=CompletionOptions(max_tokens=5, temperature=0.5),
        tools=(Tool(search_index=SearchIndexTool(search_index_ids=("i",), max_num_results=2**62)),),
    )
    assert spec.to_wire() == {
        "assistantId": "a",
        "threadId": "t",
        "stream": True,
        "customCompletionOptions": {"maxTokens": "5", "temperature": 0.5},
        "tools": [{"searchIndex": {"searchIndexIds": ["i"], "maxNumResults": str(2**62)}}],
    }


def test_nothing_that_was_not_set_is_written() -> None:
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, Model) and model is not models.RunResult:
            assert model().to_wire() == {}


def test_none_counts_as_not_set() -> None:
    assert RunSpec(assistant_id="a", labels=None, custom_completion_options=None).to_wire() == {"assistantId": "a"}


def test_zero_and_false_that_were_set_are_written() -> None:
    assert CompletionOptions(temperature=0, max_tokens=0).to_wire() == {"temperature": 0.0, "maxTokens": "0"}
    assert RunSpec(stream=False).to_wire() == {"stream": False}


def test_nulls_within_free_json_are_written() -> None:
    schema = {"default": None, "enum": [None, {"a": None}], "snake_key": 1}
    assert FunctionTool(parameters=schema).to_wire() == {"parameters": schema}
    assert ResponseFormat(json_schema=JsonSchema(schema=schema)).to_wire() == {"jsonSchema": {"schema": schema}}


@pytest.mark.parametrize(
    ("strategy", "wire"),
    [
        (AutoPromptTruncationStrategy(), {"autoStrategy": {}}),
        (LastMessagesPromptTruncationStrategy(num_messages=3), {"lastMessagesStrategy": {"numMessages": "3"}}),
        (LastMessagesPromptTruncationStrategy(), {"lastMessagesStrategy": {}}),
        (None, {}),
    ],
)
def test_the_strategy_is_written_as_its_oneof_member(strategy: Any, wire: dict[str, Any]) -> None:
    options = PromptTruncationOptions(max_prompt_tokens=9, strategy=strategy)
    assert options.to_wire() == {"maxPromptTokens": "9", **wire}
    assert PromptTruncationOptions.model_validate(options.to_wire()) == options
    assert json.loads(options.model_dump_json(by_alias=True, exclude_none=True)).keys() == {"maxPromptTokens", *wire}


def test_a_message_of_a_oneof_without_members_is_written() -> None:
    assert CallStrategy(always_call=AlwaysCall()).to_wire() == {"alwaysCall": {}}


def test_enums_are_written_by_name_and_unknown_ones_as_they_came() -> None:
    for raw in ("COMPLETED", "BRAND_NEW", 77):
        assert RunState.model_validate({"status": raw}).to_wire() == {"status": raw}
    assert RunState.model_validate({"status": 4}).to_wire() == {"status": "COMPLETED"}


def test_what_was_read_unknown_is_written_back() -> None:
    assert Tool.model_validate({"codeInterpreter": {"x_y": 1}}).to_wire() == {"codeInterpreter": {"x_y": 1}}


def test_a_typo_in_a_constructor_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(TypeError, match="FunctionTool has no field 'paramters'; it has name, description, parameters"):
        FunctionTool(paramters={})  # type: ignore[call-arg]


def test_a_constructor_takes_both_spellings() -> None:
    assert Usage(totalTokens=1) == Usage(total_tokens=1)  # type: ignore[call-arg]
    assert JsonSchema(schema={"a": 1}) == JsonSchema.model_validate({"schema_": {"a": 1}})


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: FunctionTool(parameters=[]), r"^FunctionTool: parameters: [^\n]*dictionary$"),  # type: ignore[arg-type]
        (lambda: CompletionOptions(temperature="warm"), r"^CompletionOptions: temperature: "),  # type: ignore[arg-type]
        (lambda: ToolResultList(tool_results=5), r"^ToolResultList: tool_results: "),  # type: ignore[arg-type]
        (lambda: Text(content=b"\xff"), r"^Text: content: "),  # type: ignore[arg-type]
        (lambda: PromptTruncationOptions(strategy="auto"), r"^PromptTruncationOptions: strategy"),  # type: ignore[arg-type]
    ],
)
def test_a_constructor_refuses_wrong_types_by_the_name_of_the_field(make: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match) as caught:
        make()
    assert not isinstance(caught.value, ValidationError)


def test_models_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Usage().total_tokens = 1
    with pytest.raises(ValidationError, match="frozen"):
        del Text(content="x").content


def sample_run(**more: Any) -> RunData:
    return RunData.model_validate(
        {
            "id": "r",
            "createdAt": "2025-01-02T03:04:05.123456789Z",
            "labels": {"a": "b"},
            "state": {
                "status": "BRAND_NEW",
                "toolCallList": {"toolCalls": [{"functionCall": {"arguments": {"x": 1}}}]},
            },
            "customPromptTruncationOptions": {"autoStrategy": {}},
            "unknown": [1],
            **more,
        }
    )


def test_models_are_equal_by_value() -> None:
    assert sample_run() == sample_run()
    assert sample_run() != sample_run(id="other")
    assert Usage() == Usage(total_tokens=0)
    assert Text() != ContentPart()


def test_models_without_free_json_can_be_hashed() -> None:
    assert len({Usage(total_tokens=1), Usage(total_tokens=1), Usage()}) == 2
    assert hash(Message(content=MessageContent(content=(ContentPart(text=Text(content="x")),))))


@pytest.mark.parametrize(
    "clone",
    [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value)), lambda value: value.model_copy()],
    ids=["copy", "deepcopy", "pickle", "model_copy"],
)
def test_models_can_be_cloned(clone: Any) -> None:
    run = sample_run()
    twin = clone(run)
    assert twin == run
    assert twin.to_wire() == run.to_wire()
    assert twin.status.raw == "BRAND_NEW"
    assert twin.model_extra == {"unknown": [1]}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("member", [RunStatus.COMPLETED, RunStatus.UNKNOWN, RunStatus("NEW"), RunStatus(-9)])
def test_enum_members_pickle_with_their_raw_value(member: RunStatus, protocol: int) -> None:
    twin = pickle.loads(pickle.dumps(member, protocol))
    assert (twin, twin.raw, type(twin)) == (member, member.raw, RunStatus)
    assert copy.deepcopy(member).raw == copy.copy(member).raw == member.raw


def test_a_result_holds_the_whole_run() -> None:
    result = models.RunResult(run=sample_run())
    assert pickle.loads(pickle.dumps(result)) == result
    assert result.run == sample_run()


def test_the_base_of_outcomes_tells_nothing_by_itself() -> None:
    from yc_runs.models._outcome import Outcome

    for name in ("status", "error", "tool_calls", "is_running"):
        with pytest.raises(NotImplementedError):
            getattr(Outcome(), name)
    assert issubclass(RunStreamEvent, Outcome)
    with pytest.raises(NotImplementedError):
        Outcome()._any_message()


texts = st.text(max_size=8)
counts = st.integers(0, 2**63 - 1)
statuses = st.sampled_from([member for member in RunStatus if member >= 0]) | st.builds(
    RunStatus.read, st.text(min_size=1) | st.integers(6)
)
messages = st.builds(
    Message,
    id=texts,
    created_at=st.none() | st.datetimes(min_value=datetime(1, 1, 2), timezones=st.just(timezone.utc)),  # noqa: DTZ001
    content=st.none()
    | st.builds(
        MessageContent,
        content=st.lists(st.builds(ContentPart, text=st.builds(Text, content=texts)), max_size=2).map(tuple),
    ),
)
strategies_ = (
    st.none()
    | st.builds(AutoPromptTruncationStrategy)
    | st.builds(LastMessagesPromptTruncationStrategy, num_messages=counts)
)
runs = st.builds(
    RunData,
    id=texts,
    labels=st.none() | st.dictionaries(texts, texts, min_size=1, max_size=2),
    state=st.none() | st.builds(RunState, status=statuses, completed_message=st.none() | messages),
    usage=st.none() | st.builds(Usage, total_tokens=counts),
    custom_prompt_truncation_options=st.none()
    | st.builds(PromptTruncationOptions, max_prompt_tokens=st.none() | counts, strategy=strategies_),
    custom_completion_options=st.none()
    | st.builds(CompletionOptions, temperature=st.none() | st.floats(0, 1), max_tokens=st.none() | counts),
)
events = st.builds(
    RunStreamEvent,
    stream_cursor=st.none() | st.builds(StreamCursor, current_event_idx=counts),
    completed_message=st.none() | messages,
)


@settings(max_examples=60)
@given(runs | events | messages)
def test_what_is_written_reads_back_the_same(value: Model) -> None:
    wire = value.to_wire()
    assert type(value).model_validate(wire) == value
    assert type(value).model_validate_json(json.dumps(wire)) == value


def test_the_last_messages_are_counted_by_place_or_by_name() -> None:
    by_place = LastMessagesPromptTruncationStrategy(10)
    assert by_place == LastMessagesPromptTruncationStrategy(num_messages=10)
    assert by_place.to_wire() == {"numMessages": "10"}
    assert LastMessagesPromptTruncationStrategy().to_wire() == {}
    assert copy.deepcopy(by_place) == pickle.loads(pickle.dumps(by_place)) == by_place


@pytest.mark.parametrize(("places", "names"), [((1, 2), {}), ((1,), {"num_messages": 1})])
def test_there_is_one_number_of_last_messages(places: Any, names: Any) -> None:
    with pytest.raises(TypeError, match="by their names, and num_messages, once, also by its place"):
        LastMessagesPromptTruncationStrategy(*places, **names)
