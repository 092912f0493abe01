"""The objects of the Responses API, as far as they are read. Members may be null, or missing, or more than known."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated, Any

from pydantic import BeforeValidator

from yc_runs.models._base import Int64, Items, Model, Str

_MILLISECONDS = 1e11
"""A time larger than this is in milliseconds: some gateways say so where seconds are documented."""


class ContentItem(Model):
    """One part of a message."""

    type: Str = ""
    text: Str = ""
    refusal: Str = ""
    annotations: Items[dict[str, Any]] = ()


def moment(created: float | None) -> datetime | None:
    """The time that ``created_at`` names; aware. Raises ``ValueError`` for what is no time."""
    if created is None:
        return None
    try:
        return datetime.fromtimestamp(created / 1000 if created > _MILLISECONDS else created, timezone.utc)
    except (OverflowError, OSError):
        raise ValueError("created_at: it is no time") from None


def _parts(content: object) -> object:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


class MessageItem(Model):
    """A message, of an answer or of a conversation. Its content may come as one text."""

    id: Str = ""
    status: Str = ""
    role: Str = ""
    content: Annotated[Items[ContentItem], BeforeValidator(_parts)] = ()


class FunctionCallItem(Model):
    """A call of a function. ``call_id`` may be the function's name, and may repeat; ``arguments`` is JSON in a text."""

    id: Str = ""
    call_id: Str = ""
    name: Str = ""
    arguments: Str = ""


class TokensUsed(Model):
    """The tokens of one response."""

    input_tokens: Int64 = 0
    output_tokens: Int64 = 0
    total_tokens: Int64 = 0


class ResponseObject(Model):
    """A response. Its output is of many kinds, so it is read item by item."""

    id: Str = ""
    created_at: float | None = None
    status: Str = ""
    output: Items[dict[str, Any]] = ()
    usage: TokensUsed | None = None
    error: Any = None
    incomplete_details: dict[str, Any] | None = None
    previous_response_id: str | None = None
    conversation: Any = None
    prompt: Any = None
    background: bool | None = None

    @property
    def reason(self) -> str:
        """Why it is incomplete; empty where it is not, or where nothing is said."""
        return str((self.incomplete_details or {}).get("reason") or "")


class ListObject(Model):
    """One page of a list."""

    data: Items[dict[str, Any]] = ()
    last_id: Str = ""
    has_more: bool | None = None


class ConversationObject(Model):
    """A conversation."""

    id: Str = ""
    created_at: float | None = None
