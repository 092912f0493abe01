"""What a demo plays, in order: one programme for each dialect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from yc_runs import AsyncClient, Client
from yc_runs._cli import chapters, epilogue, responses
from yc_runs._cli.chapters import Chapter
from yc_runs._cli.scene import Cast, Scene


@dataclass(frozen=True)
class Opening:
    """The first part, without which there is nothing to go on with."""

    title: str
    code: str
    play: Callable[[AsyncClient, Scene], Awaitable[Cast]]


@dataclass(frozen=True)
class Closing:
    """A part that is not asynchronous."""

    title: str
    code: str
    play: Callable[[Client, Scene], None]


@dataclass(frozen=True)
class Programme:
    """All parts. ``clean_up`` is played whatever happens before."""

    opening: Opening
    chapters: tuple[Chapter, ...]
    sync: Closing
    clean_up: Closing


PROGRAMMES = {
    "assistants": Programme(
        Opening(chapters.OPENING, chapters.OPENING_CODE, chapters.open_scene),
        (chapters.STREAM, chapters.TOOLS, chapters.PARSED, chapters.LIST, chapters.FAILURES),
        Closing(epilogue.SYNC_TITLE, epilogue.SYNC_CODE, epilogue.without_async),
        Closing(epilogue.CLEAN_UP_TITLE, epilogue.CLEAN_UP_CODE, epilogue.clean_up),
    ),
    "responses": Programme(
        Opening(responses.OPENING, responses.OPENING_CODE, responses.open_scene),
        (chapters.STREAM, chapters.TOOLS, chapters.PARSED, responses.CANCEL, responses.FAILURES),
        Closing(epilogue.SYNC_TITLE, responses.SYNC_CODE, responses.without_async),
        Closing(epilogue.CLEAN_UP_TITLE, responses.CLEAN_UP_CODE, responses.clean_up),
    ),
}
