"""A thread as the gateway shows it (proto ``threads.Thread``)."""

from __future__ import annotations

from yc_runs.models._base import Items, Str
from yc_runs.models.search_index import StoredObject
from yc_runs.models.tools import Tool


class ThreadData(StoredObject):
    """Everything one answer says of a thread. ``tools`` are those that files and indexes of the thread bring."""

    default_message_author_id: Str = ""
    tools: Items[Tool] = ()
