"""Responses and conversations, in memory: made from requests, brought up to date whenever somebody looks."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable

from yc_runs.testing._assistants import Assistants
from yc_runs.testing._errors import GatewayError, not_found
from yc_runs.testing._responses.checks import check
from yc_runs.testing._responses.errors import ParameterError
from yc_runs.testing._responses.items import Item, ItemIds, stored_item, transcript
from yc_runs.testing._responses.log import Log
from yc_runs.testing._responses.options import Options, effective
from yc_runs.testing._responses.requests import CreateConversation, CreateItems, CreateResponse, InputItem
from yc_runs.testing._responses.stored import Conversation, StoredResponse
from yc_runs.testing._responses.turns import Turn, answered_in, answers, asked_in
from yc_runs.testing._session import RunSession
from yc_runs.testing._settings import Settings
from yc_runs.testing._views import Polls
from yc_runs.testing.script import Script


class Responses:
    """All responses and conversations of a gateway. ``clock`` gives seconds. Methods raise GatewayError."""

    def __init__(
        self,
        settings: Settings,
        assistants: Assistants,
        find_script: Callable[[str], Script],
        clock: Callable[[], float],
        wall_clock: Callable[[], int],
    ) -> None:
        self._settings = settings
        self._assistants = assistants
        self._find_script = find_script
        self._clock = clock
        self._wall_clock = wall_clock
        self._responses: dict[str, StoredResponse] = {}
        self._conversations: dict[str, Conversation] = {}
        self._numbers = itertools.count(1)
        self._ids = ItemIds()

    def create(self, request: CreateResponse, folder_id: str) -> StoredResponse:
        """Carry out POST /v1/responses; a model that is named without a folder is of ``folder_id``."""
        check(request, self._settings.quirks)
        options = effective(request, self._assistants.get(request.prompt.id) if request.prompt else None)
        conversation = self.conversation(request.conversation.id) if request.conversation else None
        previous = self._previous(request, conversation)
        before = tuple(conversation.items) if conversation else previous.everything if previous else ()
        incoming = self._stored(request.input or [])
        response = self._made(request, options, before, incoming, previous, folder_id)
        if conversation is not None:
            conversation.unfinished.append(response)
        if request.store is not False:
            self._responses[response.id] = response
        self.bring_up_to_date(response)
        return response

    def find(self, key: str) -> StoredResponse:
        """Find a response and bring it up to date."""
        if key not in self._responses:
            raise not_found("Response", key)
        response = self._responses[key]
        self.bring_up_to_date(response)
        return response

    def delete(self, key: str) -> None:
        """Forget a response."""
        self.find(key)
        del self._responses[key]

    def cancel(self, key: str) -> StoredResponse:
        """End a response that runs in the background; one that has ended stays as it is."""
        response = self.find(key)
        if not response.is_background:
            raise ParameterError("Cannot cancel a synchronous response.")
        response.cancel()
        return response

    def bring_up_to_date(self, response: StoredResponse) -> None:
        """Let a response, stored or not, go on as far as the clock says."""
        response.advance(self._clock(), self._settings.pace)

    def seconds_to_next(self, response: StoredResponse) -> float | None:
        """Say when the response will go on by itself; None if it never will."""
        due = response.session.due(self._settings.pace)
        return None if due is None or response.is_cancelled else max(0.0, due - self._clock())

    def create_conversation(self, request: CreateConversation) -> Conversation:
        """Carry out POST /v1/conversations."""
        key = f"conv_{next(self._numbers):032x}"
        items = list(self._stored(request.items or []))
        self._conversations[key] = Conversation(key, self._wall_clock(), request.metadata or {}, items)
        return self._conversations[key]

    def conversation(self, key: str) -> Conversation:
        """Find a conversation and bring it up to date."""
        if key not in self._conversations:
            raise not_found("Conversation", key)
        conversation = self._conversations[key]
        for response in conversation.unfinished:
            self.bring_up_to_date(response)
        conversation.settle()
        return conversation

    def add_items(self, key: str, request: CreateItems) -> list[Item]:
        """Carry out POST /v1/conversations/{id}/items; gives the new items."""
        items = list(self._stored(request.items))
        self.conversation(key).items += items
        return items

    def _stored(self, items: list[InputItem]) -> tuple[Item, ...]:
        return tuple(stored_item(item, self._ids) for item in items)

    def _previous(self, request: CreateResponse, conversation: Conversation | None) -> StoredResponse | None:
        if request.previous_response_id is None:
            return conversation.last if conversation else None
        try:
            previous = self.find(request.previous_response_id)
        except GatewayError as error:
            message = f"Previous response with id '{request.previous_response_id}' not found."
            raise ParameterError(message, "previous_response_id", status=error.status) from None
        if not previous.is_over:
            raise ParameterError(f"Response {previous.id} is still {previous.status}.", "previous_response_id")
        return previous

    def _made(
        self,
        request: CreateResponse,
        options: Options,
        before: tuple[Item, ...],
        incoming: tuple[Item, ...],
        previous: StoredResponse | None,
        folder_id: str,
    ) -> StoredResponse:
        if previous is not None and previous.calls:
            outputs = [item for item in incoming if item["type"] == "function_call_output"]
            turn, player, results = previous.go_on(answers(previous.calls, outputs))
        else:
            turn = self._new_turn(request, options, (*before, *incoming), folder_id)
            player, results = turn.played()
        session = RunSession(player, now=self._clock(), prompt_tokens=turn.prompt_tokens, results=results)
        is_background = bool(request.background)
        return StoredResponse(
            id=str(uuid.UUID(int=next(self._numbers), version=4)),
            created_at=self._wall_clock(),
            request=request,
            options=options,
            turn=turn,
            before=before,
            input=incoming,
            player=player,
            session=session,
            log=Log(self._ids, is_background=is_background, calls_by_name="call-id-is-name" in self._settings.quirks),
            polls=Polls(running=self._settings.polls if is_background else 0),
        )

    def _new_turn(self, request: CreateResponse, options: Options, items: tuple[Item, ...], folder_id: str) -> Turn:
        results = answered_in(items)
        model_uri = options.model if "://" in options.model else f"gpt://{folder_id}/{options.model}/latest"
        thread_id = request.conversation.id if request.conversation else ""
        return Turn(
            script=self._find_script(model_uri),
            messages=tuple(transcript(asked_in(items) if results else items)),
            tools=options.functions,
            context=options.context(model_uri, thread_id, stream=bool(request.stream)),
            results=results,
        )
