"""Sans-I/O: Python values -> a request; bytes -> values. One package per dialect, and what they share."""

from __future__ import annotations

from yc_runs._lazy import lazy
from yc_runs.errors import ConfigurationError
from yc_runs.wire._request import Call, LiveCall, LocalCall, Request, StreamCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yc_runs.wire._dialect import AnyCall, Dialect, PageCalls, StartCall
    from yc_runs.wire._pages import Page, Paging
    from yc_runs.wire._run import Feed, RunWire, Turns

__all__ = [
    "AnyCall",
    "Call",
    "Dialect",
    "Feed",
    "LiveCall",
    "LocalCall",
    "Page",
    "PageCalls",
    "Paging",
    "Request",
    "RunWire",
    "StartCall",
    "StreamCall",
    "Turns",
    "dialect_named",
]


def dialect_named(name: str) -> Dialect:
    """A new dialect for a client: ``"assistants"`` or ``"responses"``. Raises ``ConfigurationError``."""
    if name == "assistants":
        from yc_runs.wire.assistants import AssistantsDialect

        return AssistantsDialect()
    if name == "responses":
        from yc_runs.wire.responses import ResponsesDialect

        return ResponsesDialect()
    raise ConfigurationError(f"dialect must be 'assistants' or 'responses', not {name!r:.100}")


# Type checkers see the names above; a __getattr__ would have them take any name for one.
if not TYPE_CHECKING:
    _NAMES = {
        "_dialect": "AnyCall Dialect PageCalls StartCall",
        "_pages": "Page Paging",
        "_run": "Feed RunWire Turns",
    }
    __getattr__, __dir__ = lazy(__name__, _NAMES)
