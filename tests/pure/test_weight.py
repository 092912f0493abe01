"""That the package stays light, pinned by what can be counted. No time is measured here."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextvars import Context
from itertools import pairwise

import httpx
import pytest

from yc_runs import Client, NoAuth, Run, RunData
from yc_runs.wire.framing import DocumentScanner, EventStreamDecoder

_HEAVY = {
    "httpx",
    "pydantic",
    "tenacity",
    "asyncio",
    "ssl",
    "json",
    "logging",
    "typing",
    "dataclasses",
    "inspect",
    "re",
}
_RUN = (
    b'{"id":"r1","state":{"status":"COMPLETED","completedMessage":{"content":{"content":[{"text":{"content":"a"}}]}}}}'
)
_GET = f"""
import sys, httpx
from yc_runs import Client, NoAuth
answer = httpx.Response(200, content={_RUN!r})
http_client = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
with Client(base_url="http://localhost", folder_id="f", auth=NoAuth(), http_client=http_client) as client:
    assert client.runs.get("r1").data.state.completed_message.text == "a"
"""
# What a plain get has no use for.
_NOT_FOR_A_GET = {
    "tenacity",
    "jsonschema",
    "jwt",
    "opentelemetry",
    "starlette",
    "yc_runs._async",
    "yc_runs._sync.pages",
    "yc_runs._sync.waiting",
    "yc_runs.models.call_results",
    "yc_runs.models.calls",
    "yc_runs.models.assistants",
    "yc_runs.models.citations",
    "yc_runs.models.events",
    "yc_runs.models.options",
    "yc_runs.models.search_index",
    "yc_runs.models.results",
    "yc_runs.models.threads",
    "yc_runs.models.tools",
    "yc_runs.observe",
    "yc_runs.resume",
    "yc_runs.testing",
    "yc_runs.tools",
    "yc_runs.wire._dialect",
    "yc_runs.wire._pages",
    "yc_runs.wire.faults",
}


def modules_after(code: str) -> set[str]:
    """What a new interpreter has loaded after this code, above what it loads by itself."""
    show = "; print(*set(sys.modules) - before)"
    program = f"import sys; before = set(sys.modules)\n{code}\nimport sys{show}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_loads_next_to_nothing() -> None:
    loaded = modules_after("import yc_runs")
    assert loaded & _HEAVY == set()
    assert {name for name in loaded if name.startswith("yc_runs")} == {"yc_runs", "yc_runs._lazy"}


def test_a_plain_get_loads_what_it_needs_alone() -> None:
    loaded = modules_after(_GET)
    assert loaded & _NOT_FOR_A_GET == set()
    assert len([name for name in loaded if name.startswith("yc_runs")]) <= 46


_MODELS = """
from yc_runs.models import Model
def below(kind):
    return {kind} | {each for child in kind.__subclasses__() for each in below(child)}
print(*sorted(kind.__name__ for kind in below(Model) - {Model}), file=sys.stderr)
"""


def test_a_plain_get_makes_no_model_that_it_does_not_read() -> None:
    done = subprocess.run([sys.executable, "-c", _GET + _MODELS], capture_output=True, text=True, check=True)
    assert set(done.stderr.split()) == {
        "Author",
        "ContentPart",
        "Error",
        "Message",
        "MessageContent",
        "RunData",
        "RunState",
        "Text",
        "Usage",
    }


def printed_by(program: str) -> str:
    """What a new interpreter prints for a program."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_loading_the_package_leaves_the_garbage_collector_nothing_to_look_through() -> None:
    watch = """
import gc
young = [0]
def look(phase, info):
    if phase == "start":
        young.append(len(gc.get_objects(generation=0)))
import httpx
gc.collect()
gc.callbacks.append(look)
"""
    assert int(printed_by(f"{watch}{_GET}print(max(young))")) < 5_000


def test_loading_the_package_leaves_the_garbage_collector_off_where_it_was_off() -> None:
    assert printed_by("import gc; gc.disable(); from yc_runs import Client; print(gc.isenabled())") == "False\n"
    assert printed_by("import gc; from yc_runs import Client; print(gc.isenabled())") == "True\n"


