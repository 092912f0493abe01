"""An assistant: what it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from typing_extensions import Self, Unpack

from yc_runs._arguments.checks import HasId, page_size_of
from yc_runs._arguments.options import ResponseFormatLike, StrategyLike
from yc_runs._arguments.runs import RunOptions, check_no_stream
from yc_runs._arguments.settings import ExpirationPolicyLike, changes
from yc_runs._arguments.tools import ToolLike
from yc_runs._assistant_fields import AssistantFields, AssistantVersion, model_settings
from yc_runs._async.pages import read_pages
from yc_runs._async.run import AsyncRun
from yc_runs._async.runs import AsyncRuns
from yc_runs._unset import UNSET, Timeout, Unset
from yc_runs.completions import GPTModel, Models
from yc_runs.models import (
    AssistantData,
    AssistantSettings,
)

if TYPE_CHECKING:
    from yc_runs._async.transport import AsyncTransport
    from yc_runs.wire import Dialect


class AsyncAssistant(AssistantFields):
    """An assistant, as the gateway showed it when this object was made or updated last.

    Two assistants are equal where their fields are. After ``delete`` every method raises ``ValueError``.
    """

    def __init__(self, data: AssistantData, transport: AsyncTransport, dialect: Dialect, folder_id: str | None) -> None:
        super().__init__(data)
        self._transport = transport
        self._dialect = dialect
        self._runs = AsyncRuns(transport, dialect, folder_id)
        self._models = Models(folder_id)

    async def run(self, thread: str | HasId, **options: Unpack[RunOptions]) -> AsyncRun:
        """Run on a thread, for ``wait``: an id or anything with an ``id``. ``options`` are those of ``RunOptions``.

        The ``custom_`` options and ``tools`` stand in for the assistant's own. ``additional_messages``: put on the
        thread first. ``timeout`` in seconds, the client's unless given, covers all attempts.
        """
        self._check_exists("run")
        check_no_stream(options)
        return await self._runs.create(self, thread, stream=False, **options)

    async def run_stream(self, thread: str | HasId, **options: Unpack[RunOptions]) -> AsyncRun:
        """Run on a thread as ``run`` does, for ``listen``: its events then bring the text while it is written."""
        self._check_exists("run")
        check_no_stream(options)
        return await self._runs.create(self, thread, stream=True, **options)

    async def update(
        self,
        *,
        model: str | GPTModel | Unset = UNSET,
        temperature: float | Unset | None = UNSET,
        max_tokens: int | Unset | None = UNSET,
        max_prompt_tokens: int | Unset | None = UNSET,
        prompt_truncation_strategy: StrategyLike | Unset | None = UNSET,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        labels: Mapping[str, str] | Unset | None = UNSET,
        ttl_days: int | Unset | None = UNSET,
        expiration_policy: ExpirationPolicyLike | Unset | None = UNSET,
        instruction: str | Unset | None = UNSET,
        tools: ToolLike | Iterable[ToolLike] | Unset | None = UNSET,
        response_format: ResponseFormatLike | Unset | None = UNSET,
        timeout: Timeout = UNSET,
    ) -> Self:
        """Change what is given; None sets it back to nothing. Gives this object, with the fields as they now are.

        A ``model`` that is configured brings its temperature and its limit of tokens along, where these are not given.
        Nothing is sent where nothing is given. ``timeout`` in seconds covers all attempts. Raises ``TypeError`` or
        ``ValueError`` for wrong arguments before anything is sent.
        """
        self._check_exists("update")
        settings = changes(
            AssistantSettings,
            **model_settings(self._models, model, temperature, max_tokens),
            max_prompt_tokens=max_prompt_tokens,
            prompt_truncation_strategy=prompt_truncation_strategy,
            name=name,
            description=description,
            labels=labels,
            ttl_days=ttl_days,
            expiration_policy=expiration_policy,
            instruction=instruction,
            tools=tools,
            response_format=response_format,
        )
        if not settings.given():
            return self
        call = self._dialect.update_assistant(self.id, settings)
        return self._take(await self._transport.call(call, timeout=timeout))

    async def delete(self, *, timeout: Timeout = UNSET) -> None:
        """Remove the assistant. ``timeout`` in seconds covers all attempts."""
        self._check_exists("delete")
        await self._transport.call(self._dialect.delete_assistant(self.id), timeout=timeout)
        self._is_deleted = True

    def list_versions(
        self, page_size: int | None = None, page_token: str | None = None, timeout: Timeout = UNSET
    ) -> AsyncGenerator[AssistantVersion, None]:
        """What the assistant was like after each change, page by page, each page read when it is reached.

        ``page_size``: how many versions a page has, None for the gateway's choice. ``page_token``: the page to begin
        with, where the gateway gave one; None for the first. ``timeout``: seconds for each page.
        """
        self._check_exists("list the versions of")
        page = partial(self._dialect.list_assistant_versions, self.id, page_size=page_size_of(page_size))
        return read_pages(self._transport, page, AssistantVersion.of, timeout, page_token or "")
