"""Going on from a response: tool outputs, branches, new turns, conversations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway.responses.conftest import Clock, Responses, answer, calls_of, outputs, refused, text_of
from yc_runs.testing import Final, FunctionCall, Message, ToolCalls

pytestmark = pytest.mark.anyio


async def test_outputs_let_the_script_go_on(api: Responses) -> None:
    first = await api.create("weather", "how is it")
    assert [item["type"] for item in first["output"]] == ["message", "function_call", "function_call"]
    assert (first["status"], text_of(first)) == ("completed", "Let me see")
    assert [(call["name"], call["arguments"]) for call in calls_of(first)] == [
        ("weather", '{"city": "Омск"}'),
        ("weather", '{"city": "Тула"}'),
    ]
    second = await api.answer(first, "snow", "rain")
    assert [item["type"] for item in second["output"]] == ["function_call"]
    assert second["previous_response_id"] == first["id"]
    third = await api.answer(second, "noon")
    assert [item["type"] for item in third["output"]] == ["message"]
    assert text_of(third) == "So: snow, rain, noon"
    assert [response["usage"]["input_tokens"] for response in (first, second, third)] == [3, 5, 6]
    assert await api.get(first["id"]) == first


async def test_outputs_go_to_their_calls_whatever_their_order(api: Responses) -> None:
    first = await api.create("weather")
    swapped = outputs(first, "snow", "rain")[::-1]
    second = await api.create("any", swapped, previous_response_id=first["id"])
    assert text_of(await api.answer(second, "noon")) == "So: snow, rain, noon"


async def test_a_response_can_be_continued_twice(api: Responses) -> None:
    first = await api.create("weather")
    snow, sun = await api.answer(first, "snow", "rain"), await api.answer(first, "sun", "fog")
    assert text_of(await api.answer(sun, "noon")) == "So: sun, fog, noon"
    assert text_of(await api.answer(snow, "noon")) == "So: snow, rain, noon"
    assert text_of(await api.answer(snow, "night")) == "So: snow, rain, night"


async def test_a_script_is_played_once_unless_there_is_a_branch(api: Responses) -> None:
    started: list[Any] = []

    def counted(messages: Any, tools: Any) -> Any:
        started.append(messages)
        (result,) = yield ToolCalls([FunctionCall("f")])
        yield Final(result.content)

    api.gateway.add_script("counted", counted)
    first = await api.create("counted")
    await api.answer(first, "a")
    assert len(started) == 1
    assert text_of(await api.answer(first, "b")) == "b"
    assert started[0] == started[1] == (Message("USER", "hello big world"),)


async def test_a_branch_that_the_script_does_not_repeat_is_refused(api: Responses) -> None:
    names = iter("fgh")

    def moody(messages: Any, tools: Any) -> Any:
        yield ToolCalls([FunctionCall(next(names))])
        yield Final("done")

    api.gateway.add_script("moody", moody)
    first = await api.create("moody")
    assert text_of(await api.answer(first, "a")) == "done"
    assert (
        "do not match"
        in refused(await api.post(model="any", input=outputs(first, "b"), previous_response_id=first["id"]))["message"]
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda given: given[:1], "No tool output found for function call"),
        (lambda given: [], "No tool output found for function call"),
        (lambda given: "and?", "No tool output found for function call"),
        (lambda given: [*given, {**given[0], "call_id": "other"}], "No tool call found"),
        (lambda given: [given[0], given[0]], "No tool output found for function call"),
    ],
)
async def test_outputs_that_do_not_match_are_refused(api: Responses, change: Any, message: str) -> None:
    first = await api.create("weather")
    given = change(outputs(first, "snow", "rain"))
    assert message in refused(await api.post(model="any", input=given, previous_response_id=first["id"]))["message"]
    # What was refused has changed nothing.
    assert calls_of(await api.answer(first, "snow", "rain"))


async def test_outputs_without_calls_are_refused(api: Responses) -> None:
    output = {"type": "function_call_output", "call_id": "c", "output": "x"}
    assert "No tool call found" in refused(await api.post(model="weather", input=[output]))["message"]
    done = await api.create("echo")
    again = await api.post(model="echo", input=[output], previous_response_id=done["id"])
    assert "No tool call found" in refused(again)["message"]


async def test_calls_and_outputs_can_come_in_pairs(api: Responses) -> None:
    first = await api.create("weather")
    given = outputs(first, "snow", "rain")
    pairs = [item for call, output in zip(calls_of(first), given, strict=True) for item in (call, output)]
    second = await api.create("any", pairs, previous_response_id=first["id"])
    assert text_of(await api.answer(second, "noon")) == "So: snow, rain, noon"


async def test_a_turn_can_be_told_whole_to_a_service_that_remembers_nothing(api: Responses) -> None:
    said: list[Any] = [{"role": "user", "content": "how is it"}]
    for texts in (["snow", "rain"], ["noon"]):
        response = await api.create("weather", said, store=False)
        said += [*response["output"], *outputs(response, *texts)]
    assert text_of(await api.create("weather", said, store=False)) == "So: snow, rain, noon"
    assert "do not match" in refused(await api.post(model="echo", input=said))["message"]
    assert "No tool output" in refused(await api.post(model="weather", input=said[:-1]))["message"]


async def test_a_new_turn_sees_the_whole_chain_but_no_instructions(api: Responses) -> None:
    seen: list[Any] = []

    def spy(messages: Any, tools: Any, context: Any) -> str:
        seen.append((messages, context.instruction))
        return f"answer {len(seen)}"

    api.gateway.add_script("spy", spy)
    first = await api.create("spy", "one", instructions="be brief")
    second = await api.create("spy", "two", previous_response_id=first["id"])
    assert (second["instructions"], second["usage"]["input_tokens"]) == (None, 4)
    assert seen == [
        ((Message("USER", "one"),), "be brief"),
        ((Message("USER", "one"), Message("ASSISTANT", "answer 1"), Message("USER", "two")), ""),
    ]


async def test_a_chain_with_tools_is_seen_as_its_messages(api: Responses) -> None:
    seen: list[Any] = []
    api.gateway.add_script("spy", lambda messages, tools: seen.append(messages) or "seen")
    third = await api.answer(await api.answer(await api.create("weather", "how"), "snow", "rain"), "noon")
    await api.create("spy", "and now", previous_response_id=third["id"])
    assert [message.text for message in seen[0]] == ["how", "Let me see", "So: snow, rain, noon", "and now"]


async def test_a_response_that_has_not_ended_cannot_be_continued(api: Responses, clock: Clock) -> None:
    api.gateway.pace = 1.0
    first = await api.create("echo", background=True)
    body = {"model": "echo", "input": "x", "previous_response_id": first["id"]}
    assert refused(await api.post(**body))["param"] == "previous_response_id"
    clock.now += 10
    api.gateway.pace = 0.0
    answer(await api.post(**body))


async def test_an_unknown_previous_response_is_not_found(api: Responses) -> None:
    error = refused(await api.post(model="echo", input="x", previous_response_id="nosuch"), 404)
    assert error["message"] == "Previous response with id 'nosuch' not found."


async def test_a_cancelled_continuation_can_be_made_again(api: Responses) -> None:
    first = await api.create("weather")
    api.gateway.pace = 1.0
    second = await api.answer(first, "snow", "rain", background=True)
    assert answer(await api.http.post(f"/responses/{second['id']}/cancel"))["status"] == "cancelled"
    api.gateway.pace = 0.0
    again = await api.answer(first, "sun", "fog")
    assert text_of(await api.answer(again, "noon")) == "So: sun, fog, noon"
