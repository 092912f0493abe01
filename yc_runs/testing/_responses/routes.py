"""The calls of this dialect."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from yc_runs.testing._endpoints import Endpoint, guarded, json_response
from yc_runs.testing._errors import UNIMPLEMENTED, GatewayError
from yc_runs.testing._responses.query import number, page_options, truth
from yc_runs.testing._responses.reading import read
from yc_runs.testing._responses.render import conversation_object, list_object, page_of, response_object
from yc_runs.testing._responses.requests import CreateConversation, CreateItems, CreateResponse
from yc_runs.testing._responses.sending import answer_at_end, resumed, streamed

if TYPE_CHECKING:
    from yc_runs.testing._backend import Backend

PREFIX = "/v1"
Act: TypeAlias = "Callable[[Backend, Request, bytes], Any]"
"""Carries a call out under the backend's lock: gives what is sent as JSON, or an app that sends the answer."""


def responses_routes(backend: Backend) -> list[Route]:
    """List the routes of the dialect."""
    return [
        Route(PREFIX + path, guarded(_endpoint(backend, act)), methods=[method])
        for (method, path), act in _CALLS.items()
    ]


def _endpoint(backend: Backend, act: Act) -> Endpoint:
    async def endpoint(request: Request) -> ASGIApp:
        body = await request.body()
        with backend.lock:
            answer = act(backend, request, body)
        app: ASGIApp = json_response(200, answer) if isinstance(answer, dict) else answer
        return app

    return endpoint


def _id(request: Request) -> str:
    return unquote(request.path_params["id"])


def _create(backend: Backend, request: Request, body: bytes) -> Any:
    folder_id = request.headers.get("openai-project") or backend.settings.folder_id
    response = backend.responses.create(read(CreateResponse, body), folder_id)
    if response.request.stream:
        return streamed(backend, response)
    if response.is_background:
        return response_object(response, "queued", backend.settings.quirks)
    return answer_at_end(backend, response)


def _get(backend: Backend, request: Request, body: bytes) -> Any:
    response = backend.responses.find(_id(request))
    quirks = backend.settings.quirks
    if truth(request, "stream") and "ignores-stream" not in quirks:
        return resumed(backend, response, number(request, "starting_after", -1))
    answer = response_object(response, response.status_for_polls, quirks)
    response.polls.count()
    return answer


def _delete(backend: Backend, request: Request, body: bytes) -> Any:
    backend.responses.delete(_id(request))
    return {"id": _id(request), "object": "response", "deleted": True}


def _cancel(backend: Backend, request: Request, body: bytes) -> Any:
    response = backend.responses.cancel(_id(request))
    backend.bell.ring(response.id)
    return response_object(response, response.status, backend.settings.quirks)


def _input_items(backend: Backend, request: Request, body: bytes) -> Any:
    return page_of(backend.responses.find(_id(request)).input, *page_options(request))


def _create_conversation(backend: Backend, request: Request, body: bytes) -> Any:
    conversation = backend.responses.create_conversation(read(CreateConversation, body))
    return conversation_object(conversation, backend.settings.quirks)


def _get_conversation(backend: Backend, request: Request, body: bytes) -> Any:
    return conversation_object(backend.responses.conversation(_id(request)), backend.settings.quirks)


def _list_items(backend: Backend, request: Request, body: bytes) -> Any:
    return page_of(backend.responses.conversation(_id(request)).items, *page_options(request))


def _create_items(backend: Backend, request: Request, body: bytes) -> Any:
    return list_object(backend.responses.add_items(_id(request), read(CreateItems, body)))


def _unsupported(backend: Backend, request: Request, body: bytes) -> Any:
    raise GatewayError(UNIMPLEMENTED, f"{request.method} {request.url.path} is not supported by this service")


_CALLS: dict[tuple[str, str], Act] = {
    ("POST", "/responses"): _create,
    ("GET", "/responses/{id}"): _get,
    ("DELETE", "/responses/{id}"): _delete,
    ("POST", "/responses/{id}/cancel"): _cancel,
    ("GET", "/responses/{id}/input_items"): _input_items,
    ("POST", "/conversations"): _create_conversation,
    ("GET", "/conversations/{id}"): _get_conversation,
    ("POST", "/conversations/{id}"): _unsupported,
    ("DELETE", "/conversations/{id}"): _unsupported,
    ("GET", "/conversations/{id}/items"): _list_items,
    ("POST", "/conversations/{id}/items"): _create_items,
    ("GET", "/conversations/{id}/items/{item}"): _unsupported,
    ("DELETE", "/conversations/{id}/items/{item}"): _unsupported,
}
