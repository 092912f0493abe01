"""Programs as a reader of the official SDK's guide writes them; only the import and the client's constructor differ.

Each is a function of a client called ``sdk``. It prints nothing and returns what the reader would look at.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pydantic
import pytest

from tests.support.clients import async_gateway_client
from yc_runs import (
    AsyncClient,
    AutoPromptTruncationStrategy,
    FunctionTool,
    GenerativeSearchTool,
    LastMessagesPromptTruncationStrategy,
    MessageStatus,
    NotFoundError,
    SearchIndexTool,
)
from yc_runs.testing import Fail, Final, FunctionCall, LocalGateway, RunContext, ToolCalls

pytestmark = pytest.mark.anyio

LABELS = {"guide": "program"}


class Booking(pydantic.BaseModel):
    """A table in a restaurant."""

    guests: int
    day: str


@pydantic.dataclasses.dataclass
class Dish:
    name: str
    price: float


BOOKING_SCHEMA = {"json_schema": {"type": "object", "properties": {"guests": {"type": "integer"}}}}


class TrainTimes(pydantic.BaseModel):
    """When trains leave."""

    town: str = pydantic.Field(description="Where to")
    day: str = pydantic.Field(description="The day of the week")


def answers_in_form(messages: Any, tools: Any, context: RunContext) -> str:
    """A model that keeps to the format it is given, and talks where there is none."""
    schema = context.json_schema
    if schema is None:
        return "Four people, on Friday."
    values = {"guests": 4, "day": "Friday", "name": "soup", "price": 7.5}
    names = schema.get("properties") or {"anything": 1}
    return json.dumps({name: values.get(name, 1) for name in names})


def asks_for_trains(messages: Any, tools: Any) -> Any:
    results = yield ToolCalls(
        FunctionCall(tool.name, {"town": town, "day": "Monday"}) for tool in tools for town in ("Tver", "Pskov")
    )
    yield " and ".join(result.content for result in results)


def censored(messages: Any, tools: Any) -> Final:
    return Final("Of that I", status="FILTERED_CONTENT")


def well_read(messages: Any, tools: Any) -> Final:
    chunk = {
        "searchIndex": {"id": "index-1"},
        "sourceFile": {"id": "file-1", "name": "rivers.txt"},
        "content": {"content": [{"text": {"content": "The Ob is long."}}]},
    }
    return Final("Long, they say.", citations=[{"sources": [{"chunk": chunk}]}])


@pytest.fixture
def gateway() -> LocalGateway:
    # For every name without a script the model echoes the question.
    return LocalGateway(
        scripts={
            "forms": answers_in_form,
            "trains": asks_for_trains,
            "censored": censored,
            "well-read": well_read,
            "broken": lambda messages, tools: Fail("out of order"),
        }
    )


@pytest.fixture(autouse=True)
def own_logger() -> Iterator[logging.Logger]:
    """The package's logger, without handlers, and as it was again when the test is over."""
    logger = logging.getLogger("yc_runs")
    handlers, level = logger.handlers[:], logger.level
    logger.handlers.clear()
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


@pytest.fixture
async def sdk(gateway: LocalGateway) -> AsyncIterator[AsyncClient]:
    async with async_gateway_client(gateway) as client:
        yield client


