"""What comes in on a connection of asyncio, and the waiting for it: on a transport and a clock that the test moves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import httpcore
import pytest

from yc_runs._asyncio_backend import AsyncioStream
from yc_runs._asyncio_protocol import _READ_AHEAD, StreamProtocol

Story = Callable[["Scene"], Coroutine[Any, Any, None]]


class Transport:
    """A transport in all but name, as those of uvloop are. Once it is closed it takes reading and aborting amiss."""

    def __init__(self) -> None:
        self.is_reading = True
        self.is_closed = False
        self.is_aborted = False
        self.limits: dict[str, int] = {}
        self.written: list[bytes] = []
        self.socket: socket.socket | None = None

    def set_write_buffer_limits(self, **limits: int) -> None:
        self.limits = limits

    def pause_reading(self) -> None:
        assert not self.is_closed
        self.is_reading = False

    def resume_reading(self) -> None:
        assert not self.is_closed
        self.is_reading = True

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def is_closing(self) -> bool:
        # As on CPython 3.10 with TLS, which does not tell.
        return False

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        assert not self.is_closed
        self.is_closed = self.is_aborted = True

    def get_extra_info(self, name: str) -> Any:
        return self.socket


class Scene:
    """A protocol with its transport, in a loop whose time the test moves. ``timers`` are all that were set."""

    def __init__(self) -> None:
        self.loop: Any = asyncio.get_running_loop()
        self.now = 0.0
        self.timers: list[asyncio.TimerHandle] = []
        self.loop.time = lambda: self.now
        self.loop.call_at = self._call_at
        self.transport = Transport()
        self.protocol = StreamProtocol()
        self.protocol.connection_made(self.transport)  # type: ignore[arg-type]

    def _call_at(self, when: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        self.timers.append(asyncio.TimerHandle(when, callback, (), self.loop))
        return self.timers[-1]

    @property
    def due(self) -> list[float]:
        """When the timers are due that were neither dropped nor have fired."""
        return [timer.when() for timer in self.timers if not timer.cancelled()]

    async def pass_until(self, moment: float) -> None:
        """Let time pass, and fire what is due."""
        self.now = moment
        for timer in [timer for timer in self.timers if not timer.cancelled() and timer.when() <= moment]:
            self.timers.remove(timer)
            timer._run()
        await rounds()

    async def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task that has come to where it waits."""
        task = asyncio.ensure_future(work)
        await rounds()
        return task

    def receive(self, data: bytes) -> list[int]:
        """Let this come in, as a loop does. Gives how many bytes the protocol had room for, each time."""
        rooms = []
        while data:
            room = self.protocol.get_buffer(-1)
            part = data[: len(room)]
            room[: len(part)] = part
            self.protocol.buffer_updated(len(part))
            rooms.append(len(room))
            data = data[len(part) :]
        return rooms

    async def read(self, most: int, limit: float | None) -> Any:
        """Read what is there by now."""
        return await outcome(await self.begin(self.protocol.read(most, limit)))

    async def read_some(self, size: int) -> bytes:
        """Read so much of what is there, piece by piece."""
        got = b""
        while len(got) < size:
            got += await self.read(size - len(got), 1.0)
        return got

    async def write(self, data: bytes, limit: float | None) -> None:
        """Write what can be written by now."""
        await outcome(await self.begin(self.protocol.write(data, limit)))

    def lose(self, error: Exception | None = None) -> None:
        self.transport.is_closed = True
        self.protocol.connection_lost(error)


async def rounds() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def outcome(task: asyncio.Task[Any]) -> Any:
    """What the task gives, or raises, by now: there is no time here in which it could still come."""
    await rounds()
    assert task.done()
    return task.result()


def play(story: Story) -> None:
    complaints: list[Any] = []

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
        await story(Scene())

    asyncio.run(main())
    assert complaints == []


def test_a_busy_connection_reads_more_at_a_time_and_a_quiet_one_takes_little_memory() -> None:
    async def story(scene: Scene) -> None:
        sent = bytes(range(256)) * 1000
        assert scene.receive(sent[:1000]) == [16384]
        assert scene.receive(sent[1000:2000]) == [16384]
        rooms = scene.receive(sent[2000:])
        assert rooms == [16384, *[65536] * (len(rooms) - 1)]
        assert await scene.read_some(len(sent)) == sent

    play(story)


