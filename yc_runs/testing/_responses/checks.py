"""What cannot be said of one member of a request alone."""

from __future__ import annotations

from collections.abc import Collection

from yc_runs.testing._responses.errors import ParameterError
from yc_runs.testing._responses.quirks import Quirk
from yc_runs.testing._responses.requests import CreateResponse, InputCall, InputOutput


def check(request: CreateResponse, quirks: Collection[Quirk]) -> None:
    """Refuse a request that makes no sense as a whole. Raises ParameterError."""
    if request.model is None and request.prompt is None:
        raise ParameterError("Missing required parameter: 'model'.", "model")
    if request.conversation and request.previous_response_id:
        message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'."
        raise ParameterError(message, "previous_response_id")
    if not request.input and not request.conversation and not request.previous_response_id:
        raise ParameterError("Missing required parameter: 'input'.", "input")
    if request.background and request.store is False:
        raise ParameterError("Background mode requires store to be true.", "store")
    if request.background and request.stream and "no-background-stream" in quirks:
        raise ParameterError("A background response cannot be streamed.", "stream")
    if "no-call-ids-match" in quirks:
        _check_pairs(request)


def _check_pairs(request: CreateResponse) -> None:
    calls = [item.call_id for item in request.input or [] if isinstance(item, InputCall)]
    outputs = [item.call_id for item in request.input or [] if isinstance(item, InputOutput)]
    if sorted(calls) != sorted(outputs):
        raise ParameterError("Tool outputs do not match the function calls of the input.", "input")
