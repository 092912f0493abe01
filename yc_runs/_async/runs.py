"""Runs: creating, finding and listing them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from yc_runs._arguments.checks import HasId, id_of, need_folder, page_size_of
from yc_runs._async.run import AsyncRun
from yc_runs._async.sending import IDLE_TIMEOUT
from yc_runs._async.transport import AsyncTransport
from yc_runs._unset import UNSET, Timeout

if TYPE_CHECKING:
    from yc_runs._arguments.messages import MessageLike
    from yc_runs._arguments.options import ResponseFormatLike, StrategyLike
    from yc_runs._arguments.tools import ToolLike
    from yc_runs._async.stream import AsyncStream
    from yc_runs.models import RunData
    from yc_runs.wire import Dialect


class AsyncRuns:
    """The runs of a folder. Reached as ``client.runs``."""

    def __init__(self, transport: AsyncTransport, dialect: Dialect, folder_id: str | None) -> None:
        self._transport = transport
        self._dialect = dialect
        self._folder_id = folder_id

    async def create(
        self,
        assistant: str | HasId,
        thread: str | HasId,
        *,
        stream: bool = False,
        labels: Mapping[str, str] | None = None,
        additional_messages: MessageLike | Iterable[MessageLike] | None = None,
        custom_temperature: float | None = None,
        custom_max_tokens: int | None = None,
        custom_max_prompt_tokens: int | None = None,
        custom_prompt_truncation_strategy: StrategyLike | None = None,
        custom_response_format: ResponseFormatLike | None = None,
        tools: ToolLike | Iterable[ToolLike] | None = None,
        timeout: Timeout = UNSET,
    ) -> AsyncRun:
        """Start a run of an assistant on a thread; each is an id or anything with an ``id``.

        ``stream``: whether ``listen`` shall bring partial texts, not the last event alone.
        ``additional_messages``: put on the thread first. The ``custom_`` options and ``tools`` stand in for the
        assistant's own, None leaves these. ``timeout`` in seconds covers all attempts.

        Raises ``TypeError`` or ``ValueError`` for wrong arguments before anything is sent. Where an error's
        ``maybe_applied`` is True, the run may have been created all the same.
        """
        from yc_runs._arguments.runs import run_spec
        from yc_runs._async.starting import start

        spec = run_spec(
            assistant,
            thread,
            stream=stream,
            labels=labels,
            additional_messages=additional_messages,
            custom_temperature=custom_temperature,
            custom_max_tokens=custom_max_tokens,
            custom_max_prompt_tokens=custom_max_prompt_tokens,
            custom_prompt_truncation_strategy=custom_prompt_truncation_strategy,
            custom_response_format=custom_response_format,
            tools=tools,
        )
        data, answer = await start(self._transport, self._dialect.create_run(spec), timeout, IDLE_TIMEOUT)
        return self._run(data, answer)

    async def get(self, run_id: str, *, timeout: Timeout = UNSET) -> AsyncRun:
        """The run with this id. ``timeout`` in seconds covers all attempts. Raises ``NotFoundError``."""
        return self._run(await self._transport.call(self._dialect.get_run(run_id), timeout=timeout))

    async def get_last_by_thread(self, thread: str | HasId, *, timeout: Timeout = UNSET) -> AsyncRun:
        """The newest run of a thread, given by its id or as anything with an ``id``. Raises ``NotFoundError``."""
        call = self._dialect.get_last_run(id_of("thread", thread))
        return self._run(await self._transport.call(call, timeout=timeout))

    def list(self, *, page_size: int | None = None, timeout: Timeout = UNSET) -> AsyncGenerator[AsyncRun, None]:
        """The folder's runs, page by page, each page read when it is reached.

        ``page_size``: how many runs a page has, None for the gateway's choice. ``timeout``: seconds for each page.
        Raises ``ConfigurationError`` where the client has no folder, ``DecodeError`` for a list without an end.
        """
        folder, size = need_folder(self._folder_id, "list the runs"), page_size_of(page_size)
        from yc_runs._async.pages import read_pages

        page = partial(self._dialect.list_runs, folder, page_size=size)
        return read_pages(self._transport, page, self._run, timeout)

    def _run(self, data: RunData, answer: AsyncStream[Any] | None = None) -> AsyncRun:
        return AsyncRun(data, self._transport, self._dialect.run(data), answer)
