# Generated from yc_runs/_async/threads.py by tools/generate_sync.py; do not edit.
"""Threads: creating, finding and listing them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from yc_runs._arguments.checks import need_folder, page_size_of, several
from yc_runs._arguments.messages import MessageLike, message_data
from yc_runs._arguments.settings import ExpirationPolicyLike, new_settings
from yc_runs._arguments.tools import ToolLike
from yc_runs._sync.pages import read_pages
from yc_runs._sync.thread import Thread
from yc_runs._sync.transport import Transport
from yc_runs._unset import UNSET, Timeout
from yc_runs.models import ThreadData, ThreadSettings
from yc_runs.wire import Dialect


@dataclass(frozen=True)
class Threads:
    """The threads of a folder. Reached as ``client.threads``."""

    _transport: Transport
    _dialect: Dialect
    _folder_id: str | None

    def create(
        self,
        messages: MessageLike | Iterable[MessageLike] | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
        labels: Mapping[str, str] | None = None,
        ttl_days: int | None = None,
        expiration_policy: ExpirationPolicyLike | None = None,
        tools: ToolLike | Iterable[ToolLike] | None = None,
        default_message_author_id: str | None = None,
        timeout: Timeout = UNSET,
    ) -> Thread:
        """Start a thread, with one message or several on it, the oldest first.

        ``ttl_days`` and ``expiration_policy`` go together: the thread is removed so many days after its creation
        (``"static"``) or its last use (``"since_last_active"``). ``tools`` come with the thread to every run on it.
        ``default_message_author_id``: the author of messages that name none, None for the gateway's choice.
        ``timeout`` in seconds covers all attempts.

        Raises ``ConfigurationError`` where the client has no folder, ``TypeError`` or ``ValueError`` for wrong
        arguments, before anything is sent. Where an error's ``maybe_applied`` is True, the thread may have been
        created all the same.
        """
        settings = new_settings(
            ThreadSettings,
            name=name,
            description=description,
            labels=labels,
            ttl_days=ttl_days,
            expiration_policy=expiration_policy,
            tools=tools,
            default_message_author_id=default_message_author_id,
        )
        first = [message_data(message) for message in several("messages", messages)]
        folder = need_folder(self._folder_id, "create a thread")
        return self._thread(self._transport.call(self._dialect.create_thread(folder, settings, first), timeout=timeout))

    def get(self, thread_id: str, *, timeout: Timeout = UNSET) -> Thread:
        """The thread with this id. ``timeout`` in seconds covers all attempts. Raises ``NotFoundError``."""
        return self._thread(self._transport.call(self._dialect.get_thread(thread_id), timeout=timeout))

    def list(self, *, page_size: int | None = None, timeout: Timeout = UNSET) -> Generator[Thread, None, None]:
        """The folder's threads, page by page, each page read when it is reached.

        ``page_size``: how many threads a page has, None for the gateway's choice. ``timeout``: seconds for each page.
        Raises ``ConfigurationError`` where the client has no folder, ``DecodeError`` for a list without an end.
        """
        folder, size = need_folder(self._folder_id, "list the threads"), page_size_of(page_size)
        page = partial(self._dialect.list_threads, folder, page_size=size)
        return read_pages(self._transport, page, self._thread, timeout)

    def _thread(self, data: ThreadData) -> Thread:
        return Thread(data, self._transport, self._dialect)
