"""Keys and tokens that a gateway repeats, taken out of what is shown. Pure.

Every error of a request passes ``redact`` on its way out, whatever it was made of: that is the one seam. What is cut to
an excerpt is cleaned before that too, by ``without_secret``: the beginning of a key is harder to know for one.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

import httpx

from yc_runs.errors import RunsError

_MARK = "[secret]"
_SHORTEST = 8
"""The fewest characters of a key or token; fewer would be found in any text."""
_BEGINNING = 16
"""So many characters of its beginning are known for a secret that was cut."""


def secret_of(request: httpx.Request) -> str:
    """The key or token that a request was signed with, empty where there is none to speak of."""
    secret = request.headers.get("authorization", "").rpartition(" ")[2]
    return secret if len(secret) >= _SHORTEST else ""


def without_secret(body: bytes, secret: str) -> bytes:
    """A body without the secret."""
    return body.replace(secret.encode("latin-1", "replace"), _MARK.encode()) if secret else body


def redact(error: BaseException | None, secret: str) -> None:
    """Take the secret out of an error's text and fields. Errors that are neither ours nor httpx's stay as they are."""
    if not secret or not isinstance(error, (RunsError, httpx.HTTPError)):
        return
    error.args = clean(error.args, secret)
    if isinstance(error, RunsError):  # a transport of one's own may keep anything in its httpx error
        vars(error).update({name: clean(value, secret) for name, value in vars(error).items()})


def clean(value: Any, secret: str) -> Any:
    """A text, or what JSON can hold, without the secret."""
    if isinstance(value, str):
        return _without(value, secret) if secret else value
    if isinstance(value, dict):
        return {clean(name, secret): clean(inner, secret) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(clean(inner, secret) for inner in value)
    return value


def _without(text: str, secret: str) -> str:
    text = text.replace(secret, _MARK)
    beginning, rest = secret[:_BEGINNING], secret[_BEGINNING:]
    if not rest or beginning not in text:
        return text
    first, *others = text.split(beginning)
    return _MARK.join([first, *(other[_agreeing(other, rest) :] for other in others)])


def _agreeing(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
