"""Which dialect a path belongs to, as far as the front end must know: how it writes errors, how it frames streams."""

from __future__ import annotations

from typing import Any

from yc_runs.testing import _errors as errors
from yc_runs.testing._framing import Framer, StreamFramer
from yc_runs.testing._responses import errors as responses_errors
from yc_runs.testing._responses.framing import EventFramer
from yc_runs.testing._settings import Settings

RESPONSES = "/v1/"
"""How the paths of the Responses dialect begin."""


def error_body(path: str, settings: Settings, error: errors.GatewayError) -> dict[str, Any]:
    """Give the JSON body of a failed call."""
    if path.startswith(RESPONSES):
        return responses_errors.body(error, is_flat="flat-errors" in settings.quirks)
    return errors.body(error)


def framer(path: str, settings: Settings, *, is_empty: bool = True) -> StreamFramer:
    """Make what frames a stream; ``is_empty`` is False to go on with one that another has begun."""
    return EventFramer(settings.quirks) if path.startswith(RESPONSES) else Framer(settings.framing, is_empty=is_empty)
