"""The gateway itself: what a test or a program holds in its hand."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from starlette.types import ASGIApp

from yc_runs._arguments.checks import text
from yc_runs.testing._app import KEPT_REQUESTS, SeenRequest, make_app
from yc_runs.testing._backend import Backend, script_name
from yc_runs.testing._faults import Faults
from yc_runs.testing._framing import Framing
from yc_runs.testing._messages import CREATE_ASSISTANT, CREATE_THREAD
from yc_runs.testing._parse import parse
from yc_runs.testing._player import checked_script
from yc_runs.testing._render import Spelling
from yc_runs.testing._responses.items import transcript
from yc_runs.testing._responses.quirks import Quirk
from yc_runs.testing._schema import Record
from yc_runs.testing._settings import Settings
from yc_runs.testing._threads import text_content
from yc_runs.testing._transport import InProcessTransport, SyncInProcessTransport
from yc_runs.testing.script import Message, Script
from yc_runs.testing.scripts import READY
from yc_runs.testing.server import serve_in_thread


class LocalGateway(Settings):
    """A gateway in this process, with assistants scripted in Python (see ``yc_runs.testing.script``).

    ``app`` is the ASGI app; ``transport()`` and ``sync_transport()`` are httpx transports onto it that stream;
    ``serve()`` puts it on a socket. It starts with one assistant for each ready script, whose id is the script's
    name: ``echo``, ``slow``, ``tool-caller``, ``failing``, ``structured``. An assistant's script is the one named
    like its model: ``gpt://<folder>/<name>/latest``; a name without a script echoes.

    Every setting is an attribute too, and holds from the next request on:

    * ``framing``: ``"sse"``, ``"result-lines"``, ``"lines"``, ``"array"``; ``spelling``: ``"camel"``, ``"snake"``;
      ``print_defaults``: print unset fields too.
    * ``latency``: seconds before each answer and each stream event; ``pace``: seconds that a script's step takes.
    * ``polls``: how many GETs of a run, after its creation and after each submit, still show it running;
      ``stale_polls``: how many GETs after a submit still show the calls just answered.
    * ``api_key``: if set, requests need ``Authorization: Api-Key <it>``, or any Bearer token.
    * ``folder_id``: the folder of the assistants and threads that are added by this object's methods.
    * ``quirks``: how the Responses dialect differs from its documentation; none unless set.

    The same app speaks the OpenAI-compatible Responses and Conversations API under ``/v1``, with the same scripts:
    ``model`` is ``gpt://<folder>/<name>`` or just the script's name, ``prompt`` an assistant's id. There ``polls``
    counts for responses with ``background``. Its quirks:

    * ``"milliseconds"``: times in milliseconds; ``"null-usage"``, ``"zero-usage"``: no usage, or zeros;
      ``"output-text"``: the member ``output_text`` is there.
    * ``"call-id-is-name"``: a call's id is its function's name, and may repeat; ``"no-call-ids-match"``: an output
      must come together with its ``function_call``.
    * ``"data-before-event"``: ``data:`` comes before ``event:``, both without a space; ``"comments"``: a comment
      before each event; ``"done-marker"``: ``data: [DONE]`` ends each stream.
    * ``"no-background-stream"``: ``background`` with ``stream`` is refused; ``"no-resume"``: a GET with
      ``stream=true`` is refused, ``"ignores-stream"``: it gives no stream, ``"ignores-starting-after"``: it starts
      with the first event.
    * ``"flat-errors"``: errors are not within ``error``.

    ``faults`` makes it misbehave: cut streams, lose answers, refuse, stall; ``requests`` shows what has come in.
    ``clock`` gives the seconds by which runs go on; after moving a clock of your own, call ``wake()``.
    """

    def __init__(
        self,
        *,
        framing: Framing = "sse",
        spelling: Spelling = "camel",
        print_defaults: bool = False,
        latency: float = 0.0,
        pace: float = 0.0,
        polls: int = 0,
        stale_polls: int = 0,
        api_key: str | None = None,
        folder_id: str = "local-folder",
        quirks: Collection[Quirk] = (),
        scripts: Mapping[str, Script] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            framing=framing,
            spelling=spelling,
            print_defaults=print_defaults,
            latency=latency,
            pace=pace,
            polls=polls,
            stale_polls=stale_polls,
            api_key=api_key,
            folder_id=folder_id,
            quirks=quirks,
        )
        self.requests: deque[SeenRequest] = deque(maxlen=KEPT_REQUESTS)
        """The latest requests, oldest first."""
        if not callable(clock):
            raise TypeError(f"clock: expected a function that gives seconds, got {type(clock).__name__}")
        self._backend = Backend(self, clock)
        self.faults: Faults = Faults()
        """How it shall misbehave, and how it has."""
        self.app: ASGIApp = make_app(self._backend, self.requests, self.faults)
        if not isinstance(scripts, (Mapping, type(None))):
            raise TypeError(f"scripts: expected a dict of names and scripts, got {type(scripts).__name__}")
        for name, script in {**READY, **(scripts or {})}.items():
            self.add_script(name, script)
            self._create_assistant(script_name(name), key=script_name(name))

    def add_script(self, name: str, script: Script) -> None:
        """Let ``script`` play the assistants whose model is called ``name``, in place of the one that does.

        Raises ``TypeError`` for what is no script.
        """
        self._backend.scripts[script_name(text("name", name))] = checked_script(script)

    def add_assistant(self, script: Script | str, **fields: Any) -> str:
        """Add an assistant played by ``script`` (or the one of that name); gives its id.

        ``fields`` are those of the wire's CreateAssistantRequest, in either spelling: ``instruction="..."``,
        ``tools=[...]``. Raises ``KeyError`` for a name without a script, ``TypeError`` for what is neither, and
        ``GatewayError`` for fields it does not have.
        """
        if callable(script):
            name = self._free_name(script)
            self.add_script(name, script)
        else:
            if not isinstance(script, str):
                raise TypeError(f"script: expected a script or the name of one, got {type(script).__name__}")
            name = script_name(script)
            if name not in self._backend.scripts:
                raise KeyError(f"no script is called {script!r}; there are {', '.join(self._backend.scripts)}")
        return self._create_assistant(name, fields)

    def add_thread(self, *messages: str | Message, **fields: Any) -> str:
        """Add a thread with these messages, oldest first, a ``str`` being the user's; gives its id.

        ``fields`` are those of the wire's CreateThreadRequest, in either spelling: ``labels={...}``. Raises
        ``TypeError`` for what is no message, and ``GatewayError`` for fields it does not have.
        """
        data = [_message_data(message) for message in messages]
        request = {"folder_id": self.folder_id, "messages": data, **parse(CREATE_THREAD, fields)}
        with self._backend.lock:
            thread = self._backend.threads.create(request)
        return str(thread["id"])

    def messages(self, thread_id: str) -> Sequence[Message]:
        """List the messages of a thread or conversation, oldest first. Raises ``GatewayError`` if there is none."""
        text("thread_id", thread_id)
        with self._backend.lock:
            if thread_id.startswith("conv_"):
                return transcript(self._backend.responses.conversation(thread_id).items)
            self._backend.runs.settle_thread(thread_id)
            return self._backend.threads.transcript(thread_id)

    def transport(self) -> InProcessTransport:
        """Make a transport for ``httpx.AsyncClient``; works under asyncio and trio."""
        return InProcessTransport(self.app)

    def sync_transport(self) -> SyncInProcessTransport:
        """Make a transport for ``httpx.Client``; has a thread, which closing the client ends."""
        return SyncInProcessTransport(self.app)

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve on a socket while the ``with`` block lasts, from a thread; gives the URL. Port 0 takes a free one."""
        return serve_in_thread(self, host, port)

    def wake(self) -> None:
        """Make open streams look at the time again."""
        self._backend.bell.ring()

    def _create_assistant(self, name: str, fields: Mapping[str, Any] | None = None, key: str = "") -> str:
        request: Record = {"folder_id": self.folder_id, "model_uri": f"gpt://{self.folder_id}/{name}/latest"}
        with self._backend.lock:
            record = self._backend.assistants.create({**request, **parse(CREATE_ASSISTANT, fields or {})}, key)
        return str(record["id"])

    def _free_name(self, script: Script) -> str:
        base = script_name(getattr(script, "__name__", "script")).strip("<>")
        name, number = base, 1
        while self._backend.scripts.get(name, script) is not script:
            number += 1
            name = f"{base}-{number}"
        return name


def _message_data(message: str | Message) -> Record:
    if isinstance(message, str):
        message = Message("USER", message)
    if not isinstance(message, Message) or not isinstance(message.text, str) or not isinstance(message.role, str):
        raise TypeError(f"message: expected a str or a Message of testing, got {message!r:.100}")
    return {"author": {"role": message.role}, "content": text_content(message.text)}
