"""Bytes in any cut -> the same documents, each with the chunk that holds its last byte."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import pairwise, repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yc_runs.wire.framing import (
    Decoder,
    DocumentScanner,
    DocumentTooLargeError,
    EventStreamDecoder,
    FramingError,
    NotADocumentError,
    decoder_for,
)

ODD = "\u2028\u2029\u0085\x0b\x0c\x1c\x1e\ufeff😀ё"
DOCUMENTS: list[dict[str, Any]] = [
    {"a": 1},
    {"text": f'"{{}}[],\\\\" {ODD}', "b": {"c": [{}, {"d": "}"}]}},
    {},
    {"e": "\\", "\\": '\\"'},
]


def plain(documents: Iterable[Any]) -> list[bytes]:
    return [json.dumps(document, ensure_ascii=False).encode() for document in documents]


def sse(documents: Iterable[Any], end: bytes = b"\n") -> bytes:
    return b"".join(b"data: " + document + end + end for document in plain(documents))


def lines(documents: Iterable[Any], end: bytes = b"\n") -> bytes:
    return b"".join(document + end for document in plain(documents))


def result_lines(documents: Iterable[Any]) -> bytes:
    return lines({"result": document} for document in documents)


def array(documents: Iterable[Any]) -> bytes:
    return b"[" + b",".join(plain(documents)) + b"]"


def pretty(documents: Iterable[Any]) -> bytes:
    return json.dumps(list(documents), ensure_ascii=False, indent=2).encode()


FRAMINGS: dict[str, Callable[[Iterable[Any]], bytes]] = {
    "sse": sse,
    "sse-cr": lambda documents: sse(documents, b"\r"),
    "sse-crlf": lambda documents: sse(documents, b"\r\n"),
    "lines": lines,
    "lines-crlf": lambda documents: lines(documents, b"\r\n"),
    "result-lines": result_lines,
    "array": array,
    "pretty": pretty,
    "side-by-side": lambda documents: lines(documents, b""),
}


def decoder(framing: str, limit: int = 1 << 20) -> DocumentScanner | EventStreamDecoder:
    return EventStreamDecoder(limit) if framing.startswith("sse") else DocumentScanner(limit)


def read(framing: str, chunks: Iterable[bytes]) -> list[Any]:
    decode = decoder(framing)
    values = [json.loads(document) for chunk in chunks for document in decode.feed(chunk)]
    return [value["result"] for value in values] if framing == "result-lines" else values


def feed_all(decode: Decoder, chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        decode.feed(chunk)


def cut(wire: bytes, *places: int) -> list[bytes]:
    edges = [0, *sorted(places), len(wire)]
    return [wire[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
def test_every_cut_in_two_gives_the_same_documents(framing: str, bom: bytes) -> None:
    wire = bom + FRAMINGS[framing](DOCUMENTS)
    for place in range(len(wire) + 1):
        assert read(framing, cut(wire, place)) == DOCUMENTS, place


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
def test_single_bytes_give_the_same_documents(framing: str, bom: bytes) -> None:
    wire = bom + FRAMINGS[framing](DOCUMENTS)
    assert read(framing, (bytes([byte]) for byte in wire)) == DOCUMENTS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
json_objects = st.dictionaries(st.text(max_size=5), json_values, max_size=3)


@settings(max_examples=50)
@given(
    framing=st.sampled_from(sorted(FRAMINGS)),
    documents=st.lists(json_objects, max_size=4),
    places=st.lists(st.integers(0, 400), max_size=8),
)
def test_any_documents_in_any_framing_and_any_cut_come_out(
    framing: str, documents: list[Any], places: list[int]
) -> None:
    wire = FRAMINGS[framing](documents)
    assert read(framing, cut(wire, *(min(place, len(wire)) for place in places))) == documents


@given(data=st.binary(max_size=200), places=st.lists(st.integers(0, 200), max_size=4), is_sse=st.booleans())
def test_arbitrary_bytes_give_documents_or_a_framing_error(data: bytes, places: list[int], is_sse: bool) -> None:
    decode = decoder("sse" if is_sse else "lines", limit=100)
    with suppress(FramingError):
        for chunk in cut(data, *(min(place, len(data)) for place in places)):
            assert all(len(document) <= 100 for document in decode.feed(chunk))


@given(st.text(alphabet='{}[]",\\\n a:', max_size=60))
def test_structural_noise_gives_documents_or_a_framing_error(text: str) -> None:
    scanner = DocumentScanner()
    try:
        documents = scanner.feed(text.encode())
    except NotADocumentError:
        return
    assert all(document.startswith(b"{") and document.endswith(b"}") for document in documents)


@pytest.mark.parametrize(
    ("framing", "chunks", "counts"),
    [
        ("lines", [b'{"a":1', b"}", b"\n"], [0, 1, 0]),
        ("array", [b"[", b'{"a":1}', b",", b'{"b":', b"2}", b"]"], [0, 1, 0, 0, 1, 0]),
        ("sse", [b"data: {}", b"\n", b"\n"], [0, 0, 1]),
        ("sse", [b"data: {}\r", b"\r", b"\ndata: {}\r\n\r", b"\n"], [0, 1, 1, 0]),
        ("sse", [b"data: {}\n\ndata: {}\n", b"\nid: 1\n\n"], [1, 1]),
    ],
)
def test_a_document_comes_with_the_chunk_that_holds_its_last_byte(
    framing: str, chunks: list[bytes], counts: list[int]
) -> None:
    decode = decoder(framing)
    assert [len(decode.feed(chunk)) for chunk in chunks] == counts


@pytest.mark.parametrize("framing", ["lines", "array", "pretty", "sse", "sse-crlf"])
def test_an_unfinished_document_is_not_given_out(framing: str) -> None:
    wire = FRAMINGS[framing]([{"a": 1}, {"b": 2}])
    last = wire.rindex(b"}") if not framing.startswith("sse") else len(wire) - 2
    assert read(framing, [wire[:last]]) == [{"a": 1}]


def test_a_scanner_tells_whether_a_document_was_cut() -> None:
    scanner = DocumentScanner()
    assert not scanner.is_inside
    scanner.feed(b'[{"a":')
    assert scanner.is_inside
    scanner.feed(b"1}]\n")
    assert not scanner.is_inside


def test_empty_chunks_change_nothing() -> None:
    for framing in ("sse", "lines"):
        assert read(framing, [b"", *cut(FRAMINGS[framing]([{"a": "ё"}]), 9, 9, 12, 12), b""]) == [{"a": "ё"}]


def test_escapes_can_be_cut_anywhere() -> None:
    document = {"t": '\\"\\\\"\n\u2028{', "u": "\\" * 7}
    wire = json.dumps(document).encode() + b"\n"
    for first in range(len(wire)):
        for second in range(first, len(wire)):
            assert read("lines", cut(wire, first, second)) == [document]


def test_a_string_of_very_many_escapes_is_read() -> None:
    document = {"t": "\n" * 5000 + "{" + '"' * 3001}
    wire = json.dumps(document).encode()
    assert read("lines", [wire]) == [document]
    assert read("lines", cut(wire, 1999, 2000, 2001, 2002, 4007)) == [document]


def test_deep_nesting_is_only_counted() -> None:
    wire = b'{"a":' * 5_000 + b"1" + b"}" * 5_000
    scanner = DocumentScanner()
    assert scanner.feed(wire[:-1]) == []
    assert scanner.feed(wire[-1:]) == [wire]


@pytest.mark.parametrize(
    "foreign",
    [
        b"<html>502</html>",
        b"null",
        b"1",
        b'"text"',
        b"upstream connect error",
        b"}",
        b"\xff\xfe{\x00",
        b"\xef\xbb\xbe{}",
    ],
)
def test_what_is_no_document_is_refused_with_its_beginning(foreign: bytes) -> None:
    with pytest.raises(NotADocumentError) as caught:
        DocumentScanner().feed(b" [\n" + foreign)
    assert caught.value.excerpt == foreign.decode("utf-8", "replace")


def test_a_long_foreign_page_is_quoted_only_in_its_beginning() -> None:
    with pytest.raises(NotADocumentError) as caught:
        DocumentScanner().feed(b"<" * 10_000)
    assert caught.value.excerpt == "<" * 200


def test_half_a_byte_order_mark_is_no_document() -> None:
    scanner = DocumentScanner()
    assert scanner.feed(b"\xef\xbb") == []
    with pytest.raises(NotADocumentError):
        scanner.feed(b"{}")


def test_a_byte_order_mark_counts_only_at_the_beginning() -> None:
    scanner = DocumentScanner()
    assert scanner.feed(b"\xef\xbb\xbf{}\n") == [b"{}"]
    with pytest.raises(NotADocumentError):
        scanner.feed(b"\xef\xbb\xbf{}")


@pytest.mark.parametrize("framing", ["lines", "sse"])
def test_a_document_of_just_the_limit_is_read_and_a_larger_one_refused(framing: str) -> None:
    document = {"a": "x" * 100}
    size = len(plain([document])[0])
    wire = FRAMINGS[framing]([document, document])
    frame = len(wire) // 2 - size
    decode = decoder(framing, size + frame)
    assert sum(len(decode.feed(bytes([byte]))) for byte in wire) == 2
    for chunks in ([wire], [bytes([byte]) for byte in wire]):
        small = decoder(framing, size - 1)
        with pytest.raises(DocumentTooLargeError, match=f"larger than {size - 1} bytes"):
            feed_all(small, chunks)


@pytest.mark.parametrize(
    ("framing", "start", "more"),
    [("lines", b'{"a":"', b"x" * 4096), ("lines", b'{"a":', b"[[" * 2048), ("sse", b"data: ", b"x" * 4096)],
)
def test_a_document_that_never_ends_is_refused_in_bounded_memory(framing: str, start: bytes, more: bytes) -> None:
    decode = decoder(framing, limit := 200_000)
    decode.feed(start)
    tracemalloc.start()
    with pytest.raises(DocumentTooLargeError):
        feed_all(decode, repeat(more, limit // len(more) + 1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * limit


@pytest.mark.parametrize(("framing", "filler"), [("lines", b" \n,[]" * 1000), ("sse", b": beat\n\n" * 1000)])
def test_what_stands_between_documents_is_not_held(framing: str, filler: bytes) -> None:
    decode = decoder(framing, limit=1000)
    assert [decode.feed(filler) for _ in range(10)] == [[]] * 10
    assert len(decode.feed(FRAMINGS[framing]([{"a": 1}]))) == 1


def test_heartbeats_and_ids_and_empty_events_give_nothing() -> None:
    wire = b": hello\n\nid: 7\nevent: x\ndata: {}\n\n: beat\n\n:\n\nid: 8\n\nretry: 5\n\ndata:\n\n\n\ndata: []\n\n"
    assert EventStreamDecoder().feed(wire) == [b"{}", b"[]"]


def test_data_of_several_lines_is_one_document() -> None:
    assert read("sse", [b'data: {\ndata:"a":\ndata: 1}\n\n']) == [{"a": 1}]


@pytest.mark.parametrize("odd", list(ODD))
def test_only_real_line_ends_end_a_line(odd: str) -> None:
    wire = f'data: {{"a":"{odd}data: x{odd}{odd}"}}\n\n'.encode()
    assert EventStreamDecoder().feed(wire) == [f'{{"a":"{odd}data: x{odd}{odd}"}}'.encode()]


def test_mixed_line_ends_are_read_at_every_cut() -> None:
    wire = b"data: 1\r\n\r\ndata: 2\r\rdata: 3\n\ndata: 4\r\n\ndata: 5\n\r\ndata: 6\r\n\r"
    for first in range(len(wire)):
        for second in range(first, len(wire)):
            assert read("sse", cut(wire, first, second)) == [1, 2, 3, 4, 5, 6], (first, second)


def test_an_event_stream_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(FramingError, match="UTF-8"):
        EventStreamDecoder().feed(b'data: "\xff"\n\n')


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("text/event-stream", EventStreamDecoder),
        ("Text/Event-Stream ; charset=utf-8", EventStreamDecoder),
        ("application/json", DocumentScanner),
        ("text/event-stream-x", DocumentScanner),
        ("", DocumentScanner),
    ],
)
def test_the_content_type_chooses_the_decoder(content_type: str, kind: type) -> None:
    assert type(decoder_for(content_type)) is kind


@settings(max_examples=30)
@given(st.lists(json_objects, min_size=1, max_size=3), st.integers(2, 6))
def test_pretty_printed_arrays_are_read_whatever_the_indent(documents: list[Any], indent: int) -> None:
    wire = json.dumps(documents, indent=indent).encode()
    assert read("array", cut(wire, len(wire) // 3, len(wire) // 2)) == documents


@pytest.mark.parametrize("framing", ["lines", "array", "sse"])
def test_documents_before_one_that_is_too_large_come_out_first(framing: str) -> None:
    wire = FRAMINGS[framing]([{"a": 1}, {"b": "x" * 100}, {"c": 1}])
    for chunk in (wire, wire[:-40]):
        decode = decoder(framing, limit=50)
        assert [json.loads(document) for document in decode.feed(chunk)] == [{"a": 1}]
        for more in (b"x", b'"}\n\ndata: {}\n\n'):
            with pytest.raises(DocumentTooLargeError):
                decode.feed(more)


def test_documents_before_a_foreign_page_come_out_first() -> None:
    scanner = DocumentScanner()
    assert scanner.feed(b'{"a":1}\n<html>') == [b'{"a":1}']
    with pytest.raises(NotADocumentError):
        scanner.feed(b"\n")


@pytest.mark.parametrize(
    ("framing", "wire", "inside"),
    [
        *(("array", b"[", True), ("array", b'[{"a":1},', True), ("array", b'[{"a":1}]', False)),
        *(("sse", b"data: {}\n", True), ("sse", b"data: {}\n\n", False), ("sse", b": beat\n", False)),
    ],
)
def test_a_decoder_tells_whether_the_body_was_cut(framing: str, wire: bytes, inside: bool) -> None:
    decode = decoder(framing)
    decode.feed(wire)
    assert decode.is_inside is inside
