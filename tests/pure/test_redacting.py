"""A key or token that a gateway repeats is taken out of errors, wherever it stands in them."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx
import pytest

from yc_runs._redacting import clean, redact, secret_of, without_secret
from yc_runs.errors import APIError, ConnectionLostError, DecodeError

KEY = "AQVN-0123456789-abcdefghij"


def signed(header: str) -> httpx.Request:
    return httpx.Request("GET", "https://h", headers={"authorization": header})


@pytest.mark.parametrize("header", [f"Api-Key {KEY}", f"Bearer {KEY}", KEY])
def test_the_secret_is_what_a_request_was_signed_with(header: str) -> None:
    assert secret_of(signed(header)) == KEY


@pytest.mark.parametrize("request_", [signed("Api-Key short"), httpx.Request("GET", "https://h")])
def test_what_is_too_short_or_missing_is_no_secret(request_: httpx.Request) -> None:
    assert secret_of(request_) == ""


def test_every_text_of_an_error_is_cleaned() -> None:
    error = APIError(
        f"get run {KEY}",
        status=400,
        code=KEY,
        message=f"a {KEY} b",
        details=({KEY: [KEY, 5]},),
        request_id=KEY,
        trace_id=KEY,
    )
    redact(error, KEY)
    assert KEY not in f"{error} {error!r} {vars(error)}"
    assert (error.status, error.message, error.details) == (400, "a [secret] b", ({"[secret]": ["[secret]", 5]},))


@pytest.mark.parametrize("length", [16, 17, 25])
def test_a_secret_that_was_cut_is_known_by_its_beginning(length: int) -> None:
    error = DecodeError(f"It begins {KEY[:length]!r}, and {KEY}.", excerpt=KEY[:length])
    redact(error, KEY)
    assert (str(error), error.excerpt) == ("It begins '[secret]', and [secret].", "[secret]")


def test_what_httpx_said_is_cleaned_as_well() -> None:
    cause = httpx.RemoteProtocolError(f"illegal header line {KEY}")
    redact(cause, KEY)
    assert str(cause) == "illegal header line [secret]"


@pytest.mark.parametrize("error", [None, OSError(5, KEY), ValueError(KEY)])
def test_the_errors_of_others_are_left_as_they_are(error: Any) -> None:
    before = repr(error)
    redact(error, KEY)
    assert repr(error) == before


def test_what_a_transport_keeps_in_its_error_is_left_as_it_is() -> None:
    class Pair(NamedTuple):
        one: str
        two: int

    cause = httpx.ConnectError(KEY)
    cause.tried = Pair("h", 2)  # type: ignore[attr-defined]
    redact(cause, KEY)
    assert (str(cause), vars(cause)["tried"]) == ("[secret]", Pair("h", 2))


def test_without_a_secret_nothing_changes() -> None:
    error = ConnectionLostError("broke")
    redact(error, "")
    assert str(error) == "broke"
    assert (clean("a", ""), without_secret(b"a", "")) == ("a", b"a")


def test_a_body_is_cleaned_as_bytes() -> None:
    assert without_secret(b"<" + KEY.encode() + b">", KEY) == b"<[secret]>"