async def test_create_find_and_change_an_assistant(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create(
        "yandexgpt", ttl_days=1, expiration_policy="static", temperature=0.5, max_prompt_tokens=50
    )
    same = await sdk.assistants.get(assistant.id)
    assert same == assistant
    assert (same.model.uri, same.model.config.temperature) == ("gpt://local-folder/yandexgpt/latest", 0.5)
    assert (same.max_prompt_tokens, same.name, same.instruction) == (50, None, None)

    changed = await same.update(model="yandexgpt-lite", name="helper", max_tokens=5, instruction="Be brief.")
    assert changed is same
    assert (same.name, same.instruction, same.model.config.max_tokens) == ("helper", "Be brief.", 5)
    assert same.model.uri.endswith("/yandexgpt-lite/latest")
    assert same.expiration_config.ttl_days == 1

    versions = [(version.assistant.name, "name" in version.update_mask) async for version in same.list_versions(2)]
    assert versions == [("helper", True), (None, False)]

    await same.delete()
    with pytest.raises(ValueError, match="deleted"):
        await same.update(name="late")
    with pytest.raises(NotFoundError):
        await sdk.assistants.get(assistant.id)


async def test_set_up_logging_twice_and_read_each_line_once(
    sdk: AsyncClient, own_logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sdk.setup_default_logging() is sdk
    sdk.setup_default_logging(log_level="DEBUG", log_format="%(levelname)s %(message)s")
    await sdk.threads.create(name="private")
    err = capsys.readouterr().err
    assert err.count("DEBUG") == 1
    assert "private" not in err
    assert len(own_logger.handlers) == 1


async def test_write_to_a_thread_and_read_it(sdk: AsyncClient) -> None:
    thread = await sdk.threads.create(name="talk", labels=LABELS, ttl_days=5, expiration_policy="since_last_active")
    second = await sdk.threads.get(thread.id)
    await second.update(ttl_days=9)
    assert (second.expiration_config.ttl_days, second.name) == (9, "talk")

    await thread.write("first")
    answer = await second.write({"text": "second", "role": "assistant"}, labels={"mood": "calm"})
    await second.write(answer)

    texts = [(message.role, message.text) async for message in thread]
    assert texts == [("ASSISTANT", "second"), ("ASSISTANT", "second"), ("USER", "first")]
    read = [(message.id, message.labels, message.status.name) async for message in thread.read()]
    assert read[1] == (answer.id, {"mood": "calm"}, "COMPLETED")
    assert answer.author is not None
    assert answer.author.role == "ASSISTANT"


async def test_converse_in_turns(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create("yandexgpt", instruction="Repeat what you hear.")
    thread = await sdk.threads.create()
    for question in ("Is it late?", "And now?"):
        await thread.write(question)
        run = await assistant.run(thread)
        result = await run.wait()
        assert result.is_succeeded
        assert result.status.name == "COMPLETED"
        assert result.text == question
        assert result.message is not None
        assert result.message.status == MessageStatus.COMPLETED
        assert result.usage is not None
        assert result.usage.total_tokens == result.usage.input_text_tokens + result.usage.completion_tokens
    assert [message.text async for message in thread.read()] == ["And now?", "And now?", "Is it late?", "Is it late?"]
    assert (await sdk.runs.get_last_by_thread(thread)).id == run.id
    assert [found.id async for found in sdk.runs.list(page_size=1)][-1]


# async-only
async def test_a_run_can_be_awaited_itself(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create("yandexgpt")
    thread = await sdk.threads.create()
    await thread.write("Shorter?")
    run = await assistant.run(thread.id)
    result = await run
    assert result.text == "Shorter?"


# end async-only


async def test_stream_an_answer(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create(sdk.models.completions("yandexgpt").configure(temperature=0.2))
    thread = await sdk.threads.create()
    await thread.write("One after another")

    run = await assistant.run_stream(thread, custom_temperature=0, custom_max_tokens=20)
    assert (run.custom_temperature, run.custom_max_tokens) == (0, 20)
    shown = []
    async for event in run:
        shown.append((event.status.name, event.text))
        assert event.is_running == (event.status.name == "PARTIAL_MESSAGE")
    assert shown == [
        ("PARTIAL_MESSAGE", "One"),
        ("PARTIAL_MESSAGE", "One after"),
        ("PARTIAL_MESSAGE", "One after another"),
        ("DONE", "One after another"),
    ]
    assert [event.status.name async for event in run.listen(events_start_idx=3)] == ["DONE"]
    assert (await run.get_status()).name == "COMPLETED"
    assert (await run.get_result()).text == "One after another"


async def test_call_a_function(sdk: AsyncClient) -> None:
    trains = {"Tver": "at six", "Pskov": "never"}

    def train_times(town: str, day: str) -> str:
        return f"to {town} {trains[town]} on {day}"

    tool = sdk.tools.function(TrainTimes, name="train_times")
    assert (tool.name, tool.description) == ("train_times", "When trains leave.")
    assistant = await sdk.assistants.create("trains", tools=[tool])
    thread = await sdk.threads.create()
    await thread.write("When do trains leave on Monday?")

    run = await assistant.run(thread)
    result = await run.wait()
    assert result.status.name == "TOOL_CALLS"
    assert result.tool_calls
    answers = []
    for call in result.tool_calls:
        assert call.id is None
        assert call.function
        assert call.function.name == "train_times"
        answers.append({"name": call.function.name, "content": train_times(**call.function.arguments)})
    await run.submit_tool_results(answers)
    assert (await run.wait()).text == "to Tver at six on Monday and to Pskov never on Monday"


async def test_call_a_function_while_streaming(sdk: AsyncClient) -> None:
    schema = {"type": "object", "title": "train_times", "description": "When?", "properties": {"town": {}, "day": {}}}
    assistant = await sdk.assistants.create("trains", tools=sdk.tools.function(schema))
    thread = await sdk.threads.create()
    await thread.write("When?")
    run = await assistant.run_stream(thread)
    kinds = []
    async for event in run:
        kinds.append(event.status.name)
        if event.tool_calls:
            functions = [call.function for call in event.tool_calls]
            await run.submit_tool_results(
                {"type": "function", "name": function.name, "content": function.arguments["town"]}
                for function in functions
                if function
            )
    assert kinds == ["TOOL_CALLS", "PARTIAL_MESSAGE", "DONE"]
    assert event.text == "Tver and Pskov"


async def test_ask_for_a_structured_answer(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create(sdk.models.completions("forms", model_version="latest"))
    thread = await sdk.threads.create()

    async def asked(**options: Any) -> str:
        await thread.write("A table for four on Friday, please.")
        result = await (await assistant.run(thread, **options)).wait()
        assert result.text is not None
        return result.text

    assert await asked() == "Four people, on Friday."
    await assistant.update(response_format=BOOKING_SCHEMA)
    assert assistant.response_format == BOOKING_SCHEMA
    assert json.loads(await asked()) == {"guests": 4}
    await assistant.update(response_format="json")
    assert assistant.response_format == "json"
    assert json.loads(await asked()) == {"anything": 1}
    booking = Booking.model_validate_json(await asked(custom_response_format=Booking))
    assert booking == Booking(guests=4, day="Friday")

    run = await assistant.run_stream(thread, custom_response_format=Dish)
    async for event in run:
        last = event
    assert json.loads(last.text or "") == {"name": "soup", "price": 7.5}


async def test_cut_the_prompt(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create(
        "yandexgpt",
        labels=LABELS,
        max_prompt_tokens=500,
        prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=10),
    )
    options = assistant.prompt_truncation_options
    assert (options.max_prompt_tokens, assistant.max_prompt_tokens) == (500, 500)
    assert options.strategy == LastMessagesPromptTruncationStrategy(num_messages=10)

    async def used(**options: Any) -> int:
        thread = await sdk.threads.create(labels=LABELS)
        await thread.write("Good day to you")
        await thread.write("What are you called?")
        result = await (await assistant.run(thread, **options)).wait()
        assert result.usage
        return result.usage.input_text_tokens

    short = await used(custom_prompt_truncation_strategy=LastMessagesPromptTruncationStrategy(num_messages=1))
    assert short < await used(custom_prompt_truncation_strategy="auto")

    thread = await sdk.threads.create(labels=LABELS)
    await thread.write("Far too long for that")
    run = await assistant.run(
        thread, custom_max_prompt_tokens=1, custom_prompt_truncation_strategy=AutoPromptTruncationStrategy()
    )
    assert run.custom_max_prompt_tokens == 1
    result = await run.wait()
    assert result.is_failed
    assert result.error
    with pytest.raises(ValueError, match="failed"):
        _ = result.text


async def test_look_at_what_came_of_the_message(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create("censored")
    thread = await sdk.threads.create()
    await thread.write("Tell me all")
    result = await (await assistant.run(thread)).wait()
    assert result.status.name == "COMPLETED"
    assert result.message
    assert result.message.status.name == "FILTERED_CONTENT"
    await assistant.update(model="broken")
    result = await (await assistant.run(thread)).wait()
    assert (result.is_failed, result.error) == (True, "out of order")


async def test_give_the_assistant_the_services_own_tools(sdk: AsyncClient) -> None:
    web = sdk.tools.generative_search(
        description="For news", host="example.org", search_filters=[{"date": "<20250101"}, {"format": "pdf"}]
    )
    index = sdk.tools.search_index(
        ["index-1", "index-2"],
        max_num_results=3,
        rephraser=sdk.tools.rephraser(True),
        call_strategy={"type": "function", "function": {"name": "look_up", "instruction": "for facts"}},
    )
    function = sdk.tools.function({"type": "object"}, name="f", description="d")
    assistant = await sdk.assistants.create("yandexgpt", tools=[web, index, function])
    kinds = [GenerativeSearchTool, SearchIndexTool, FunctionTool]
    assert [type(tool) for tool in assistant.tools] == kinds
    assert assistant.tools == (web, index, function)
    found = assistant.tools[1]
    assert isinstance(found, SearchIndexTool)
    assert (found.search_index_ids, found.max_num_results) == (("index-1", "index-2"), 3)
    assert found.rephraser is not None
    assert found.rephraser == index.rephraser
    await assistant.update(tools=assistant.tools[:1])
    assert assistant.tools == (web,)
    await assistant.update(tools=[])
    assert assistant.tools == ()


async def test_read_the_citations_of_an_answer(sdk: AsyncClient) -> None:
    assistant = await sdk.assistants.create("well-read", tools=sdk.tools.search_index("index-1"))
    thread = await sdk.threads.create()
    await thread.write("How long is the Ob?")
    result = await (await assistant.run(thread)).wait()
    read = []
    for citation in result.citations:
        for source in citation.sources:
            assert source.type == "filechunk"
            assert source.search_index is not None
            assert source.file is not None
            read.append((source.search_index.id, source.file.name, source.parts, source.text))
    assert read == [("index-1", "rivers.txt", ("The Ob is long.",), "The Ob is long.")]


async def test_list_and_clean_up(sdk: AsyncClient) -> None:
    for number in range(5):
        await sdk.assistants.create("yandexgpt", name=f"helper {number}", labels=LABELS)
        await sdk.threads.create(name=f"talk {number}", labels=LABELS)
    kept = await sdk.threads.create(name="kept")

    async def delete_labelled(found: AsyncIterator[Any]) -> int:
        count = 0
        async for entity in found:
            if entity.labels == LABELS:
                await entity.delete()
                count += 1
        return count

    assert await delete_labelled(sdk.assistants.list(page_size=2)) == 5
    assert await delete_labelled(sdk.threads.list(page_size=2)) == 5
    assert [thread.name async for thread in sdk.threads.list()] == ["kept"]
    assert not [assistant async for assistant in sdk.assistants.list() if assistant.labels]
    await kept.delete()


@pytest.mark.parametrize(
    "use",
    [
        lambda sdk, assistant, thread: assistant.run(thread),
        lambda sdk, assistant, thread: assistant.run_stream(thread),
        lambda sdk, assistant, thread: assistant.update(name="a"),
        lambda sdk, assistant, thread: assistant.delete(),
        lambda sdk, assistant, thread: thread.write("late"),
        lambda sdk, assistant, thread: thread.update(name="a"),
        lambda sdk, assistant, thread: thread.delete(),
        lambda sdk, assistant, thread: sdk.runs.create(assistant, "thread"),
        lambda sdk, assistant, thread: sdk.runs.create("echo", thread),
        lambda sdk, assistant, thread: sdk.runs.get_last_by_thread(thread),
        lambda sdk, assistant, thread: sdk.messages.create("late", thread_id=thread),
    ],
)
async def test_what_was_deleted_is_refused_without_a_request(
    sdk: AsyncClient, gateway: LocalGateway, use: Callable[..., Any]
) -> None:
    assistant = await sdk.assistants.create("yandexgpt")
    thread = await sdk.threads.create()
    await assistant.delete()
    await thread.delete()
    assert (assistant.is_deleted, thread.is_deleted) == (True, True)
    count = len(gateway.requests)
    with pytest.raises(ValueError, match="deleted"):
        await use(sdk, assistant, thread)
    assert len(gateway.requests) == count


async def test_versions_from_a_page_on(sdk: AsyncClient, gateway: LocalGateway) -> None:
    assistant = await sdk.assistants.create("yandexgpt", name="a")
    for name in ("b", "c", "d"):
        await assistant.update(name=name)
    whole = [version.assistant.name async for version in assistant.list_versions(2)]
    assert whole == ["d", "c", "b", "a"]
    (token,) = [query["pageToken"] for seen in gateway.requests if "pageToken" in (query := parse_qs(seen.query))]
    rest = [version.assistant.name async for version in assistant.list_versions(2, token[0], 60)]
    assert rest == ["b", "a"]


async def test_messages_without_an_author_get_the_threads_own(sdk: AsyncClient) -> None:
    thread = await sdk.threads.create(["hello"], default_message_author_id="visitor-7")
    assert thread.default_message_author_id == "visitor-7"
    assert [message.author.id async for message in thread if message.author] == ["visitor-7"]


async def test_strict_is_refused_since_assistants_have_no_such_field(sdk: AsyncClient) -> None:
    assert sdk.tools.function(TrainTimes, strict=None).name == "TrainTimes"
    with pytest.raises(ValueError, match="strict=True cannot be sent"):
        sdk.tools.function(TrainTimes, strict=True)
