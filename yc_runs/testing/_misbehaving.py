"""Carries the faults out: an app around the routes that answers wrongly, too late, in part, or not at all."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from urllib.parse import unquote

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from yc_runs.testing._backend import Backend
from yc_runs.testing._breaking import Break, break_connection, read_request
from yc_runs.testing._cutting import CutOff, Cutter, drip, ending, stop
from yc_runs.testing._dialects import error_body, framer
from yc_runs.testing._faults import Faults
from yc_runs.testing._refusing import refusal
from yc_runs.testing._sending import Sleeper
from yc_runs.testing.faults import Answer, AnyFault, CutStream, Drip, Drop, Stall

_STALLED = "(stalled)"
"""What a stalled exchange listens for: it never comes, but the end of the server wakes everybody."""


class Misbehaving:
    """Serves the requests that meet no fault as ``app`` does, and the others as their faults say."""

    def __init__(self, app: ASGIApp, backend: Backend, faults: Faults) -> None:
        self._app = app
        self._backend = backend
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is none."""
        is_request = scope["type"] == "http"
        fault = self._fault(scope) if is_request else None
        if fault is None:
            await self._app(scope, receive, send)
            return
        with suppress(CutOff):
            await self._carry_out(fault, scope, receive, send)

    def _fault(self, scope: Scope) -> AnyFault | None:
        query = scope["query_string"].decode("latin-1")
        return self._faults.take(scope["method"], unquote(scope["path"]), query)

    async def _carry_out(self, fault: AnyFault, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(fault, CutStream):
            await self._cut(fault, scope, receive, send)
            return
        self._note(fault, scope)
        if isinstance(fault, Answer):
            await self._take_in(scope, receive, apply=fault.carried_out)
            own_words = partial(error_body, scope["path"], self._backend.settings)
            await refusal(fault, own_words)(scope, receive, send)
        elif isinstance(fault, Drop):
            await self._take_in(scope, receive, apply=fault.before == "answer")
            how: Break = "refused" if fault.before == "connect" else fault.how
            await break_connection(how, scope, receive)
        elif isinstance(fault, Drip):
            await self._app(scope, receive, drip(send, fault.seconds))
        else:
            await self._stall(fault, scope, receive, send)

    def _note(self, fault: AnyFault, scope: Scope) -> None:
        # Before the client can see it, so that it is on record once the client has.
        self._faults.note(fault, scope["method"], unquote(scope["path"]))

    async def _take_in(self, scope: Scope, receive: Receive, *, apply: bool) -> None:
        """Read the request; or carry it out, up to the beginning of the answer."""
        if not apply:
            await read_request(receive)
            return
        with suppress(CutOff):
            await self._app(scope, receive, stop)

    async def _cut(self, fault: CutStream, scope: Scope, receive: Receive, send: Send) -> None:
        cutter = Cutter(fault, send)
        try:
            await self._app(scope, receive, cutter)
            return
        except CutOff:
            self._note(fault, scope)
        is_first = not cutter.has_sent
        stream = framer(scope["path"], self._backend.settings, is_empty=is_first)
        end = ending(fault.how, stream, is_first=is_first)
        if end is not None:
            await send({"type": "http.response.body", "body": end})
        elif fault.how == "stall":
            await self._say_nothing(None, scope, receive)
        else:
            await break_connection("reset" if fault.how == "reset" else "closed", scope, receive)

    async def _stall(self, fault: Stall, scope: Scope, receive: Receive, send: Send) -> None:
        async def late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._say_nothing(fault.seconds, scope, receive)
            await send(message)

        if fault.before == "answer":
            await self._app(scope, receive, late)
        else:
            again = await read_request(receive)
            await self._say_nothing(fault.seconds, scope, receive)
            await self._app(scope, again, send)

    async def _say_nothing(self, seconds: float | None, scope: Scope, receive: Receive) -> None:
        """Let ``seconds`` pass. Breaks off if the client goes or the server ends before."""
        sleeper = Sleeper(scope, receive)
        with anyio.move_on_after(seconds), self._backend.bell.listening(_STALLED) as waiter:
            while not sleeper.is_over:
                await sleeper.sleep(waiter, None)
        if sleeper.is_over:
            await break_connection("closed", scope, receive)
            raise CutOff
