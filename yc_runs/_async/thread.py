"""A thread: what it is, and what can be done with it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from typing import TYPE_CHECKING

from typing_extensions import Self

from yc_runs._arguments.messages import MessageLike
from yc_runs._arguments.settings import ExpirationPolicyLike, changes
from yc_runs._arguments.tools import ToolLike
from yc_runs._async.messages import AsyncMessages
from yc_runs._async.sending import IDLE_TIMEOUT
from yc_runs._resource_fields import ThreadFields
from yc_runs._unset import UNSET, Timeout, Unset
from yc_runs.models import Message, ThreadData, ThreadSettings

if TYPE_CHECKING:
    from yc_runs._async.transport import AsyncTransport
    from yc_runs.wire import Dialect


class AsyncThread(ThreadFields):
    """A conversation, as the gateway showed it when this object was made or updated last.

    Two threads are equal where their fields are. After ``delete`` every method raises ``ValueError``.
    """

    def __init__(self, data: ThreadData, transport: AsyncTransport, dialect: Dialect) -> None:
        super().__init__(data)
        self._transport = transport
        self._dialect = dialect
        self._messages = AsyncMessages(transport, dialect)

    async def write(
        self, message: MessageLike, *, labels: Mapping[str, str] | None = None, timeout: Timeout = UNSET
    ) -> Message:
        """Put a message on the thread: a str, a ``{"role", "text"}`` dict, or an object with role and text.

        ``timeout`` in seconds covers all attempts. Raises ``TypeError`` or ``ValueError`` for wrong arguments before
        anything is sent. Where an error's ``maybe_applied`` is True, the message may have been written all the same.
        """
        self._check_exists("write to")
        return await self._messages.create(message, thread_id=self.id, labels=labels, timeout=timeout)

    def read(
        self, *, timeout: Timeout = UNSET, idle_timeout: float | None = IDLE_TIMEOUT
    ) -> AsyncGenerator[Message, None]:
        """The thread's messages, the newest first, each read when it is asked for: ``client.messages.list``."""
        self._check_exists("read")
        return self._messages.list(self.id, timeout=timeout, idle_timeout=idle_timeout)

    def __aiter__(self) -> AsyncGenerator[Message, None]:
        return self.read()

    async def update(
        self,
        *,
        name: str | Unset | None = UNSET,
        description: str | Unset | None = UNSET,
        labels: Mapping[str, str] | Unset | None = UNSET,
        ttl_days: int | Unset | None = UNSET,
        expiration_policy: ExpirationPolicyLike | Unset | None = UNSET,
        tools: ToolLike | Iterable[ToolLike] | Unset | None = UNSET,
        timeout: Timeout = UNSET,
    ) -> Self:
        """Change what is given; None sets it back to nothing. Gives this object, with the fields as they now are.

        Nothing is sent where nothing is given. ``timeout`` in seconds covers all attempts. Raises ``TypeError`` or
        ``ValueError`` for wrong arguments before anything is sent.
        """
        self._check_exists("update")
        settings = changes(
            ThreadSettings,
            name=name,
            description=description,
            labels=labels,
            ttl_days=ttl_days,
            expiration_policy=expiration_policy,
            tools=tools,
        )
        if not settings.given():
            return self
        return self._take(await self._transport.call(self._dialect.update_thread(self.id, settings), timeout=timeout))

    async def delete(self, *, timeout: Timeout = UNSET) -> None:
        """Remove the thread with its messages. ``timeout`` in seconds covers all attempts."""
        self._check_exists("delete")
        await self._transport.call(self._dialect.delete_thread(self.id), timeout=timeout)
        self._is_deleted = True
