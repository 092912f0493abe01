# Generated from yc_runs/_async/messages.py by tools/generate_sync.py; do not edit.
"""Messages: writing, finding and reading them."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from yc_runs._arguments.checks import HasId, id_of, seconds
from yc_runs._arguments.messages import MessageLike, message_data
from yc_runs._sync.message_list import read_messages
from yc_runs._sync.pages import read_pages
from yc_runs._sync.sending import IDLE_TIMEOUT
from yc_runs._sync.transport import Transport
from yc_runs._unset import UNSET, Timeout
from yc_runs.models import Message
from yc_runs.wire import Dialect, StreamCall


@dataclass(frozen=True)
class Messages:
    """The messages of threads. Reached as ``client.messages``."""

    _transport: Transport
    _dialect: Dialect

    def create(
        self,
        message: MessageLike,
        *,
        thread_id: str | HasId,
        labels: Mapping[str, str] | None = None,
        timeout: Timeout = UNSET,
    ) -> Message:
        """Write a message to a thread: a str, a ``{"role", "text"}`` dict, or an object with role and text.

        ``timeout`` in seconds covers all attempts. Raises ``TypeError`` or ``ValueError`` for wrong arguments before
        anything is sent. Where an error's ``maybe_applied`` is True, the message may have been written all the same.
        """
        call = self._dialect.create_message(id_of("thread", thread_id), message_data(message, labels))
        return self._transport.call(call, timeout=timeout)

    def get(self, thread_id: str | HasId, message_id: str | HasId, *, timeout: Timeout = UNSET) -> Message:
        """A thread's message with this id. ``timeout`` in seconds covers all attempts. Raises ``NotFoundError``."""
        call = self._dialect.get_message(id_of("thread", thread_id), id_of("message", message_id))
        return self._transport.call(call, timeout=timeout)

    def list(
        self, thread_id: str | HasId, *, timeout: Timeout = UNSET, idle_timeout: float | None = IDLE_TIMEOUT
    ) -> Generator[Message, None, None]:
        """A thread's messages, the newest first, each read when it is asked for; nothing is sent before the first.

        ``timeout`` bounds the whole reading in seconds, what the caller does in between included; None for no bound.
        Where the gateway gives the list in pages, it is for each page.
        After ``idle_timeout`` seconds without a single byte the stream is taken for dead.

        A stream that breaks is begun anew as the client's retry policy allows, and what was given out already is
        passed over. Where it cannot be, what broke it is raised: ``ConnectionLostError``, ``RequestTimeoutError`` or
        ``APIError``.
        """
        seconds("idle_timeout", idle_timeout, above=True)
        call = self._dialect.list_messages(id_of("thread", thread_id))
        if isinstance(call, StreamCall):
            return read_messages(self._transport, call, timeout, idle_timeout)
        return read_pages(self._transport, call, lambda message: message, timeout)
