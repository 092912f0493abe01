"""The parts of the demo that are asynchronous: what a program does with the client, with the outcome shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from yc_runs import AsyncAssistant, AsyncClient, AsyncThread, NotFoundError, ParseError
from yc_runs._cli import questions
from yc_runs._cli.scene import Cast, Scene, UnexpectedOutcomeError, show
from yc_runs._cli.screen import EventView

LISTED = 5
LISTEN_TIME = 300.0
OPENING = "An assistant, a thread and a message"
OPENING_CODE = """\
assistant = await client.assistants.create("yandexgpt", instruction=..., ttl_days=1, expiration_policy="static")
thread = await client.threads.create(ttl_days=1, expiration_policy="static")
await thread.write("How does a river begin?")"""


async def open_scene(client: AsyncClient, scene: Scene) -> Cast:
    """The assistant and the thread, made unless they were given, and a first message."""
    if scene.assistant_id:
        assistant = await client.assistants.get(scene.assistant_id)
    else:
        # With a time to live, nothing stays for long even where the demo is broken off.
        assistant = await client.assistants.create(
            scene.model, instruction=questions.INSTRUCTION, ttl_days=1, expiration_policy="static"
        )
        scene.made_assistants.append(assistant.id)
    if scene.thread_id:
        thread = await client.threads.get(scene.thread_id)
    else:
        thread = await client.threads.create(ttl_days=1, expiration_policy="static")
        scene.made_threads.append(thread.id)
    return await introduce(assistant, thread, scene)


async def introduce(assistant: AsyncAssistant, thread: AsyncThread, scene: Scene) -> Cast:
    """Tell what the parts will work with, and write the first message."""
    scene.assistant_id, scene.thread_id = assistant.id, thread.id
    scene.screen.fact("assistant", f"{assistant.id}, {assistant.model.uri}")
    scene.screen.fact("thread", thread.id)
    message = await thread.write(questions.RIVER)
    scene.screen.fact("message", f"{message.id}, by {message.role}")
    return Cast(assistant, thread, scene.screen)


async def stream(client: AsyncClient, cast: Cast) -> None:
    """A run's text as it grows."""
    cast.screen.fact("question", questions.RIVER)
    run = await cast.assistant.run_stream(cast.thread)
    view = EventView(cast.screen)
    async for event in run.listen(timeout=LISTEN_TIME):
        view.see(event)
    _check_stream(view)


async def use_tools(client: AsyncClient, cast: Cast) -> None:
    """Two functions of this program, called by the assistant."""
    cast.screen.fact("question", questions.WEATHER)
    tools = [questions.get_weather, questions.local_time]
    run = await cast.assistant.run_stream(cast.thread, tools=tools, additional_messages=questions.WEATHER)
    view = EventView(cast.screen)
    loop = run.run_tools_stream(tools, max_rounds=5, timeout=LISTEN_TIME)
    async for event in loop:
        view.see(event)
    _check_stream(view)
    if not loop.rounds:
        cast.screen.fact("note", "the assistant answered without calling a function")
    show(loop.result, cast.screen, is_told=True)


async def parse_answer(client: AsyncClient, cast: Cast) -> None:
    """A run's result, waited for, as an object."""
    cast.screen.fact("question", questions.LAKE)
    run = await cast.assistant.run(
        cast.thread, additional_messages=questions.LAKE, custom_response_format=questions.Lake
    )
    cast.screen.fact("status", await run.get_status())
    result = await run.wait()
    cast.screen.fact("status", result.status)
    show(result, cast.screen)
    try:
        cast.screen.fact("parsed", repr(result.parse(questions.Lake)))
    except ParseError as error:
        # A matter of the model, not of the gateway.
        cast.screen.fact("note", error)


async def list_runs(client: AsyncClient, cast: Cast) -> None:
    """The folder's runs, two on a page."""
    shown = 0
    async with aclosing(client.runs.list(page_size=2)) as runs:
        async for run in runs:
            created = f"{run.created_at:%H:%M:%S} UTC" if run.created_at else "at an unknown time"
            cast.screen.fact("run", f"{run.id}, created {created}, {run.data.status}")
            shown += 1
            if shown == LISTED:
                break
    if not shown:
        raise UnexpectedOutcomeError("the gateway lists no runs, although there are some")


async def fail(client: AsyncClient, cast: Cast) -> None:
    """A run that fails, and a call that the gateway refuses."""
    cast.screen.fact("a run", "whose prompt may have one token only")
    run = await cast.assistant.run(cast.thread, custom_max_prompt_tokens=1)
    result = await run.wait()
    cast.screen.fact("status", result.status)
    cast.screen.fact("error", result.error or "none: this gateway answered all the same")
    await ask_in_vain(client, cast)


async def ask_in_vain(client: AsyncClient, cast: Cast) -> None:
    """A call that the gateway refuses."""
    cast.screen.fact("a call", "for a run that does not exist")
    try:
        await client.runs.get("no-such-run")
    except NotFoundError as error:
        code = "" if error.code is None else f", code {error.code}"
        cast.screen.fact("raises", f"{type(error).__name__}, status {error.status}{code}")
        cast.screen.fact("message", error)
    else:
        raise UnexpectedOutcomeError("the gateway knows a run that does not exist")


def _check_stream(view: EventView) -> None:
    view.end()
    if view.last is None or not view.last.is_succeeded:
        raise UnexpectedOutcomeError(f"the run failed: {view.last.error if view.last else 'it had no events'}")


@dataclass(frozen=True)
class Chapter:
    """One part: its title, the code that it shows, and what it does."""

    title: str
    code: str
    play: Callable[[AsyncClient, Cast], Awaitable[None]]


STREAM = Chapter(
    "A streaming run",
    "run = await assistant.run_stream(thread)\nasync for event in run: print(event.delta)",
    stream,
)
TOOLS = Chapter(
    "Two tools, which are Python functions",
    "run = await assistant.run_stream(thread, tools=[get_weather, local_time])\n"
    "async for event in run.run_tools_stream([get_weather, local_time]): ...",
    use_tools,
)
PARSED = Chapter(
    "A wait, and a structured answer",
    "run = await assistant.run(thread, custom_response_format=Lake)\nlake = (await run.wait()).parse(Lake)",
    parse_answer,
)
LIST = Chapter("A list", "async for run in client.runs.list(page_size=2): ...", list_runs)
FAILURES = Chapter("Failures", "result.error; except NotFoundError as error", fail)
