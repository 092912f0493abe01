"""Fuzz everything that reads what a gateway says:  python -m tools.fuzz_decoders -max_total_time=600.

Needs ``atheris``, which is in no extra of this package. The arguments are libFuzzer's; it begins with the answers of
``fixtures`` and of the tests, and with those in a folder that is among the arguments. An input that makes a decoder
raise anything but ``ValueError``, or an error that cannot be shown and pickled, is written to a file, and ends it.
"""

from __future__ import annotations

import json
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

from tests.support import responses
from tests.support.replay import FIXTURES

with atheris.instrument_imports(include=["yc_runs", "httpx_sse"]):
    from yc_runs.models import RunSpec
    from yc_runs.wire.assistants import AssistantsDialect
    from yc_runs.wire.faults import error_for, read_fault, retry_after
    from yc_runs.wire.framing import decoder_for
    from yc_runs.wire.responses import ResponsesDialect
    from yc_runs.wire.responses._events import response_in

_DIALECT = AssistantsDialect()
_RUN = _DIALECT.get_run("r")
_SECOND = ResponsesDialect()
_CHAIN = _SECOND.run(_SECOND.get_run("r").decode(b'{"id":"r","status":"in_progress"}'))


def _decode_of(call: Any) -> Callable[[bytes], Any]:
    decode: Callable[[bytes], Any] = call.decode
    return decode


_DECODERS: tuple[Callable[[bytes], Any], ...] = (
    _RUN.decode,
    _DIALECT.create_run(RunSpec(assistant_id="a", thread_id="t")).decode,
    _DIALECT.list_runs("f", page_size=None, page_token="").decode,
    _DIALECT.listen("r", 0).decode,
    _DIALECT.list_messages("t").decode,
    _DIALECT.get_thread("t").decode,
    _DIALECT.list_threads("f", page_size=None, page_token="").decode,
    _DIALECT.get_assistant("a").decode,
    _DIALECT.list_assistants("f", page_size=None, page_token="").decode,
    _DIALECT.list_assistant_versions("a", page_size=None, page_token="").decode,
    _CHAIN.look().decode,
    _SECOND.get_run("q").decode,
    _decode_of(_SECOND.get_thread("c")),
    _decode_of(_SECOND.list_messages("c")(page_token="")),
    lambda document: _CHAIN.feed().call(0).decode(document),
    response_in,
)


def read_document(data: bytes) -> None:
    """One body or document, by one decoder."""
    if data:
        try:
            value = _DECODERS[data[0] % len(_DECODERS)](data[1:])
        except ValueError as error:
            str(error).encode()
        else:
            repr(value)


def read_stream(data: bytes) -> None:
    """A stream in pieces, of either kind, and its documents; the first two bytes say how it is cut."""
    if len(data) > 2:
        body, size = data[2:], data[1] % 16 + 1
        decoder = decoder_for("text/event-stream" if data[0] % 2 else "application/json", limit=4096)
        try:
            for start in range(0, len(body), size):
                for document in decoder.feed(body[start : start + size]):
                    assert len(document) <= 4096
                    _DIALECT.listen("r", 0).decode(document)
        except ValueError as error:
            str(error).encode()


def read_error(data: bytes) -> None:
    """The body of an error answer, and a header."""
    headers = {"retry-after": data[:30].decode("latin-1")}
    pause = retry_after(headers, 1e9)
    assert pause is None or pause >= 0
    error = error_for(_RUN.request, 400 + len(data) % 200, read_fault(data), headers=headers)
    str(error).encode()
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def one_input(data: bytes) -> None:
    """Hand one input to each reader."""
    read_document(data)
    read_stream(data)
    read_error(data)


def answers() -> Iterator[bytes]:
    """Answers, and items of streams, that are as they should be: without them, chance would hardly find any."""
    for file in sorted(FIXTURES.glob("*.json")):
        for exchange in json.loads(file.read_text(encoding="utf-8")):
            answer = exchange["response"]
            yield from map(responses.document, answer.get("stream", [answer.get("json")]))
    yield from map(responses.document, [*responses.story("a", "b"), *responses.calling("f", "g")])
    yield from map(responses.document, [responses.response_json("completed", responses.call_item("f"))])


def write_seeds(folder: Path) -> None:
    """Each answer for each decoder, and as a stream of either kind."""
    for number, answer in enumerate(dict.fromkeys(answers())):
        for kind in range(len(_DECODERS)):
            (folder / f"{number}-{kind}").write_bytes(bytes([kind]) + answer)
        (folder / f"{number}-sse").write_bytes(b"\x01\x0fdata: " + answer + b"\n\n")
        (folder / f"{number}-lines").write_bytes(b"\x00\x0f" + answer + b"\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        write_seeds(Path(folder))
        # What it finds goes to the first folder, so this one is the last.
        atheris.Setup([*sys.argv, folder], one_input)
        atheris.Fuzz()
