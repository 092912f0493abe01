"""The parts of the demo that go another way over the Responses API."""

from __future__ import annotations

from yc_runs import AsyncClient, Client, UnsupportedOperationError
from yc_runs._cli import questions
from yc_runs._cli.chapters import LISTEN_TIME, Chapter, ask_in_vain, introduce
from yc_runs._cli.epilogue import tell
from yc_runs._cli.scene import Cast, Scene

OPENING = "An assistant kept in this client, and a conversation"
OPENING_CODE = """\
client = AsyncClient(..., dialect="responses")
assistant = await client.assistants.create("yandexgpt", instruction=...)
thread = await client.threads.create()
await thread.write("How does a river begin?")"""
SYNC_CODE = """\
with Client(..., dialect="responses") as client:
    run = client.assistants.create("yandexgpt").run_stream(thread_id, additional_messages=...)
    for text in run.text_stream(): print(text, end="")"""
CLEAN_UP_CODE = "client.threads.get(thread_id)"


async def open_scene(client: AsyncClient, scene: Scene) -> Cast:
    """The assistant, and the thread unless it was given, and a first message."""
    assistant = await client.assistants.create(scene.model, instruction=questions.INSTRUCTION)
    thread = await (client.threads.get(scene.thread_id) if scene.thread_id else client.threads.create())
    return await introduce(assistant, thread, scene)


async def cancel(client: AsyncClient, cast: Cast) -> None:
    """A run that is broken off while it goes on."""
    cast.screen.fact("question", questions.RIVER)
    run = await cast.assistant.run(cast.thread, additional_messages=questions.RIVER)
    await run.cancel()
    result = await run.wait()
    cast.screen.fact("status", result.status)
    cast.screen.fact("error", result.error or "none: it had ended before")


async def fail(client: AsyncClient, cast: Cast) -> None:
    """A call that this API has no equivalent for, and one that the gateway refuses."""
    cast.screen.fact("a call", "for the list of all runs")
    try:
        await anext(client.runs.list())
    except UnsupportedOperationError as error:
        cast.screen.fact("raises", f"{type(error).__name__}: {error}")
    await ask_in_vain(client, cast)


def without_async(client: Client, scene: Scene) -> None:
    """A streaming run once more, from ordinary code."""
    scene.screen.fact("question", questions.FISH)
    assistant = client.assistants.create(scene.model, instruction=questions.INSTRUCTION)
    run = assistant.run_stream(scene.thread_id or "", additional_messages=questions.FISH)
    tell(run, scene.screen, LISTEN_TIME)


def clean_up(client: Client, scene: Scene) -> None:
    """Tell what is left: an assistant goes with its client, and a conversation cannot be deleted."""
    scene.screen.fact("gone", f"assistant {scene.assistant_id}, with the client that made it")
    scene.screen.fact("kept", f"thread {client.threads.get(scene.thread_id or '').id}: conversations cannot be deleted")


CANCEL = Chapter(
    "A run, broken off",
    "run = await assistant.run(thread, additional_messages=...)\nawait run.cancel()\n(await run.wait()).status",
    cancel,
)
FAILURES = Chapter("Failures", "except UnsupportedOperationError as error; except NotFoundError as error", fail)
