# Generated from yc_runs/_async/transport.py by tools/generate_sync.py; do not edit.
"""One call: as many attempts as are safe and in time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from yc_runs._deadline import Deadline
from yc_runs._sync.sending import Sender
from yc_runs._unset import Timeout
from yc_runs.errors import RunsError
from yc_runs.wire import Call, LocalCall, Request

if TYPE_CHECKING:
    from yc_runs.wire import AnyCall

T = TypeVar("T")


class Transport(Sender):
    """Carries calls to one gateway, and sends again where that is safe."""

    def call(self, call: AnyCall[T], *, timeout: Timeout) -> T:
        """The decoded answer. ``timeout`` is in seconds and covers all attempts and pauses; None for no limit.

        Raises the errors of ``yc_runs.errors``.
        """
        if isinstance(call, LocalCall):
            return call.carry_out()
        return self.carry_out(call.request, partial(self._attempt, call), timeout)

    def carry_out(self, request: Request, attempt: Callable[[Deadline, int], T], timeout: Timeout) -> T:
        """What ``attempt`` gives, which is told the deadline and its number, from 1. ``timeout`` as for ``call``."""
        deadline = self.deadline(timeout).at_most(self.retry.total, self.clock.now())
        failed: list[RunsError] = []
        try:
            return attempt(deadline, 1)
        except RunsError as error:
            if not self._may_resend(error, request, attempt=1, deadline=deadline):
                raise
            failed.append(error)
        # Outside of the handler: else the first failure would stand in the traceback of the last.
        return self._try_again(request, attempt, deadline, failed)

    def _try_again(
        self,
        request: Request,
        attempt: Callable[[Deadline, int], T],
        deadline: Deadline,
        failed: list[RunsError],
    ) -> T:
        # Most calls succeed at once, and importing tenacity has a price, so it comes in with the first failure.
        from tenacity import RetryCallState, Retrying

        attempts = count(2)

        def once_more() -> T:
            if failed:
                raise failed.pop()
            return attempt(deadline, next(attempts))

        def pause(state: RetryCallState) -> float:
            return self.retry.pause(state.attempt_number, _cause(state), self.clock.dice())

        def may_resend(state: RetryCallState) -> bool:
            cause = _cause(state)
            return cause is not None and self._may_resend(
                cause, request, attempt=state.attempt_number, deadline=deadline
            )

        def is_late(state: RetryCallState) -> bool:
            return not deadline.allows(state.upcoming_sleep, self.clock.now())

        def tell(state: RetryCallState) -> None:
            wait, cause = state.upcoming_sleep, _cause(state)
            self.observe("retry", request, state.attempt_number, error=cause, wait=wait)

        retrying = Retrying(
            retry=may_resend, wait=pause, stop=is_late, sleep=self.clock.sleep, before_sleep=tell, reraise=True
        )
        return retrying(once_more)

    def _may_resend(self, error: BaseException, request: Request, *, attempt: int, deadline: Deadline) -> bool:
        left = deadline.left(self.clock.now())
        in_time = left is None or left > 0
        return in_time and attempt < self.retry.attempts and self.retry.may_resend(error, is_write=request.is_write)

    def _attempt(self, call: Call[T], deadline: Deadline, attempt: int) -> T:
        with self.send(call.request, deadline, attempt=attempt) as exchange:
            content = self._read(exchange.body, call.request)
            try:
                return call.decode(content)
            except ValueError as error:
                raise self.undecodable(call.request, exchange.body.response, str(error), content) from None


def _cause(state: Any) -> BaseException | None:
    outcome = state.outcome
    return outcome.exception() if outcome is not None and outcome.failed else None
