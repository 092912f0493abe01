"""How an asynchronous name, or a text that shows asynchronous code, reads in the synchronous twin.

Names follow ``NAMES`` where listed. Every other name loses ``Async`` in front of a capital (``AsyncRun``,
``_AsyncPool``, ``TestAsyncRun``) and ``async_`` at the start of a word (``async_sleep``, ``make_async_client``).
"""

from __future__ import annotations

import re

NAMES = {
    # where the twins live
    "_async": "_sync",
    # the protocols of the language
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "aiter": "iter",
    "anext": "next",
    # generators, context managers
    "aclose": "close",
    "aclosing": "closing",
    "asend": "send",
    "athrow": "throw",
    "asynccontextmanager": "contextmanager",
    "enter_async_context": "enter_context",
    "push_async_callback": "callback",
    "push_async_exit": "push",
    # httpx and httpx-sse
    "AsyncByteStream": "SyncByteStream",
    "aconnect_sse": "connect_sse",
    "aiter_bytes": "iter_bytes",
    "aiter_lines": "iter_lines",
    "aiter_raw": "iter_raw",
    "aiter_sse": "iter_sse",
    "aiter_text": "iter_text",
    "aread": "read",
    "async_auth_flow": "sync_auth_flow",
    # asynchronous here and there: these keep their names
    "async_to_sync": "async_to_sync",
}
"""The exceptions to the general rule; a name mapped to itself stays."""

_CAMEL = re.compile(r"Async(?=[A-Z])")
_SNAKE = re.compile(r"(?<![A-Za-z0-9])async_(?=[A-Za-z])")
_WORD = re.compile(r"\b[A-Za-z_]\w*")

_TEXT = (
    # code: `async with`, and `await` before something that can only be an expression
    (re.compile(r"\basync (?=(?:with|for|def)\b)"), ""),
    (re.compile(r"\bawait (?=[A-Za-z_][\w.]*(?:[(\[`]|\.\w))"), ""),
    (re.compile(r"(?<== )await (?=\w)|(?<=\breturn )await (?=\w)|(?<=[(\[`])await (?=\w)"), ""),
    # prose: "an async iterator", "an asynchronous client"
    (re.compile(r"\b([Aa])n async(?:hronous)? (?=[aeiou])"), r"\1n "),
    (re.compile(r"\b([Aa])n async(?:hronous)? (?=[b-z])"), r"\1 "),
    (re.compile(r"\basync(?:hronous)? (?=(?:iterators?|iterables?|generators?|context managers?|clients?)\b)"), ""),
)


def sync_name(name: str) -> str:
    """Return the synchronous name for ``name``, which is ``name`` itself for most."""
    if name in NAMES:
        return NAMES[name]
    return _SNAKE.sub("", _CAMEL.sub("", name))


def sync_text(text: str) -> str:
    """Return a comment's or string's text with its code samples, names and set phrases made synchronous."""
    for pattern, replacement in _TEXT:
        text = pattern.sub(replacement, text)
    return _WORD.sub(lambda match: sync_name(match[0]), text)
