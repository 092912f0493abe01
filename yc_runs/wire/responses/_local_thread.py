"""A conversation that this process keeps, for it alone. Pure.

The gateway keeps what a response was told and what it answered under the response's id, and goes on from there with
``previous_response_id``. So a thread is its messages, the last response that ended well, and which of the messages that
response stands for. A run is sent the others. From this follow the rules:

- A run that fails, or is cancelled, changes nothing: what it was sent goes with the next run again.
- So does what was sent with a run whose end was not seen here.
- Of two runs at a time the one that ends later is gone on from; what only the other knew is sent as messages.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from yc_runs.models import Author, Message, MessageData, MessageStatus, ThreadData, Tool

PREFIX = "local-thread-"


@dataclass
class Sent:
    """What a run on a thread is sent.

    ``previous``: the response it goes on from. ``messages``: what that does not stand for, ``added`` with it: what is
    put on the thread once the run was begun. ``known``: the places on the thread of all that the run knows.
    """

    previous: str | None
    messages: tuple[Message, ...]
    added: tuple[Message, ...]
    known: frozenset[int]


@dataclass
class LocalThread:
    """One thread. ``tools`` go with every run on it; ``last_run`` is the run that was begun last."""

    data: ThreadData
    tools: tuple[Tool, ...] = ()
    messages: list[Message] = field(default_factory=list)
    last_run: str | None = None
    _previous: str | None = None
    _known: frozenset[int] = frozenset()

    @property
    def id(self) -> str:
        """The thread's id."""
        return self.data.id

    def made(self, message: MessageData) -> Message:
        """The message that is to be written; not on the thread yet."""
        author = message.author or Author()
        return Message(
            id=f"local-message-{uuid.uuid4()}",
            thread_id=self.id,
            author=Author(id=author.id, role=author.role.upper() or "USER"),
            labels=message.labels,
            content=message.content,
            status=MessageStatus.COMPLETED,
        )

    def write(self, messages: Iterable[Message]) -> None:
        """Put messages on the thread."""
        self.messages.extend(messages)

    def to_send(self, added: Iterable[Message]) -> Sent:
        """What a run is to be sent that begins now, with these messages on top."""
        added = tuple(added)
        missing = self._at(frozenset(range(len(self.messages))) - self._known)
        return Sent(self._previous, (*missing, *added), added, frozenset(range(len(self.messages))))

    def all_of(self, sent: Sent) -> tuple[Message, ...]:
        """Everything that a run is to know, for where the response it goes on from is gone."""
        return (*self._at(sent.known), *sent.added)

    def begun(self, sent: Sent, run_id: str) -> None:
        """A run has begun that was sent this."""
        start = len(self.messages)
        self.write(sent.added)
        sent.known |= frozenset(range(start, len(self.messages)))
        self.last_run = run_id

    def answered(self, sent: Sent, response_id: str, answer: Message | None) -> None:
        """A run has ended well, with this answer as its last response."""
        known = sent.known
        if answer is not None:
            known |= {len(self.messages)}
            self.messages.append(answer)
        self._previous, self._known = response_id, known

    def _at(self, places: frozenset[int]) -> Iterator[Message]:
        """The messages at these places, but for blank answers: the API takes none back."""
        return (self.messages[place] for place in sorted(places) if self.messages[place].text.strip())