def test_loading_the_package_leaves_frozen_objects_frozen() -> None:
    # What the freezing of a server before it forks is for: its pages stay shared.
    frozen = "import gc; gc.freeze(); before = gc.get_freeze_count(); from yc_runs import Client; "
    assert printed_by(f"{frozen}print(gc.get_freeze_count() >= before * 0.9 > 0)") == "True\n"


def calls_of(action: Callable[[], object]) -> int:
    """How many Python functions of this package are called, a generator's every step included."""
    counted = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal counted
        if event == "call" and frame.f_globals.get("__name__", "").startswith("yc_runs"):  # type: ignore[attr-defined]
            counted += 1

    # Garbage of other tests has finalizers of this package, which are not to be counted.
    gc.collect()
    gc.disable()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        # Clients of other tests, which errors keep alive, have their last answers in this context.
        Context().run(action)
    finally:
        sys.setprofile(before)
        gc.enable()
    return counted


def _client(answer: Callable[[], httpx.Response]) -> Client:
    http_client = httpx.Client(transport=httpx.MockTransport(lambda request: answer()))
    return Client(base_url="http://localhost", folder_id="f", auth=NoAuth(), http_client=http_client)


def test_a_get_calls_few_functions() -> None:
    with _client(lambda: httpx.Response(200, content=_RUN)) as client:
        client.runs.get("r1")
        assert calls_of(lambda: client.runs.get("r1")) < 130


def events(count: int) -> bytes:
    partial = (
        b'data: {"eventType":"PARTIAL_MESSAGE","streamCursor":{"currentEventIdx":"%d"},"partialMessage":{"content":[]}}'
    )
    last = b'data: {"eventType":"DONE","streamCursor":{"currentEventIdx":"%d"}}'
    return b"".join((partial if index < count - 1 else last) % index + b"\n\n" for index in range(count))


class _Stream(httpx.SyncByteStream):
    """The events, each in a piece of its own."""

    def __init__(self, count: int) -> None:
        self._pieces = [piece + b"\n\n" for piece in events(count).split(b"\n\n") if piece]

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces


def test_an_event_calls_few_functions_and_no_more_in_a_longer_stream() -> None:
    def listen(count: int) -> int:
        headers = {"content-type": "text/event-stream"}
        with _client(lambda: httpx.Response(200, headers=headers, stream=_Stream(count))) as client:
            run = Run(RunData(id="r1"), client._transport, client._dialect.run(RunData(id="r1")))
            return calls_of(lambda: list(run.listen()))

    listen(2)
    short, long = listen(100), listen(200)
    assert (long - short) / 100 < 60
    assert long < 2.1 * short


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_a_document_in_many_chunks_is_looked_at_once(chunk: int) -> None:
    """Each byte of strings and structure is passed over once: the position never goes back inside a document."""
    document = b'{"text":"' + b"x" * 20_000 + b'\\"end","more":{"n":1}}'
    scanner = DocumentScanner()
    places, found = [], []
    for start in range(0, len(document), chunk):
        found += scanner.feed(document[start : start + chunk])
        places.append(scanner._position)
    assert found == [document]
    assert all(one <= other for one, other in pairwise(places[:-1]))
    assert all(place >= min((index + 1) * chunk, len(document)) - 2 for index, place in enumerate(places[:-1]))


def test_an_event_in_many_chunks_is_held_and_not_searched_again() -> None:
    seen = 0

    class Counting(str):
        def rfind(self, *args):  # type: ignore[no-untyped-def]
            nonlocal seen
            seen += len(self)
            return super().rfind(*args)

        def __add__(self, other):  # type: ignore[no-untyped-def]
            return Counting(str(self) + other)

        def __radd__(self, other):  # type: ignore[no-untyped-def]
            return Counting(other + str(self))

    decoder = EventStreamDecoder()
    unify = decoder._unify
    decoder._unify = lambda text: Counting(unify(text))  # type: ignore[method-assign]
    wire = b"data: " + b"x" * 50_000 + b"\n\n"
    found = [each for start in range(0, len(wire), 50) for each in decoder.feed(wire[start : start + 50])]
    assert found == [b"x" * 50_000]
    assert len(wire) <= seen < 1.1 * len(wire)
