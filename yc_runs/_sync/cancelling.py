# Generated from yc_runs/_async/cancelling.py by tools/generate_sync.py; do not edit.
"""Breaking a run off: by a call, or by closing the answer that the gateway tells of it in."""

from __future__ import annotations

from collections.abc import Callable

from yc_runs._sync.held import Held
from yc_runs._sync.transport import Transport
from yc_runs._unset import Timeout
from yc_runs.errors import BadRequestError, UnsupportedOperationError
from yc_runs.models import RunStatus
from yc_runs.wire import RunWire


def cancel(
    run_id: str,
    wire: RunWire,
    held: Held,
    transport: Transport,
    get_status: Callable[..., RunStatus],
    timeout: Timeout,
) -> None:
    """Break the run off, unless it has ended. ``held`` may hold the answer that it is told of in.

    Raises the errors of ``yc_runs.errors``: ``UnsupportedOperationError`` where nothing here can end it.
    """
    call = wire.cancel()
    if call is None:
        if not (held.break_off() or get_status(timeout=timeout).is_finished):
            raise _held_elsewhere(run_id)
        return
    try:
        transport.call(call, timeout=timeout)
    except BadRequestError:
        # Some gateways refuse to cancel what has ended, others do nothing.
        if not get_status(timeout=timeout).is_finished:
            raise


def _held_elsewhere(run_id: str) -> UnsupportedOperationError:
    return UnsupportedOperationError(
        f"run {run_id!r} cannot be cancelled from here: the gateway ends it when the answer that it is told of in is "
        "closed, and another object or client has that. Leave the listen there, or close that client."
    )
