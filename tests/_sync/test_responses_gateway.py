# Generated from tests/_async/test_responses_gateway.py by tools/generate_sync.py; do not edit.
"""The second dialect on a ``LocalGateway``: threads over several runs, definitions, finding runs again, cancelling."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from tests.support.answers import LEFT_UNREAD
from tests.support.clients import gateway_client
from yc_runs import (
    BadRequestError,
    Client,
    FunctionTool,
    Run,
    RunStatus,
    StreamEvent,
    Thread,
    UnsupportedOperationError,
)
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, Message, Quirk, ToolCalls

pytestmark = [LEFT_UNREAD]

LOOK = FunctionTool(name="look", description="Look.", parameters={"type": "object", "properties": {}})
RESULTS = [{"name": "look", "content": "sun"}, {"name": "look", "content": "rain"}]


class Model:
    """A model that looks twice, and then says what it saw and all that it was told. It fails when told to."""

    def __init__(self) -> None:
        self.told: list[list[tuple[str, str]]] = []

    def __call__(self, messages: Sequence[Message], tools: Sequence[Any]) -> Generator[Any, Any, None]:
        self.told.append([(message.role, message.text) for message in messages])
        results = yield ToolCalls([FunctionCall("look"), FunctionCall("look")])
        if messages[-1].text == "fail":
            yield Fail("told to")
        yield Final(" ".join(result.content for result in results))


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def gateway(model: Model) -> LocalGateway:
    return LocalGateway(scripts={"model": model})


def a_client(gateway: LocalGateway) -> Any:
    return gateway_client(gateway, dialect="responses")


def a_thread(client: Client, is_local: bool, *messages: str) -> Thread:
    thread = client.threads.create(messages, tools=LOOK if is_local else None)
    assert thread.id.startswith("local-") == is_local
    return thread


def read(thread: Thread) -> list[tuple[str, str]]:
    """All messages of a thread, the oldest first."""
    return [(message.role, message.text) for message in thread.read()][::-1]


@pytest.mark.parametrize("is_local", [True, False])
def test_runs_on_one_thread_know_what_was_said_before(gateway: LocalGateway, model: Model, is_local: bool) -> None:
    with a_client(gateway) as client:
        assistant = client.assistants.create("model", tools=LOOK)
        thread = a_thread(client, is_local, "one", "two")
        for added in (None, "three"):
            run = client.runs.create(assistant, thread, additional_messages=added)
            run.run_tools({"look": lambda: "sun"}, via="wait")
        thread.write("four")
        run = client.runs.create(assistant, thread, stream=True)
        result = run.run_tools({"look": lambda: "rain"})
        assert result.text == "rain rain"
        said = [("USER", "one"), ("USER", "two"), ("ASSISTANT", "sun sun"), ("USER", "three"), ("ASSISTANT", "sun sun")]
        said.append(("USER", "four"))
        assert model.told == [said[:2], said[:4], said]
        assert read(thread) == [*said, ("ASSISTANT", "rain rain")]
        assert client.runs.get_last_by_thread(thread).id == run.id


def test_after_a_run_that_failed_a_thread_of_the_client_goes_on(gateway: LocalGateway, model: Model) -> None:
    with a_client(gateway) as client:
        assistant, thread = client.assistants.create("model"), a_thread(client, True, "one")
        answers = {"look": lambda: "sun"}
        client.runs.create(assistant, thread).run_tools(answers, via="wait")
        failed = client.runs.create(assistant, thread, additional_messages="fail", stream=True)
        assert failed.run_tools(answers).error == "told to"
        assert read(thread) == [("USER", "one"), ("ASSISTANT", "sun sun"), ("USER", "fail")]
        run = client.runs.create(assistant, thread, additional_messages="two")
        assert run.run_tools(answers, via="wait").text == "sun sun"
        assert model.told[-1] == [("USER", "one"), ("ASSISTANT", "sun sun"), ("USER", "fail"), ("USER", "two")]


def test_a_run_that_nobody_saw_end_is_told_of_again(gateway: LocalGateway, model: Model) -> None:
    with a_client(gateway) as client:
        assistant, thread = client.assistants.create("model"), a_thread(client, True, "one")
        client.runs.create(assistant, thread)
        run = client.runs.create(assistant, thread, additional_messages="two")
        run.run_tools({"look": lambda: "sun"}, via="wait")
        assert model.told[-1] == [("USER", "one"), ("USER", "two")]
        assert read(thread) == [("USER", "one"), ("USER", "two"), ("ASSISTANT", "sun sun")]


@pytest.mark.parametrize("quirks", [set(), {"no-call-ids-match"}])
def test_a_function_may_give_nothing(gateway: LocalGateway, quirks: set[Quirk]) -> None:
    gateway.quirks = quirks
    with a_client(gateway) as client:
        run = client.runs.create(client.assistants.create("model"), a_thread(client, True, "one"))
        result = run.run_tools({"look": lambda: ""}, via="wait")
        assert result.text == '"" ""'


def test_a_blank_answer_is_kept_and_never_sent(gateway: LocalGateway) -> None:
    gateway.add_script("silent", lambda messages, tools: Final("" if messages[-1].text == "one" else "loud"))
    with a_client(gateway) as client:
        thread, assistant = a_thread(client, True, "one"), client.assistants.create("silent")
        one = client.runs.create(assistant, thread)
        two = client.runs.create(assistant, thread, additional_messages="two")
        one.wait()
        two.wait()
        three = client.runs.create(assistant, thread, additional_messages="three")
        assert three.wait().text == "loud"
        said = [("USER", "one"), ("USER", "two"), ("ASSISTANT", ""), ("ASSISTANT", "loud")]
        assert read(thread) == [*said, ("USER", "three"), ("ASSISTANT", "loud")]


def options_of(gateway: LocalGateway, response_id: str) -> tuple[Any, ...]:
    options = gateway._backend.responses.find(response_id).options
    names = [tool.name for tool in options.functions]
    return options.instructions, options.temperature, options.max_output_tokens, names, options.format["type"]


def test_a_definition_goes_with_every_request_of_its_runs(gateway: LocalGateway) -> None:
    with a_client(gateway) as client:
        assistant = client.assistants.create(
            "model", instruction="Be brief.", temperature=0.5, max_tokens=9, tools=LOOK, response_format="json"
        )
        thread = a_thread(client, False, "one")
        run = client.runs.create(assistant, thread)
        run.wait()
        assistant.update(instruction="Be verbose.")
        run.submit_tool_results(RESULTS)
        other = client.runs.create(assistant, thread, custom_temperature=0.1, custom_max_tokens=3)
    wanted = ("Be brief.", 0.5, 9, ["look"], "json_object")
    assert [options_of(gateway, key) for key in run.response_ids] == [wanted, wanted]
    assert options_of(gateway, other.id) == ("Be verbose.", 0.1, 3, ["look"], "json_object")


class City(BaseModel):
    name: str
    people: int


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("is_local", [True, False])
def test_an_answer_in_a_format_is_parsed(gateway: LocalGateway, is_local: bool, stream: bool) -> None:
    with a_client(gateway) as client:
        assistant = client.assistants.create("structured", response_format=City)
        run = client.runs.create(assistant, a_thread(client, is_local, "?"), stream=stream)
        assert run.wait().parse(City) == City(name="text", people=1)


@pytest.mark.parametrize("is_local", [True, False])
@pytest.mark.parametrize("stream", [True, False])
def test_a_run_that_is_cancelled_says_so(gateway: LocalGateway, is_local: bool, stream: bool) -> None:
    gateway.pace = 3600.0
    with a_client(gateway) as client:
        run = client.runs.create("echo", a_thread(client, is_local, "one"), stream=stream)
        run.cancel()
        result = run.wait()
        assert (result.status, result.error) == (RunStatus.CANCELLED, "the run was cancelled")
        events = [event for event in run.listen()]
        assert [(event.status, event.error) for event in events] == [(StreamEvent.ERROR, "the run was cancelled")]


@pytest.mark.parametrize("is_local", [True, False])
def test_a_run_that_the_gateway_tells_of_in_one_answer_is_cancelled_by_closing_it(
    gateway: LocalGateway, is_local: bool
) -> None:
    gateway.pace, gateway.quirks = 3600.0, {"no-background-stream"}
    with a_client(gateway) as client:
        run = client.runs.create("echo", a_thread(client, is_local, "one"), stream=True)
        run.cancel()
        assert run.wait().status == RunStatus.CANCELLED
        events = [event for event in run.listen()]
        assert [(event.status, event.error) for event in events] == [(StreamEvent.ERROR, "the run was cancelled")]
        run.cancel()
    assert [request.path for request in gateway.requests if "cancel" in request.path] == []


def test_only_who_holds_its_answer_cancels_a_run_in_the_foreground(gateway: LocalGateway) -> None:
    gateway.pace, gateway.quirks = 3600.0, {"no-background-stream"}
    with a_client(gateway) as client:
        run = client.runs.create("echo", a_thread(client, False, "one"), stream=True)
        for other in (client.runs.get(run.id), Run(run.data, client._transport, run._wire)):
            with pytest.raises(UnsupportedOperationError, match="another object or client has that"):
                other.cancel()
        with a_client(gateway) as stranger:
            with pytest.raises(UnsupportedOperationError, match="another object or client has that"):
                stranger.runs.get(run.id).cancel()
        run.cancel()


def test_a_run_that_has_ended_is_not_cancelled_any_more(gateway: LocalGateway) -> None:
    with a_client(gateway) as client:
        run = client.runs.create("echo", a_thread(client, True, "one"))
        run.wait()
        run.cancel()
        assert run.wait().text == "one"


def test_a_run_is_found_by_the_id_of_any_of_its_responses(gateway: LocalGateway) -> None:
    with a_client(gateway) as client:
        run = client.runs.create(client.assistants.create("model"), a_thread(client, True, "one"))
        run.run_tools({"look": lambda: "sun"}, via="wait")
        assert len(run.response_ids) == 2
        assert run.response_ids[0] == run.id
        for key in run.response_ids:
            found = client.runs.get(key)
            assert (found.id, found.response_ids) == (run.id, run.response_ids)
            assert found.wait().text == "sun sun"
            assert found.wait().usage == run.wait().usage


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("is_local", [True, False])
@pytest.mark.parametrize("is_agent", [True, False])
def test_another_client_finds_a_run_that_waits_and_answers_it(
    gateway: LocalGateway, is_agent: bool, is_local: bool, stream: bool
) -> None:
    gateway.polls = 1
    agent = gateway.add_assistant("model", instruction="Be brief.")
    with a_client(gateway) as client:
        assistant = agent if is_agent else client.assistants.create("model", tools=LOOK, temperature=0.5)
        run = client.runs.create(assistant, a_thread(client, is_local, "one"), stream=stream)
        assert run.wait().tool_calls
    with a_client(gateway) as other:
        found = other.runs.get(run.id)
        assert found.wait().tool_calls
        with pytest.raises(ValueError, match="waits for results of look, look"):
            found.submit_tool_results(RESULTS[:1])
        found.submit_tool_results(RESULTS)
        assert found.wait().text == "sun rain"
        assert [event.status for event in found.listen()][-1] == StreamEvent.DONE
        assert found.id == run.id
        assert other.runs.get(found.response_ids[-1]).id == run.id


def test_a_run_that_waits_for_nothing_takes_no_results(gateway: LocalGateway) -> None:
    with a_client(gateway) as client:
        run = client.runs.create("echo", a_thread(client, True, "one"))
        run.wait()
        with pytest.raises(BadRequestError, match="waits for no tool results"):
            run.submit_tool_results(RESULTS)
        with pytest.raises(BadRequestError, match="temperature"):
            client.runs.create("echo", a_thread(client, True, "one"), custom_temperature=7)