@pytest.mark.parametrize("held", [1, 16384, 65536, 262144])
def test_there_is_room_for_all_that_tls_holds_and_the_record_that_it_has_a_part_of(held: int) -> None:
    async def story(scene: Scene) -> None:
        assert len(scene.protocol.get_buffer(held)) > held + 16384
        # Nor is it made anew for each read.
        assert scene.protocol.get_buffer(held) is scene.protocol.get_buffer(1)

    play(story)


def test_what_was_read_stays_as_it_was_when_more_comes_into_the_same_buffer() -> None:
    async def story(scene: Scene) -> None:
        scene.receive(b"first")
        first = await scene.read(100, 1.0)
        scene.receive(b"other")
        assert (first, await scene.read(100, 1.0)) == (b"first", b"other")

    play(story)


def test_pieces_come_out_as_they_came_in_and_no_larger_than_wanted() -> None:
    async def story(scene: Scene) -> None:
        for piece in (b"abcdef", b"g"):
            scene.receive(piece)
        assert [await scene.read(4, 1.0) for _ in range(3)] == [b"abcd", b"ef", b"g"]

    play(story)


def test_a_cancelled_read_loses_nothing() -> None:
    async def story(scene: Scene) -> None:
        read = await scene.begin(scene.protocol.read(10, 1.0))
        scene.receive(b"ab")
        read.cancel()
        await rounds()
        assert read.cancelled()
        assert await scene.read(10, 1.0) == b"ab"

    play(story)


def test_one_timer_serves_many_reads_and_is_set_anew_only_where_it_fires() -> None:
    async def story(scene: Scene) -> None:
        for second in range(4):
            scene.now = float(second)
            read = await scene.begin(scene.protocol.read(10, 5.0))
            scene.receive(b"a")
            assert await outcome(read) == b"a"
        assert scene.due == [5.0]
        read = await scene.begin(scene.protocol.read(10, 5.0))
        await scene.pass_until(5.0)
        assert not read.done()
        assert scene.due == [8.0]
        await scene.pass_until(8.0)
        with pytest.raises(httpcore.ReadTimeout):
            await outcome(read)
        assert scene.due == []

    play(story)


def test_a_shorter_limit_is_kept_though_a_longer_one_was_set() -> None:
    async def story(scene: Scene) -> None:
        read = await scene.begin(scene.protocol.read(10, 60.0))
        scene.receive(b"a")
        await outcome(read)
        read = await scene.begin(scene.protocol.read(10, 1.0))
        assert scene.due == [1.0]
        await scene.pass_until(1.0)
        with pytest.raises(httpcore.ReadTimeout):
            await outcome(read)

    play(story)


def test_a_timer_that_is_left_over_ends_no_read_without_a_limit() -> None:
    async def story(scene: Scene) -> None:
        read = await scene.begin(scene.protocol.read(10, 1.0))
        scene.receive(b"a")
        await outcome(read)
        read = await scene.begin(scene.protocol.read(10, None))
        await scene.pass_until(2.0)
        assert not read.done()
        scene.receive(b"b")
        assert await outcome(read) == b"b"

    play(story)


@pytest.mark.parametrize("end", [lambda scene: scene.protocol.abort(), lambda scene: scene.lose()])
def test_the_end_wakes_whoever_waits_and_leaves_no_timer(end: Callable[[Scene], None]) -> None:
    async def story(scene: Scene) -> None:
        scene.protocol.pause_writing()
        read = await scene.begin(scene.protocol.read(10, 60.0))
        write = await scene.begin(scene.protocol.write(b"a", 60.0))
        assert len(scene.due) == 2
        end(scene)
        await rounds()
        assert read.done()
        assert isinstance(write.exception(), httpcore.WriteError)
        assert scene.due == []
        assert read.exception() is not None or read.result() == b""

    play(story)


