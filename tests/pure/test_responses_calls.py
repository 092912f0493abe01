"""The requests of the second dialect: what goes into them, and what is refused before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.responses import call_item, document, event, message_item, response_json, usage_json
from yc_runs._arguments.messages import message_data
from yc_runs._arguments.runs import run_spec
from yc_runs._arguments.settings import changes, new_settings
from yc_runs._arguments.tools import tool_results
from yc_runs.errors import APIError, BadRequestError, NotFoundError, UnsupportedOperationError
from yc_runs.models import (
    AssistantSettings,
    FunctionTool,
    GenSearchTool,
    RunData,
    RunStatus,
    SearchIndexTool,
    ThreadSettings,
)
from yc_runs.wire import Call, LiveCall, LocalCall
from yc_runs.wire.responses import ResponsesDialect
from yc_runs.wire.responses._chain import RunChain

MODEL = "gpt://folder/yandexgpt/latest"
AGENT = "fvt-agent"
CONVERSATION = "conv-1"
F = FunctionTool(name="f", description="Does it.", parameters={"type": "object"})


def spec(assistant: str = AGENT, thread: str = CONVERSATION, **options: Any) -> Any:
    nothing: dict[str, Any] = dict.fromkeys(
        ["labels", "additional_messages", "custom_temperature", "custom_max_tokens", "custom_max_prompt_tokens"]
    )
    nothing |= dict.fromkeys(["custom_prompt_truncation_strategy", "custom_response_format", "tools"])
    return run_spec(assistant, thread, **{"stream": False, **nothing, **options})


def body_of(call: Call[Any] | LiveCall[Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(call.request.body or b"null")
    return found


def done(call: Any) -> Any:
    assert isinstance(call, LocalCall)
    return call.carry_out()


def an_assistant(dialect: ResponsesDialect, **settings: Any) -> str:
    given = new_settings(AssistantSettings, model_uri=MODEL, **settings)
    return str(done(dialect.create_assistant("folder", given)).id)


def a_thread(dialect: ResponsesDialect, *messages: str, **settings: Any) -> str:
    """A thread that is kept here, since it brings tools."""
    given = new_settings(ThreadSettings, tools=[F], **settings)
    return str(done(dialect.create_thread("folder", given, [message_data(text) for text in messages])).id)


def begun(call: Any, *output: dict[str, Any], status: str = "queued", **members: Any) -> RunData:
    response = response_json(status, *output, **members)
    run = call.decode(document(event("created", 0, response=response) if isinstance(call, LiveCall) else response))
    assert isinstance(run, RunData)
    return run


def texts(dialect: ResponsesDialect, thread: str) -> list[str]:
    pages = dialect.list_messages(thread)
    assert callable(pages)
    return [message.text for message in done(pages(page_token="")).items if message]


def refusal(kind: type[APIError], message: str) -> APIError:
    return kind(message, status=400 if kind is BadRequestError else 404, message=message)


def test_a_run_of_an_agent_in_a_conversation() -> None:
    call = ResponsesDialect().create_run(spec(additional_messages="Hi"))
    assert (call.request.method, call.request.target) == ("POST", "/v1/responses")
    assert body_of(call) == {
        "prompt": {"id": AGENT},
        "conversation": CONVERSATION,
        "input": [{"role": "user", "content": "Hi"}],
        "background": True,
        "store": True,
        "stream": False,
    }


def test_a_definition_goes_with_each_run_and_its_options_give_way_to_the_run_s() -> None:
    dialect = ResponsesDialect()
    assistant = an_assistant(
        dialect, instruction="Be brief.", temperature=0.2, max_tokens=5, tools=[F], response_format="json"
    )
    body = body_of(dialect.create_run(spec(assistant, custom_temperature=0.0)))
    assert {name: body[name] for name in ("model", "instructions", "temperature", "max_output_tokens", "text")} == {
        "model": MODEL,
        "instructions": "Be brief.",
        "temperature": 0.0,
        "max_output_tokens": 5,
        "text": {"format": {"type": "json_object"}},
    }
    assert body["tools"] == [
        {"type": "function", "name": "f", "description": "Does it.", "parameters": {"type": "object"}}
    ]
    assert "prompt" not in body


def test_a_schema_is_named_by_its_title() -> None:
    schema = {"title": "A lake, perhaps", "type": "object"}
    call = ResponsesDialect().create_run(spec(custom_response_format={"json_schema": schema}))
    assert body_of(call)["text"]["format"] == {"type": "json_schema", "name": "A_lake_perhaps", "schema": schema}
    bare = ResponsesDialect().create_run(spec(custom_response_format={"json_schema": {"type": "object"}}))
    assert body_of(bare)["text"]["format"]["name"] == "answer"


def test_the_service_s_own_tools() -> None:
    tools = [SearchIndexTool(search_index_ids=("i",), max_num_results=3), GenSearchTool()]
    assert body_of(ResponsesDialect().create_run(spec(tools=tools)))["tools"] == [
        {"type": "file_search", "vector_store_ids": ["i"], "max_num_results": 3},
        {"type": "web_search"},
    ]
    site = GenSearchTool.model_validate({"options": {"site": {"site": ["a.b"]}}})
    assert body_of(ResponsesDialect().create_run(spec(tools=[site])))["tools"][0]["filters"] == {
        "allowed_domains": ["a.b"]
    }


def test_the_folder_is_the_project() -> None:
    assert ResponsesDialect().headers("folder") == {"openai-project": "folder"}
    assert ResponsesDialect().headers(None) == {}


Attempt = Callable[[ResponsesDialect], object]
_UNSUPPORTED: dict[str, Attempt] = {
    "list the runs": lambda d: d.list_runs("folder", page_size=None, page_token=""),
    "get the last run of thread": lambda d: d.get_last_run("conv-unseen"),
    "list the threads": lambda d: d.list_threads("folder", page_size=None, page_token=""),
    "update thread": lambda d: d.update_thread(CONVERSATION, changes(ThreadSettings, name="n")),
    "delete thread": lambda d: d.delete_thread(CONVERSATION),
    "get message": lambda d: d.get_message(CONVERSATION, "m"),
    "list the versions": lambda d: d.list_assistant_versions("a", page_size=None, page_token=""),
    "get agent": lambda d: done(d.get_assistant(AGENT)),
    "update agent": lambda d: done(d.update_assistant(AGENT, changes(AssistantSettings, name="n"))),
    "delete agent": lambda d: done(d.delete_assistant(AGENT)),
    "create a run with labels": lambda d: d.create_run(spec(labels={"a": "b"})),
    "with custom_prompt_truncation_options": lambda d: d.create_run(spec(custom_max_prompt_tokens=1)),
    "a message with labels": lambda d: d.create_message(CONVERSATION, message_data("t", {"a": "b"})),
    "a thread with labels": lambda d: d.create_thread("f", new_settings(ThreadSettings, labels={"a": "b"}), []),
    "a thread with ttl_days": lambda d: d.create_thread(
        "f", new_settings(ThreadSettings, ttl_days=1, expiration_policy="static"), []
    ),
    "an assistant with max_prompt_tokens": lambda d: an_assistant(d, max_prompt_tokens=5),
    "an assistant with prompt_truncation_strategy": lambda d: an_assistant(d, prompt_truncation_strategy="auto"),
    "a search index with rephraser": lambda d: d.create_run(
        spec(tools=SearchIndexTool.model_validate({"rephraserOptions": {"rephraserUri": "u"}}))
    ),
    "a generative search with url": lambda d: d.create_run(
        spec(tools=GenSearchTool.model_validate({"options": {"url": {"url": ["u"]}}}))
    ),
}


@pytest.mark.parametrize(("words", "attempt"), _UNSUPPORTED.items(), ids=list(_UNSUPPORTED))
def test_what_has_no_equivalent_is_refused_with_its_name_and_what_to_do(words: str, attempt: Attempt) -> None:
    with pytest.raises(UnsupportedOperationError) as caught:
        attempt(ResponsesDialect())
    assert words in str(caught.value)
    assert "(dialect 'responses')" in str(caught.value)
    assert str(caught.value).endswith("Nothing was sent.")


@pytest.mark.parametrize("wrong", [[], {}, 5, None], ids=repr)
def test_what_is_no_id_is_told_by_its_kind(wrong: Any) -> None:
    for attempt in (ResponsesDialect().get_run, ResponsesDialect().get_thread):
        with pytest.raises(TypeError, match=r"(run|thread) id: expected a str, got"):
            attempt(wrong)


_REFUSED: dict[str, tuple[str, Attempt]] = {
    "a name": ("cannot be a function's name", lambda d: d.create_run(spec(tools=[FunctionTool(name="a b")]))),
    "a blank message": ("its text is blank", lambda d: d.create_message(CONVERSATION, message_data("  "))),
    "a blank message on a thread kept here": (
        "its text is blank",
        lambda d: d.create_run(spec(thread=a_thread(d, "Hi"), additional_messages=" ")),
    ),
    "an empty thread": ("has no message to answer", lambda d: d.create_run(spec(thread=a_thread(d)))),
    "a foreign thread": ("is not known here", lambda d: d.create_run(spec(thread="local-thread-x"))),
    "a foreign assistant": ("is not known here", lambda d: d.create_run(spec("local-assistant-x"))),
    "a foreign message": ("is not on thread", lambda d: d.get_message(a_thread(d), "m")),
    "an id": ("cannot be an id", lambda d: d.get_run("a\nb")),
}


@pytest.mark.parametrize(("words", "attempt"), _REFUSED.values(), ids=list(_REFUSED))
def test_what_cannot_be_sent_is_a_value_error(words: str, attempt: Attempt) -> None:
    with pytest.raises(ValueError, match=words):
        attempt(ResponsesDialect())


def test_ids_never_reach_another_endpoint() -> None:
    assert ResponsesDialect().get_run("../x?y").request.target == "/v1/responses/..%2Fx%3Fy"


@pytest.mark.parametrize("created", [1770091506, 1770091506000])
def test_a_thread_is_a_conversation_with_its_first_messages(created: int) -> None:
    dialect = ResponsesDialect()
    call = dialect.create_thread("folder", new_settings(ThreadSettings), [message_data("Hi")])
    assert isinstance(call, Call)
    assert call.request.target == "/v1/conversations"
    assert body_of(call) == {"items": [{"type": "message", "role": "user", "content": "Hi"}]}
    thread = call.decode(document({"id": CONVERSATION, "object": "conversation", "created_at": created}))
    assert thread.id == CONVERSATION
    assert thread.created_at is not None
    assert thread.created_at.year == 2026


def test_the_items_of_a_conversation_are_pages_of_messages_and_others() -> None:
    pages = ResponsesDialect().list_messages(CONVERSATION)
    assert callable(pages)
    call = pages(page_token="it-3")
    assert isinstance(call, Call)
    assert call.request.target == f"/v1/conversations/{CONVERSATION}/items?order=desc&limit=100&after=it-3"
    plain = {"id": "it-1", "type": "message", "role": "user", "content": "Hi"}
    page = call.decode(document({"data": [call_item("f"), message_item("a", "b"), plain], "has_more": True}))
    assert [message and (message.role, message.text) for message in page.items] == [
        None,
        ("ASSISTANT", "a\nb"),
        ("USER", "Hi"),
    ]
    assert page.next_token == "it-1"
    assert call.decode(document({"data": [plain], "has_more": False})).next_token == ""
    with pytest.raises(ValueError, match="has_more"):
        call.decode(document({"data": [{**plain, "id": None}], "has_more": True}))


def test_a_submit_repeats_what_the_run_was_begun_with_and_answers_each_call_in_order() -> None:
    dialect = ResponsesDialect()
    assistant, thread = an_assistant(dialect, instruction="Be brief.", tools=[F]), a_thread(dialect, "Hi")
    calls = call_item("f", call_id="f"), call_item("g"), call_item("f", call_id="f")
    run = begun(dialect.create_run(spec(assistant, thread)), *calls, status="completed", usage=usage_json(10))
    assert run.status == RunStatus.TOOL_CALLS
    wire = dialect.run(run)
    results = [{"name": "f", "content": "1"}, {"name": "f", "content": "3"}, {"name": "g", "content": "2"}]
    submit = wire.submit(tool_results(results))
    body = body_of(submit)
    assert body["input"] == [
        {"type": "function_call_output", "call_id": "f", "output": "1"},
        {"type": "function_call_output", "call_id": "call-g", "output": "2"},
        {"type": "function_call_output", "call_id": "f", "output": "3"},
    ]
    assert body["previous_response_id"] == "resp-1"
    assert (body["model"], body["instructions"], body["store"]) == (MODEL, "Be brief.", True)
    assert [tool["name"] for tool in body["tools"]] == ["f", "f"]


def test_a_run_keeps_its_id_over_its_responses_and_is_found_by_each_of_them() -> None:
    dialect, run = waiting()
    wire = dialect.run(run)
    begun(wire.submit(tool_results({"name": "f", "content": ""})), response_id="resp-2", usage=usage_json(10))
    assert (wire.response_ids, wire.turn) == (("resp-1", "resp-2"), 1)
    for response_id in wire.response_ids:
        call = dialect.get_run(response_id)
        assert call.request.target == "/v1/responses/resp-2"
        found = call.decode(document(response_json("completed", message_item("a"), response_id="resp-2")))
        assert (found.id, found.status) == ("resp-1", RunStatus.COMPLETED)
        assert found.usage is not None
        assert found.usage.total_tokens == 30


def test_a_run_is_asked_for_the_turn_that_a_listen_is_in() -> None:
    dialect, run = waiting()
    wire = dialect.run(run)
    feed = wire.feed()
    assert not feed.has_begun(wire.turn_size or 0)
    begun(wire.submit(tool_results({"name": "f", "content": ""})), response_id="resp-2")
    targets = [feed.look(index).request.target for index in (0, wire.turn_size or 0, 5 * (wire.turn_size or 0))]
    assert targets == ["/v1/responses/resp-1", "/v1/responses/resp-2", "/v1/responses/resp-2"]


def test_to_ask_for_a_stream_begins_none() -> None:
    dialect, run = waiting()
    feed = dialect.run(run).feed()
    first, _ = feed.call(0), feed.call(0)
    assert not feed.has_read(0)
    assert feed.call(0).request.target == "/v1/responses/resp-1?stream=true"
    first.decode(document(event("created", 0, response=response_json("in_progress"))))
    assert feed.has_read(0)
    assert feed.call(0).request.target == "/v1/responses/resp-1?stream=true&starting_after=0"


@pytest.mark.parametrize(
    ("results", "words"),
    [
        ([{"name": "f", "content": ""}, {"name": "f", "content": ""}], "waits for results of f; got f, f"),
        ([{"name": "x", "content": ""}], "waits for results of f; got x"),
    ],
)
def test_results_that_are_not_those_of_the_calls_are_refused(results: list[Any], words: str) -> None:
    dialect, run = waiting()
    with pytest.raises(ValueError, match=words):
        dialect.run(run).submit(tool_results(results))


def test_a_run_that_waits_for_nothing_takes_no_results() -> None:
    dialect = ResponsesDialect()
    run = begun(dialect.create_run(spec()), message_item("a"), status="completed")
    with pytest.raises(BadRequestError, match="waits for no tool results"):
        dialect.run(run).submit(tool_results({"name": "f", "content": ""}))


def test_outputs_that_do_not_match_are_sent_with_their_calls() -> None:
    dialect, run = waiting()
    submit = dialect.run(run).submit(tool_results({"name": "f", "content": "42"}))
    assert submit.instead is not None
    assert submit.instead(refusal(BadRequestError, "the temperature is too high")) is None
    other = submit.instead(refusal(BadRequestError, "No tool output found for function call f"))
    assert other is not None
    assert body_of(other)["input"] == [
        {"type": "function_call", "call_id": "call-f", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call-f", "output": "42"},
    ]
    assert other.instead is not None
    assert other.instead(refusal(BadRequestError, "No tool output found")) is None


def test_where_the_background_is_not_streamed_the_run_is_in_the_foreground() -> None:
    call = ResponsesDialect().create_run(spec(stream=True))
    assert isinstance(call, LiveCall)
    assert call.instead is not None
    other = call.instead(refusal(BadRequestError, "stream is not supported with background"))
    assert isinstance(other, LiveCall)
    assert "background" not in body_of(other)
    assert body_of(other)["stream"] is True


def test_in_a_conversation_a_submit_names_the_conversation() -> None:
    dialect = ResponsesDialect()
    run = begun(dialect.create_run(spec()), call_item("f"), status="completed")
    body = body_of(dialect.run(run).submit(tool_results({"name": "f", "content": ""})))
    assert (body["conversation"], "previous_response_id" in body) == (CONVERSATION, False)


def test_a_run_that_was_not_begun_here_goes_on_with_what_its_response_repeats() -> None:
    dialect = ResponsesDialect()
    told = {"model": MODEL, "instructions": "Be brief.", "tools": [{"type": "function", "name": "f"}], "text": None}
    call = dialect.get_run("resp-7")
    run = call.decode(document(response_json("completed", call_item("f"), response_id="resp-7", **told)))
    body = body_of(dialect.run(run).submit(tool_results({"name": "f", "content": ""})))
    assert (body["model"], body["instructions"], body["tools"]) == (MODEL, "Be brief.", told["tools"])
    assert body["previous_response_id"] == "resp-7"


def test_a_thread_goes_on_from_the_response_that_ended_well() -> None:
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    first = dialect.create_run(spec(thread=thread))
    assert "previous_response_id" not in body_of(first)
    begun(first, message_item("Hello"), status="completed")
    assert texts(dialect, thread) == ["Hello", "Hi"]
    second = body_of(dialect.create_run(spec(thread=thread, additional_messages="More")))
    assert second["input"] == [{"role": "user", "content": "More"}]
    assert second["previous_response_id"] == "resp-1"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_after_a_run_that_came_to_nothing_the_messages_are_sent_again(status: str) -> None:
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    begun(dialect.create_run(spec(thread=thread)), status=status)
    body = body_of(dialect.create_run(spec(thread=thread, additional_messages="Again")))
    assert [item["content"] for item in body["input"]] == ["Hi", "Again"]
    assert "previous_response_id" not in body


def test_of_two_runs_at_a_time_nothing_is_lost_to_the_next() -> None:
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    first, second = (dialect.create_run(spec(thread=thread, additional_messages=text)) for text in "AB")
    begun(first, message_item("to A"), status="completed", response_id="resp-A")
    begun(second, message_item("to B"), status="completed", response_id="resp-B")
    body = body_of(dialect.create_run(spec(thread=thread, additional_messages="C")))
    assert body["previous_response_id"] == "resp-B"
    assert body["input"] == [
        {"role": "user", "content": "A"},
        {"role": "assistant", "content": "to A"},
        {"role": "user", "content": "C"},
    ]


@pytest.mark.parametrize(
    "error",
    [
        refusal(BadRequestError, "Previous_response with id 'resp-1' not found"),
        refusal(NotFoundError, "Response not found"),
    ],
)
def test_where_the_response_before_is_forgotten_the_whole_conversation_is_sent(error: APIError) -> None:
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    begun(dialect.create_run(spec(thread=thread)), message_item("Hello"), status="completed")
    call = dialect.create_run(spec(thread=thread, additional_messages="More"))
    assert call.instead is not None
    other = call.instead(error)
    assert other is not None
    assert [item["content"] for item in body_of(other)["input"]] == ["Hi", "Hello", "More"]
    assert "previous_response_id" not in body_of(other)


def test_an_answer_without_a_text_is_not_sent_again() -> None:
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    filtered = {"incomplete_details": {"reason": "content_filter"}}
    begun(dialect.create_run(spec(thread=thread)), status="incomplete", **filtered)
    call = dialect.create_run(spec(thread=thread, additional_messages="More"))
    assert call.instead is not None
    other = call.instead(refusal(NotFoundError, "Response not found"))
    assert other is not None
    assert [item["content"] for item in body_of(other)["input"]] == ["Hi", "More"]


@pytest.mark.parametrize("output", [{"type": "function_call", "name": 5}, {"type": "message", "content": 5}])
def test_what_cannot_be_read_is_told_in_one_line(output: dict[str, Any]) -> None:
    call = ResponsesDialect().create_run(spec(additional_messages="Hi"))
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        begun(call, output, status="completed")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("response_id", ["..", "a\nb", "x" * 2000])
def test_a_response_under_what_cannot_be_an_id_is_not_taken_for_a_run(response_id: str, stream: bool) -> None:
    call = ResponsesDialect().create_run(spec(additional_messages="Hi", stream=stream))
    with pytest.raises(ValueError, match="cannot be an id"):
        begun(call, response_id=response_id)


def test_the_last_run_of_a_thread_is_known_where_it_was_begun() -> None:
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    for place, response_id in ((thread, "resp-1"), (CONVERSATION, "resp-2")):
        begun(dialect.create_run(spec(thread=place)), response_id=response_id)
        assert dialect.get_last_run(place).request.target == f"/v1/responses/{response_id}"


def test_definitions_are_changed_listed_and_forgotten_here() -> None:
    dialect = ResponsesDialect()
    assistant = an_assistant(dialect, name="n", instruction="i", temperature=0.5)
    settings = changes(AssistantSettings, name=None, temperature=None, max_tokens=7)
    changed = done(dialect.update_assistant(assistant, settings))
    assert (changed.name, changed.instruction, changed.completion_options.max_tokens) == ("", "i", 7)
    assert changed.completion_options.temperature is None
    assert [one.id for one in done(dialect.list_assistants("f", page_size=None, page_token="")).items] == [assistant]
    done(dialect.delete_assistant(assistant))
    with pytest.raises(ValueError, match="is not known here"):
        done(dialect.get_assistant(assistant))


def test_cancelling_is_a_call_of_its_own() -> None:
    dialect, run = waiting()
    call = dialect.run(run).cancel()
    assert (call.request.method, call.request.target) == ("POST", "/v1/responses/resp-1/cancel")
    call.decode(document(response_json("cancelled")))
    assert call.decode(b"") is None


def waiting() -> tuple[ResponsesDialect, RunData]:
    """A run that waits for the results of one call."""
    dialect = ResponsesDialect()
    thread = a_thread(dialect, "Hi")
    call = dialect.create_run(spec(thread=thread))
    run = begun(call, call_item("f"), status="completed", usage=usage_json(20))
    assert isinstance(dialect.run(run), RunChain)
    return dialect, run
