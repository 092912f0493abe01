"""The parts of the demo that are synchronous: the same from ordinary code, and the clean-up."""

from __future__ import annotations

from yc_runs import Client, Run
from yc_runs._cli import questions
from yc_runs._cli.chapters import LISTEN_TIME
from yc_runs._cli.scene import Scene, show
from yc_runs._cli.screen import INDENT, Screen, clean

SYNC_TITLE = "The same without async"
SYNC_CODE = """\
with Client(...) as client:
    run = client.runs.create(assistant_id, thread_id, stream=True, additional_messages=...)
    for text in run.text_stream(): print(text, end="")"""
CLEAN_UP_TITLE = "Clean-up"
CLEAN_UP_CODE = "client.threads.get(thread_id).delete()\nclient.assistants.get(assistant_id).delete()"


def without_async(client: Client, scene: Scene) -> None:
    """A streaming run once more, from ordinary code."""
    screen = scene.screen
    screen.fact("question", questions.FISH)
    run = client.runs.create(
        scene.assistant_id or "", scene.thread_id or "", stream=True, additional_messages=questions.FISH
    )
    tell(run, screen, LISTEN_TIME)


def tell(run: Run, screen: Screen, seconds: float) -> None:
    """Write a run's text as it comes, and what it cost."""
    screen.write(INDENT)
    try:
        for text in run.text_stream(timeout=seconds):
            screen.write(clean(text).replace("\n", f"\n{INDENT}"))
    finally:
        screen.write("\n")
    show(run.wait(), screen, is_told=True)


def clean_up(client: Client, scene: Scene) -> None:
    """Delete what the demo has made, and nothing else."""
    for thread_id in scene.made_threads:
        client.threads.get(thread_id).delete()
        scene.screen.fact("deleted", f"thread {thread_id}")
    for assistant_id in scene.made_assistants:
        client.assistants.get(assistant_id).delete()
        scene.screen.fact("deleted", f"assistant {assistant_id}")
    if scene.thread_id and not scene.made_threads:
        scene.screen.fact("kept", f"thread {scene.thread_id}, which was given")
    if scene.assistant_id and not scene.made_assistants:
        scene.screen.fact("kept", f"assistant {scene.assistant_id}, which was given")