def test_what_came_before_an_error_is_read_before_it_is_told() -> None:
    async def story(scene: Scene) -> None:
        scene.receive(b"a")
        scene.lose(ConnectionResetError("reset"))
        assert await scene.read(10, 1.0) == b"a"
        with pytest.raises(httpcore.ReadError, match="reset"):
            await scene.read(10, 1.0)

    play(story)


def test_it_stays_known_that_the_client_has_closed_the_connection() -> None:
    async def story(scene: Scene) -> None:
        scene.protocol.abort()
        scene.lose()
        with pytest.raises(httpcore.ReadError, match="was closed"):
            await scene.read(10, 1.0)

    play(story)


def test_reading_pauses_when_much_has_come_in_and_goes_on_when_all_is_read() -> None:
    async def story(scene: Scene) -> None:
        half = _READ_AHEAD // 2
        for _ in range(2):
            scene.receive(b"x" * half)
        assert scene.transport.is_reading
        scene.receive(b"y")
        assert not scene.transport.is_reading
        await scene.read_some(_READ_AHEAD)
        assert not scene.transport.is_reading
        assert await scene.read(half, 1.0) == b"y"
        assert scene.transport.is_reading
        scene.receive(b"x" * (_READ_AHEAD + 1))
        assert not scene.transport.is_reading

    play(story)


def test_what_came_in_is_read_to_its_end_though_reading_was_paused_and_the_connection_is_gone() -> None:
    async def story(scene: Scene) -> None:
        scene.receive(b"x" * (_READ_AHEAD + 1))
        scene.lose()
        await scene.read_some(_READ_AHEAD + 1)
        assert await scene.read(10, 1.0) == b""

    play(story)


def test_a_write_waits_until_all_is_sent() -> None:
    async def story(scene: Scene) -> None:
        # With 0 for both, asyncio's TLS holds the writer back at every other turn, for nothing.
        assert scene.transport.limits == {"high": 1, "low": 0}
        scene.protocol.pause_writing()
        write = await scene.begin(scene.protocol.write(b"ab", 1.0))
        assert (write.done(), scene.transport.written) == (False, [b"ab"])
        scene.protocol.resume_writing()
        await outcome(write)

    play(story)


def test_a_write_that_takes_too_long_is_told() -> None:
    async def story(scene: Scene) -> None:
        scene.protocol.pause_writing()
        write = await scene.begin(scene.protocol.write(b"ab", 1.0))
        await scene.pass_until(1.0)
        with pytest.raises(httpcore.WriteTimeout):
            await outcome(write)

    play(story)


def test_a_write_ends_where_the_peer_has_said_all() -> None:
    async def story(scene: Scene) -> None:
        scene.protocol.pause_writing()
        write = await scene.begin(scene.protocol.write(b"ab", 60.0))
        scene.protocol.eof_received()
        with pytest.raises(httpcore.WriteError):
            await outcome(write)
        with pytest.raises(httpcore.WriteError):
            await scene.write(b"cd", 60.0)
        assert scene.transport.written == [b"ab"]

    play(story)


def test_a_connection_that_is_gone_is_not_aborted_again() -> None:
    async def story(scene: Scene) -> None:
        scene.lose()
        scene.protocol.abort()
        assert not scene.transport.is_aborted

    play(story)


@pytest.mark.parametrize("is_told", [True, False], ids=["closed", "taken away"])
def test_a_socket_that_the_loop_has_closed_already_is_no_good_any_more(is_told: bool) -> None:
    async def story(scene: Scene) -> None:
        scene.transport.socket = socket.socket() if is_told else None
        if scene.transport.socket is not None:
            scene.transport.socket.close()
        assert AsyncioStream(scene.protocol).get_extra_info("is_readable")

    play(story)


def test_an_idle_connection_is_good_until_something_comes_in() -> None:
    async def story(scene: Scene) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            scene.transport.socket = ours
            stream = AsyncioStream(scene.protocol)
            assert not stream.get_extra_info("is_readable")
            scene.receive(b"a")
            assert stream.get_extra_info("is_readable")
            await scene.read(10, 1.0)
            assert not stream.get_extra_info("is_readable")
            theirs.send(b"b")
            assert stream.get_extra_info("is_readable")
            ours.recv(10)
            scene.protocol.eof_received()
            assert stream.get_extra_info("is_readable")

    play(story)
