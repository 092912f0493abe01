"""The I/O of one reading of a thread's messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from yc_runs._async.stream import AsyncStream
from yc_runs._async.transport import AsyncTransport
from yc_runs._message_list import MessageList
from yc_runs._unset import Timeout
from yc_runs.errors import RunsError
from yc_runs.models import Message
from yc_runs.wire import StreamCall


async def read_messages(
    transport: AsyncTransport, call: StreamCall[Message], timeout: Timeout, idle_timeout: float | None
) -> AsyncGenerator[Message, None]:
    """The messages that a stream brings. What is done when it breaks is decided in ``yc_runs._message_list``."""
    reading, deadline = MessageList(transport.retry), transport.deadline(timeout)
    while not reading.is_over:
        broken_by: RunsError | None = None
        try:
            async with AsyncStream(transport, call, deadline, idle_timeout) as stream:
                while (message := await stream.next()) is not None:
                    if reading.accept(message):
                        yield message
                if stream.is_cut:
                    raise stream.broken_off("the answer ended in the middle of the list")
        except RunsError as error:
            broken_by = error
        if broken_by is None:
            reading.ended()
            continue
        pause = reading.interrupted(broken_by, transport.clock.dice())
        if not deadline.allows(pause, transport.clock.now()):
            raise broken_by
        transport.observe("resume", call.request, reading.attempt - 1, error=broken_by, wait=pause)
        await transport.clock.sleep(pause)
