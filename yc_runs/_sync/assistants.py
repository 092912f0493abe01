# Generated from yc_runs/_async/assistants.py by tools/generate_sync.py; do not edit.
"""Assistants: creating, finding and listing them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from yc_runs._arguments.checks import need_folder, page_size_of
from yc_runs._arguments.options import ResponseFormatLike, StrategyLike
from yc_runs._arguments.settings import ExpirationPolicyLike, new_settings
from yc_runs._arguments.tools import ToolLike
from yc_runs._assistant_fields import model_settings
from yc_runs._sync.assistant import Assistant
from yc_runs._sync.pages import read_pages
from yc_runs._sync.transport import Transport
from yc_runs._unset import UNSET, Timeout
from yc_runs.completions import GPTModel, Models
from yc_runs.models import AssistantData, AssistantSettings
from yc_runs.wire import Dialect


@dataclass(frozen=True)
class Assistants:
    """The assistants of a folder. Reached as ``client.assistants``."""

    _transport: Transport
    _dialect: Dialect
    _folder_id: str | None

    def create(
        self,
        model: str | GPTModel,
        *,
        temperature: float | None = None,
        max_tokens: int | None = None,
        max_prompt_tokens: int | None = None,
        prompt_truncation_strategy: StrategyLike | None = None,
        name: str | None = None,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        ttl_days: int | None = None,
        expiration_policy: ExpirationPolicyLike | None = None,
        instruction: str | None = None,
        tools: ToolLike | Iterable[ToolLike] | None = None,
        response_format: ResponseFormatLike | None = None,
        timeout: Timeout = UNSET,
    ) -> Assistant:
        """Make an assistant.

        ``model``: a name such as ``"yandexgpt"``, a URI, or a reference from ``client.models.completions``, whose
        configuration holds where ``temperature`` and ``max_tokens`` are not given. ``instruction``: what it is told
        before each conversation. ``max_prompt_tokens`` and ``prompt_truncation_strategy``: how threads are cut to fit
        the prompt. ``ttl_days`` and ``expiration_policy`` go together: the assistant is removed so many days after
        its creation (``"static"``) or its last use (``"since_last_active"``). ``timeout`` in seconds covers all
        attempts.

        Raises ``ConfigurationError`` where the client has no folder, ``TypeError`` or ``ValueError`` for wrong
        arguments, before anything is sent. Where an error's ``maybe_applied`` is True, the assistant may have been
        created all the same.
        """
        folder = need_folder(self._folder_id, "create an assistant")
        options = (UNSET if temperature is None else temperature, UNSET if max_tokens is None else max_tokens)
        settings = new_settings(
            AssistantSettings,
            **model_settings(Models(folder), model, *options),
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
        return self._assistant(self._transport.call(self._dialect.create_assistant(folder, settings), timeout=timeout))

    def get(self, assistant_id: str, *, timeout: Timeout = UNSET) -> Assistant:
        """The assistant with this id. ``timeout`` in seconds covers all attempts. Raises ``NotFoundError``."""
        return self._assistant(self._transport.call(self._dialect.get_assistant(assistant_id), timeout=timeout))

    def list(self, *, page_size: int | None = None, timeout: Timeout = UNSET) -> Generator[Assistant, None, None]:
        """The folder's assistants, page by page, each page read when it is reached.

        ``page_size``: how many assistants a page has, None for the gateway's choice. ``timeout``: seconds for each
        page. Raises ``ConfigurationError`` where the client has no folder, ``DecodeError`` for a list without an end.
        """
        folder, size = need_folder(self._folder_id, "list the assistants"), page_size_of(page_size)
        page = partial(self._dialect.list_assistants, folder, page_size=size)
        return read_pages(self._transport, page, self._assistant, timeout)

    def _assistant(self, data: AssistantData) -> Assistant:
        return Assistant(data, self._transport, self._dialect, self._folder_id)
