"""Threads, as ``/assistants/v1/threads`` has them."""

from __future__ import annotations

from collections.abc import Sequence

from yc_runs.models import MessageData, ThreadData, ThreadSettings
from yc_runs.models._base import Items
from yc_runs.wire._pages import Page
from yc_runs.wire._request import Call
from yc_runs.wire.assistants._bodies import mask, members
from yc_runs.wire.assistants._collection import Collection
from yc_runs.wire.assistants._page_reading import PageModel


class _ThreadPage(PageModel):
    threads: Items[ThreadData] = ()


_THREADS = Collection("thread", "/assistants/v1/threads", ThreadData, _ThreadPage, "threads")


class ThreadCalls:
    """The calls that create threads, look at them, change and delete them."""

    def create_thread(
        self, folder_id: str, settings: ThreadSettings, messages: Sequence[MessageData]
    ) -> Call[ThreadData]:
        """POST a thread, with its first messages if there are any."""
        body = members(settings)
        if messages:
            body["messages"] = [message.to_wire() for message in messages]
        return _THREADS.create(folder_id, body)

    def get_thread(self, thread_id: str) -> Call[ThreadData]:
        """GET one thread."""
        return _THREADS.get(thread_id)

    def list_threads(self, folder_id: str, *, page_size: int | None, page_token: str) -> Call[Page[ThreadData]]:
        """GET one page of a folder's threads."""
        return _THREADS.page(folder_id, page_size, page_token)

    def update_thread(self, thread_id: str, changes: ThreadSettings) -> Call[ThreadData]:
        """PATCH what was given."""
        return _THREADS.update(thread_id, mask(changes), members(changes))

    def delete_thread(self, thread_id: str) -> Call[None]:
        """DELETE one thread."""
        return _THREADS.delete(thread_id)
