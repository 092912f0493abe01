"""Which request is met by which fault. No I/O: the app asks, and tells what it has carried out."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar, get_args

from yc_runs.testing.faults import LISTEN, Answer, AnyFault, CutHow, CutStream, Drip, Drop, DropHow, Happened, Stall

_F = TypeVar("_F", CutStream, Answer, Drop, Drip, Stall)


class Faults:
    """The faults that a gateway shall have. A request meets the first one that is for it, and no other.

    Each method adds one and gives it; those that are for the same requests happen in the order in which they were
    added, each one ``times`` times (None: to every request, until ``clear``). For ``method`` and ``path`` see
    ``yc_runs.testing.faults.Fault``. Safe to use from any thread, also while the gateway is at work.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: list[tuple[AnyFault, int | None]] = []
        self._happened: list[Happened] = []

    def cut_stream(
        self,
        *,
        after_events: int | None = None,
        after_bytes: int | None = None,
        how: CutHow = "clean",
        method: str | None = None,
        path: str | None = LISTEN,
        times: int | None = 1,
    ) -> CutStream:
        """Break a stream after so many events, or bytes, of its own; with neither, before its first byte.

        ``how``: ``"clean"``, ``"reset"``, ``"truncated"``, ``"late_error"``, ``"html"`` or ``"stall"``, see ``CutHow``.
        """
        cut = CutStream(
            after_events=after_events, after_bytes=after_bytes, how=how, method=method, path=path, times=times
        )
        return self._added(cut)

    def answer(
        self,
        status: int,
        *,
        method: str | None = None,
        path: str | None = None,
        retry_after: float | None = None,
        body: str | bytes | Mapping[str, Any] | Sequence[Any] | None = None,
        headers: Mapping[str, str] | None = None,
        carried_out: bool = False,
        times: int | None = 1,
    ) -> Answer:
        """Answer with another status, and without carrying the call out, unless ``carried_out``; see ``Answer``."""
        return self._added(
            Answer(status, body, retry_after, headers, carried_out, method=method, path=path, times=times)
        )

    def drop(
        self,
        before: Literal["connect", "request", "answer"] = "request",
        *,
        how: DropHow = "reset",
        method: str | None = None,
        path: str | None = None,
        times: int | None = 1,
    ) -> Drop:
        """Break the connection before it is made, before the call is carried out, or after that: the answer is lost."""
        return self._added(Drop(before=before, how=how, method=method, path=path, times=times))

    def drip(
        self, seconds: float, *, method: str | None = None, path: str | None = None, times: int | None = 1
    ) -> Drip:
        """Send the body byte by byte, with so many seconds before each."""
        return self._added(Drip(seconds, method=method, path=path, times=times))

    def stall(
        self,
        seconds: float | None = None,
        *,
        before: Literal["request", "answer"] = "request",
        method: str | None = None,
        path: str | None = None,
        times: int | None = 1,
    ) -> Stall:
        """Say nothing for so long, None for as long as the client stays, before the call is carried out or after."""
        return self._added(Stall(seconds=seconds, before=before, method=method, path=path, times=times))

    def add(self, *faults: AnyFault) -> None:
        """Add faults that were made before. Raises ``TypeError`` for what is none, and adds nothing then."""
        for fault in faults:
            if not isinstance(fault, get_args(AnyFault)):
                raise TypeError(f"add: expected faults such as Drop() or Answer(503), got {fault!r:.100}")
        with self._lock:
            self._left.extend((fault, fault.times) for fault in faults)

    def clear(self) -> None:
        """Forget all faults that are still to come. What has happened stays on record."""
        with self._lock:
            self._left.clear()

    @property
    def pending(self) -> tuple[AnyFault, ...]:
        """The faults that are not used up, in order."""
        with self._lock:
            return tuple(fault for fault, _ in self._left)

    @property
    def happened(self) -> tuple[Happened, ...]:
        """The faults that were carried out, oldest first. One that met a stream too short for it is not among them."""
        with self._lock:
            return tuple(self._happened)

    def take(self, method: str, path: str, query: str = "") -> AnyFault | None:
        """Choose the fault that a request meets, and use it up by one."""
        with self._lock:
            for place, (fault, left) in enumerate(self._left):
                if fault.matches(method, path, query):
                    self._left[place : place + 1] = [] if left == 1 else [(fault, left and left - 1)]
                    return fault
        return None

    def note(self, fault: AnyFault, method: str, path: str) -> None:
        """Put a fault on record."""
        with self._lock:
            self._happened.append(Happened(fault, method, path))

    def _added(self, fault: _F) -> _F:
        self.add(fault)
        return fault
