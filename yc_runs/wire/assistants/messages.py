"""Messages, as ``/assistants/v1/messages`` has them."""

from __future__ import annotations

from yc_runs.models import Message, MessageData
from yc_runs.wire._reading import read_model
from yc_runs.wire._request import Call, Request, StreamCall, check_id, dump, segment, target
from yc_runs.wire.assistants._reading import document_reader

_MESSAGES = "/assistants/v1/messages"


class MessageCalls:
    """The calls that write messages and read them."""

    def create_message(self, thread_id: str, message: MessageData) -> Call[Message]:
        """POST a message."""
        body = dump({"threadId": check_id("thread", thread_id), **message.to_wire()})
        request = Request("POST", _MESSAGES, _MESSAGES, f"write a message to thread {thread_id!r}", body)
        return Call(request, _read_message)

    def get_message(self, thread_id: str, message_id: str) -> Call[Message]:
        """GET one message of a thread."""
        path = f"{_MESSAGES}/{segment('message', message_id)}"
        query = target(path, {"threadId": check_id("thread", thread_id)})
        subject = f"get message {message_id!r} of thread {thread_id!r}"
        return Call(Request("GET", query, f"{_MESSAGES}/{{message_id}}", subject), _read_message)

    def list_messages(self, thread_id: str) -> StreamCall[Message]:
        """GET the stream of a thread's messages, the newest first."""
        query = target(_MESSAGES, {"threadId": check_id("thread", thread_id)})
        request = Request("GET", query, _MESSAGES, f"read the messages of thread {thread_id!r}")
        return StreamCall(request, _read_listed)


_read_document = document_reader(Message)


def _read_message(body: bytes) -> Message:
    return _with_id(read_model(Message, body))


def _read_listed(document: bytes) -> Message:
    return _with_id(_read_document(document))


def _with_id(message: Message) -> Message:
    if not message.id:
        raise ValueError("a message without an id")
    return message
