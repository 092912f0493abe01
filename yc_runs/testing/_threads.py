"""Threads and their messages, in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yc_runs.testing import _stored as stored
from yc_runs.testing._collection import Collection
from yc_runs.testing._errors import invalid, not_found
from yc_runs.testing._messages import CITATION, UPDATE_THREAD
from yc_runs.testing._parse import parse
from yc_runs.testing._schema import Record
from yc_runs.testing.script import Final, Message

ROLES = ("USER", "ASSISTANT")


class Threads:
    """All threads of a gateway. ``wall_clock`` gives nanoseconds since 1970. Methods raise GatewayError."""

    def __init__(self, wall_clock: Callable[[], int]) -> None:
        self._now = wall_clock
        self._threads: Collection[Record] = Collection("Thread", "thr")
        self._messages: dict[str, dict[str, Record]] = {}
        self._message_ids: Collection[Record] = Collection("Message", "msg")
        self._author_ids: Collection[Record] = Collection("Author", "aut")

    def create(self, request: Record) -> Record:
        """Carry out CreateThreadRequest."""
        stored.require(request, "folder_id")
        messages = request.get("messages", [])
        _check(messages)
        key = self._threads.new_id()
        fields = {name: value for name, value in request.items() if name != "messages"}
        fields["default_message_author_id"] = fields.get("default_message_author_id") or self._author_ids.new_id()
        self._threads.put(key, stored.created(key, fields, self._now()))
        self._messages[key] = {}
        self.write_all(key, messages)
        return self.get(key)

    def get(self, key: str) -> Record:
        """Find a thread."""
        return self._threads.get(key)

    def update(self, key: str, request: Record) -> Record:
        """Carry out UpdateThreadRequest."""
        thread, _ = stored.updated(UPDATE_THREAD, self.get(key), request, self._now())
        return self._threads.put(key, thread)

    def delete(self, key: str) -> None:
        """Remove a thread with its messages."""
        self._threads.remove(key)
        del self._messages[key]

    def page(self, request: Record) -> tuple[list[Record], str]:
        """Carry out ListThreadsRequest."""
        return stored.page_of_folder(self._threads, request)

    def write_all(self, key: str, messages: Sequence[Record]) -> None:
        """Append several MessageData, or none of them if one is wrong."""
        _check(messages)
        for message in messages:
            self.write(key, message)

    def write(self, key: str, data: Record) -> Record:
        """Append a MessageData to a thread."""
        thread = self.get(key)
        _check([data])
        author = data.get("author", {})
        return self._append(
            thread,
            {
                "author": {
                    "id": author.get("id") or thread["default_message_author_id"],
                    "role": author.get("role") or "USER",
                },
                "labels": data.get("labels", {}),
                "content": data["content"],
                "status": "COMPLETED",
            },
        )

    def answer(self, key: str, assistant_id: str, final: Final) -> Record:
        """Append an assistant's message. One for a thread that is gone meanwhile is only made."""
        thread = self._threads.get(key) if key in self._threads else {"id": key, "created_at": self._now()}
        return self._append(
            thread,
            {
                "author": {"id": assistant_id, "role": "ASSISTANT"},
                "content": text_content(final.text),
                "status": final.status,
                "citations": [parse(CITATION, citation) for citation in final.citations],
            },
        )

    def messages(self, key: str) -> list[Record]:
        """List a thread's messages, oldest first."""
        self.get(key)
        return list(self._messages[key].values())

    def message(self, key: str, message_id: str) -> Record:
        """Find a message of a thread."""
        self.get(key)
        if message_id not in self._messages[key]:
            raise not_found("Message", message_id)
        return self._messages[key][message_id]

    def transcript(self, key: str) -> list[Message]:
        """List a thread's messages as scripts see them, oldest first."""
        return [Message(message["author"]["role"], text_of(message["content"])) for message in self.messages(key)]

    def _append(self, thread: Record, fields: Record) -> Record:
        now = self._now()
        message = {
            "id": self._message_ids.new_id(),
            "thread_id": thread["id"],
            "created_by": stored.USER,
            "created_at": now,
            **fields,
        }
        if thread["id"] in self._threads:
            self._messages[thread["id"]][message["id"]] = message
            self._threads.put(thread["id"], stored.touched(thread, now))
        return message


def text_content(text: str) -> Record:
    """Make a MessageContent of one text part."""
    return {"content": [{"text": {"content": text}}]}


def text_of(content: Record) -> str:
    """Join the text parts of a MessageContent with newlines."""
    return "\n".join(part["text"].get("content", "") for part in content.get("content", []) if "text" in part)


def _check(messages: Sequence[Record]) -> None:
    for message in messages:
        parts = message.get("content", {}).get("content", [])
        if not parts or not all("text" in part for part in parts):
            raise invalid("a message's content must hold at least one part, each with a text")
        role = message.get("author", {}).get("role", "")
        if role and role not in ROLES:
            raise invalid(f"author.role must be one of {', '.join(ROLES)}, got {role!r}")
