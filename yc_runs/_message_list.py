"""The state of one reading of a thread's messages: what was given out, and when to begin anew. No I/O, no clock.

The list is a stream, the newest message first, and cannot be asked for from the middle. From this follow the rules:

- A broken stream is begun anew at the top. What comes before, and with, the message given out last is passed over:
  so no message comes twice, and one written meanwhile does not come out of order.
- Each stream costs one attempt of the retry policy, and is begun anew only for what passes.
- A list that begins anew and ends without the message given out last is not the list it was: what broke the first
  stream is raised.
- A list has no last message that could be known as such. A body that ends in the middle of a message, or of the
  array that holds the list, was cut; one that ends between two messages is taken for whole.
"""

from __future__ import annotations

from yc_runs.errors import RunsError
from yc_runs.models import Message
from yc_runs.policy import RetryPolicy


class MessageList:
    """One reading of one thread. Tell it what happens; it tells what to do."""

    def __init__(self, policy: RetryPolicy) -> None:
        self.is_over = False
        self._policy = policy
        self.attempt = 1
        self._last_id: str | None = None
        self._is_passing_over = False
        self._cause: RunsError | None = None

    def accept(self, message: Message) -> bool:
        """Whether to give the message out."""
        if self._is_passing_over:
            self._is_passing_over = message.id != self._last_id
            return False
        self._last_id = message.id
        return True

    def ended(self) -> None:
        """The stream has ended as a whole list does. Raises what broke the stream before, if that cannot be."""
        if self._is_passing_over and self._cause is not None:
            raise self._cause
        self.is_over = True

    def interrupted(self, cause: RunsError, dice: float) -> float:
        """Seconds to wait before the list is begun anew. Raises ``cause`` where it is not to be.

        ``dice`` is a random number from 0 to 1.
        """
        if self.attempt >= self._policy.attempts or not self._policy.may_resend(cause, is_write=False):
            raise cause
        pause = self._policy.pause(self.attempt, cause, dice)
        self.attempt += 1
        self._is_passing_over = self._last_id is not None
        self._cause = cause
        return pause
