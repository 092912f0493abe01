"""``python -m yc_runs demo``: finds the gateway, plays the chapters, and counts what failed."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from yc_runs import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConfigurationError,
    ConnectionFailedError,
    CredentialsError,
    NoAuth,
    PermissionDeniedError,
    RunsError,
    ServiceAccountKey,
    __version__,
)
from yc_runs._cli import questions
from yc_runs._cli.files import read_secret
from yc_runs._cli.programme import PROGRAMMES, Programme
from yc_runs._cli.scene import Scene, UnexpectedOutcomeError
from yc_runs._cli.screen import Screen, clean

PACE = 0.12
MODEL = "yandexgpt"
# What fails for one of these reasons fails for all that follows.
_HOPELESS = (AuthenticationError, ConfigurationError, ConnectionFailedError, CredentialsError, PermissionDeniedError)

_Settings = Mapping[str, Any]


def demo(arguments: argparse.Namespace) -> int:
    """Play the demo where the arguments say; gives 0. Raises ``RunsError`` where a part of it failed."""
    screen = Screen(sys.stdout)
    screen.write(f"yc_runs {__version__}: assistant runs over HTTP\n")
    programme = PROGRAMMES[arguments.dialect]
    if arguments.base_url is None:
        with _embedded(PACE if arguments.pace is None else arguments.pace, screen) as (settings, scene):
            failed = _play(programme, {**settings, "dialect": arguments.dialect}, scene)
    else:
        screen.write(f"Gateway: {clean(arguments.base_url)}\n")
        scene = Scene(screen, arguments.model or MODEL, arguments.assistant, arguments.thread)
        failed = _play(programme, _remote(arguments), scene)
    if failed:
        raise UnexpectedOutcomeError(f"the demo did not go through; failed: {'; '.join(failed)}")
    screen.write("\nAll of it went through.\n")
    return 0


@contextmanager
def _embedded(pace: float, screen: Screen) -> Iterator[tuple[_Settings, Scene]]:
    """A gateway on a free port of this machine, with a scripted model. Needs the extra ``gateway``."""
    from yc_runs.testing import LocalGateway

    key = secrets.token_urlsafe()
    gateway = LocalGateway(api_key=key, pace=pace, scripts={MODEL: questions.script})
    with gateway.serve() as url, _reached_directly("127.0.0.1"):
        screen.write(f"Gateway: {url}, started for this demo; nothing leaves this machine\n")
        yield {"base_url": url, "folder_id": gateway.folder_id, "auth": key}, Scene(screen, MODEL)


@contextmanager
def _reached_directly(host: str) -> Iterator[None]:
    """Exempt a host from a proxy that the environment names for http."""
    before = os.environ.get("no_proxy")
    others = before or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = f"{others},{host}" if others else host
    try:
        yield
    finally:
        del os.environ["no_proxy"]
        if before is not None:
            os.environ["no_proxy"] = before


def _remote(arguments: argparse.Namespace) -> _Settings:
    where = {"base_url": arguments.base_url, "folder_id": arguments.folder_id, "dialect": arguments.dialect}
    return {**where, "auth": _credentials(arguments)}


def _credentials(arguments: argparse.Namespace) -> str | httpx.Auth | None:
    if arguments.no_auth:
        return NoAuth()
    if arguments.auth_file is None:
        return None
    text = read_secret(arguments.auth_file)
    return ServiceAccountKey(text) if text.startswith("{") else text


def _play(programme: Programme, settings: _Settings, scene: Scene) -> list[str]:
    """Play everything, and clean up whatever happens; gives the titles of what failed."""
    failed: list[str] = []
    note = failed.append
    sync, clean_up, number = programme.sync, programme.clean_up, len(programme.chapters) + 2
    try:
        asyncio.run(_play_chapters(programme, settings, scene, note))
        with Client(**settings) as client, _part(number, sync.title, sync.code, scene, note):
            sync.play(client, scene)
    finally:
        if scene.assistant_id or scene.made_assistants:
            with Client(**settings) as client, _part(number + 1, clean_up.title, clean_up.code, scene, note):
                clean_up.play(client, scene)
    return failed


async def _play_chapters(programme: Programme, settings: _Settings, scene: Scene, note: Callable[[str], None]) -> None:
    async with AsyncClient(**settings) as client:
        # Without an assistant and a thread there is nothing to go on with: what is raised here goes out.
        scene.screen.heading(f"1. {programme.opening.title}", programme.opening.code)
        cast = await programme.opening.play(client, scene)
        for number, chapter in enumerate(programme.chapters, start=2):
            with _part(number, chapter.title, chapter.code, scene, note):
                await chapter.play(client, cast)


@contextmanager
def _part(number: int, title: str, code: str, scene: Scene, note: Callable[[str], None]) -> Iterator[None]:
    """Show the error of a part that fails, and go on to the next; an error that they all would have goes out."""
    scene.screen.heading(f"{number}. {title}", code)
    try:
        yield
    except _HOPELESS:
        raise
    except RunsError as error:
        scene.screen.fact("FAILED", f"{type(error).__name__}: {error}")
        note(f"{number}. {title}")
