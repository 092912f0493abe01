"""Threads of this API: conversations that the service keeps, and chains of responses that this process keeps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial

from yc_runs.models import Author, Message, MessageContent, MessageData, MessageStatus, ThreadData, ThreadSettings
from yc_runs.wire._dialect import AnyCall, PageCalls
from yc_runs.wire._pages import Page
from yc_runs.wire._reading import read_model
from yc_runs.wire._request import Call, LocalCall, Request, check_id, dump, segment
from yc_runs.wire.responses._conversation import CONVERSATIONS, ITEMS, get_items, items_path
from yc_runs.wire.responses._input import message_item, tool_items
from yc_runs.wire.responses._local_thread import PREFIX, LocalThread
from yc_runs.wire.responses._objects import ConversationObject, ListObject, MessageItem, moment
from yc_runs.wire.responses._output import content_part
from yc_runs.wire.responses._reading import read
from yc_runs.wire.responses._unsupported import refuse_given, unsupported


class Threads:
    """The calls for threads. A thread that brings tools is kept here; others are conversations of the service."""

    def __init__(self) -> None:
        self._local_threads: dict[str, LocalThread] = {}

    def local(self, thread_id: str) -> LocalThread | None:
        """The thread that is kept here; None for a conversation. Raises ``ValueError`` for one that is gone."""
        if not check_id("thread", thread_id).startswith(PREFIX):
            return None
        if thread_id in self._local_threads:
            return self._local_threads[thread_id]
        raise ValueError(
            f"thread {thread_id!r} is not known here: it was deleted, or made by another client. Threads with tools "
            "live in the client that made them: create it again."
        )

    def create_thread(
        self, folder_id: str, settings: ThreadSettings, messages: Sequence[MessageData]
    ) -> AnyCall[ThreadData]:
        """POST a conversation with these messages; where tools are given, keep a thread here."""
        refuse_given(
            "a thread",
            "Leave it out.",
            ttl_days=settings.ttl_days,
            expiration_policy=settings.expiration_policy,
            default_message_author_id=settings.default_message_author_id,
        )
        items = [message_item(message) for message in messages]
        if settings.tools:
            tool_items(settings.tools)
            return LocalCall(lambda: self._keep_thread(folder_id, settings, messages))
        advice = "Leave it out, or keep it in your own store: a conversation holds messages only."
        refuse_given("a thread", advice, labels=settings.labels, name=settings.name, description=settings.description)
        body = dump({"items": [{"type": "message", **item} for item in items]} if items else {})
        return Call(Request("POST", CONVERSATIONS, CONVERSATIONS, "create a thread", body), _read_conversation)

    def get_thread(self, thread_id: str) -> AnyCall[ThreadData]:
        """GET a conversation."""
        if thread := self.local(thread_id):
            return LocalCall(lambda: thread.data)
        path, name = f"{CONVERSATIONS}/{segment('thread', thread_id)}", f"{CONVERSATIONS}/{{conversation_id}}"
        return Call(Request("GET", path, name, f"get thread {thread_id!r}"), _read_conversation)

    def list_threads(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[ThreadData]]:
        """Raise ``UnsupportedOperationError``."""
        raise unsupported("list the threads", "Keep the ids of your threads: threads.get(id) finds each.")

    def update_thread(self, thread_id: str, changes: ThreadSettings) -> LocalCall[ThreadData]:
        """Change a thread that is kept here; conversations cannot be changed."""
        thread = self.local(thread_id)
        if thread is None:
            raise unsupported(f"update thread {thread_id!r}", "Keep names and labels in your own store.")
        advice = "Leave it out."
        refuse_given("a thread", advice, ttl_days=changes.ttl_days, expiration_policy=changes.expiration_policy)
        tool_items(changes.tools or ())
        return LocalCall(lambda: self._change_thread(thread, changes))

    def delete_thread(self, thread_id: str) -> LocalCall[None]:
        """Forget a thread that is kept here; conversations cannot be deleted."""
        if self.local(thread_id) is None:
            raise unsupported(f"delete thread {thread_id!r}", "Leave it: the service removes conversations by itself.")
        return LocalCall(lambda: self._forget_thread(thread_id))

    def create_message(self, thread_id: str, message: MessageData) -> AnyCall[Message]:
        """POST an item."""
        item = message_item(message)
        if thread := self.local(thread_id):
            return LocalCall(lambda: _written(thread, message))
        body = dump({"items": [{"type": "message", **item}]})
        request = Request("POST", items_path(thread_id), ITEMS, f"write a message to thread {thread_id!r}", body)
        return Call(request, partial(_read_written, thread_id, message))

    def get_message(self, thread_id: str, message_id: str) -> LocalCall[Message]:
        """A message of a thread that is kept here; items of conversations cannot be had one by one."""
        thread = self.local(thread_id)
        if thread is None:
            raise unsupported(f"get message {message_id!r} of thread {thread_id!r}", "Read the thread instead.")
        found = next((message for message in thread.messages if message.id == message_id), None)
        if found is None:
            raise ValueError(f"message {message_id!r:.100} is not on thread {thread_id!r}")
        return LocalCall(lambda: found)

    def list_messages(self, thread_id: str) -> PageCalls[Message | None]:
        """GET the items page by page, the newest first."""
        if thread := self.local(thread_id):
            return lambda page_token: LocalCall(lambda: Page(tuple(reversed(thread.messages)), ""))
        return partial(_items_page, thread_id)

    def _keep_thread(self, folder_id: str, settings: ThreadSettings, messages: Sequence[MessageData]) -> ThreadData:
        data = ThreadData(id=f"{PREFIX}{uuid.uuid4()}", folder_id=folder_id)
        thread = self._local_threads[data.id] = LocalThread(data)
        self._change_thread(thread, settings)
        thread.write(map(thread.made, messages))
        return thread.data

    def _change_thread(self, thread: LocalThread, settings: ThreadSettings) -> ThreadData:
        empty, given = ThreadData(), settings.given()
        names = given.keys() & {"name", "description", "labels", "tools"}
        changes = {name: getattr(empty, name) if given[name] is None else given[name] for name in names}
        thread.data = thread.data.model_copy(update=changes)
        thread.tools = thread.data.tools
        return thread.data

    def _forget_thread(self, thread_id: str) -> None:
        self._local_threads.pop(thread_id, None)


def _written(thread: LocalThread, message: MessageData) -> Message:
    made = thread.made(message)
    thread.write([made])
    return made


def _items_page(thread_id: str, page_token: str) -> Call[Page[Message | None]]:
    return get_items(thread_id, f"read the messages of thread {thread_id!r}", partial(_page, thread_id), page_token)


@read
def _page(thread_id: str, body: bytes) -> Page[Message | None]:
    found = read_model(ListObject, body)
    last = found.last_id or (str(found.data[-1].get("id") or "") if found.data else "")
    if found.has_more and found.data and not last:
        raise ValueError("has_more: without an id to go on from")
    return Page([_message(thread_id, item) for item in found.data], last if found.has_more else "")


@read
def _read_written(thread_id: str, message: MessageData, body: bytes) -> Message:
    """The item as the gateway tells of it, or as it was sent where the gateway tells nothing."""
    items = read_model(ListObject, body).data
    told = next((found for found in (_message(thread_id, item) for item in items) if found), None)
    return told or Message(thread_id=thread_id, author=message.author, content=message.content)


def _message(thread_id: str, item: dict[str, object]) -> Message | None:
    """The message that an item is; None for an item of another kind."""
    if item.get("type", "message") != "message":
        return None
    found = MessageItem.model_validate(item)
    return Message(
        id=found.id,
        thread_id=thread_id,
        author=Author(role=found.role.upper()),
        content=MessageContent(content=tuple(map(content_part, found.content))),
        status=MessageStatus.TRUNCATED if found.status == "incomplete" else MessageStatus.COMPLETED,
    )


@read
def _read_conversation(body: bytes) -> ThreadData:
    found = read_model(ConversationObject, body)
    if not found.id:
        raise ValueError("a conversation without an id")
    return ThreadData(id=found.id, created_at=moment(found.created_at))
