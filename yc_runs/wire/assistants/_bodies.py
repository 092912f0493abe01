"""Settings of threads and assistants -> members of a request's body, and the mask that goes with a change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yc_runs.models import LastMessagesPromptTruncationStrategy, Model, ObjectSettings, OpenEnum

_PATHS = {
    "name": "name",
    "description": "description",
    "labels": "labels",
    "ttl_days": "expirationConfig.ttlDays",
    "expiration_policy": "expirationConfig.expirationPolicy",
    "tools": "tools",
    "default_message_author_id": "defaultMessageAuthorId",
    "model_uri": "modelUri",
    "instruction": "instruction",
    "temperature": "completionOptions.temperature",
    "max_tokens": "completionOptions.maxTokens",
    "max_prompt_tokens": "promptTruncationOptions.maxPromptTokens",
    "response_format": "responseFormat",
}
_AUTO = "promptTruncationOptions.autoStrategy"
_LAST_MESSAGES = "promptTruncationOptions.lastMessagesStrategy"


def members(settings: ObjectSettings) -> dict[str, Any]:
    """What was given and is not nothing, nested as a body has it."""
    body: dict[str, Any] = {}
    for path, value in _given(settings):
        if not _is_nothing(value):
            _put(body, path.split("."), _json(value))
    return body


def mask(settings: ObjectSettings) -> str:
    """The paths of all that was given. What a mask names and the body does not hold is set back to nothing."""
    return ",".join(path for path, _ in _given(settings))


def _given(settings: ObjectSettings) -> Iterator[tuple[str, object]]:
    for name, value in settings.given().items():
        if name != "prompt_truncation_strategy":
            yield _PATHS[name], value
        elif value is None:
            # One of the two is set at most, and which one is not known here.
            yield from ((_AUTO, None), (_LAST_MESSAGES, None))
        else:
            yield _LAST_MESSAGES if isinstance(value, LastMessagesPromptTruncationStrategy) else _AUTO, value


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, (str, dict, tuple)) and not value)


def _json(value: object) -> object:
    if isinstance(value, Model):
        return value.to_wire()
    if isinstance(value, tuple):
        return [_json(item) for item in value]
    if isinstance(value, OpenEnum):
        return value.raw
    return str(value) if isinstance(value, int) else value


def _put(body: dict[str, Any], path: list[str], value: object) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value
