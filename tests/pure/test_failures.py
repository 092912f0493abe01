"""What httpx raises becomes an error of this package that says what to do next."""

from __future__ import annotations

import h11
import httpcore
import httpx
import pytest

from yc_runs import errors
from yc_runs._failures import failure, timed_out
from yc_runs.wire import Request

READ = Request("GET", "/x/1", "/x/{id}", "get x '1'")
WRITE = Request("POST", "/x", "/x", "create an x")


@pytest.mark.parametrize(
    ("raised", "kind", "maybe"),
    [
        (httpx.ConnectError("refused"), errors.ConnectionFailedError, False),
        (httpx.ProxyError("407"), errors.ConnectionFailedError, False),
        (httpx.UnsupportedProtocol("ftp"), errors.ConnectionFailedError, False),
        (httpx.LocalProtocolError("illegal header b'hidden'"), errors.ConfigurationError, False),
        (httpx.DecodingError("bad gzip"), errors.DecodeError, True),
        (httpx.ReadError(""), errors.ConnectionLostError, True),
        (httpx.RemoteProtocolError("cut"), errors.ConnectionLostError, True),
        (httpx.ReadTimeout(""), errors.RequestTimeoutError, True),
        (httpx.ConnectTimeout(""), errors.RequestTimeoutError, False),
    ],
)
def test_each_failure_has_its_error(raised: httpx.HTTPError, kind: type[errors.RunsError], maybe: bool) -> None:
    for request, applied in ((WRITE, maybe), (READ, False)):
        error = failure(raised, request, "host")
        assert type(error) is kind
        assert error.maybe_applied is applied
        assert str(error).startswith(request.subject)
        assert request.name in str(error)
        assert "hidden" not in str(error)
        assert ("look before sending it again" in str(error)) is applied


@pytest.mark.parametrize(
    ("raised", "phase"),
    [
        (httpx.ConnectTimeout(""), "connect"),
        (httpx.PoolTimeout(""), "connect"),
        (httpx.WriteTimeout(""), "write"),
        (httpx.ReadTimeout(""), "read"),
        (httpx.TimeoutException(""), "total"),
    ],
)
def test_a_timeout_names_its_phase(raised: httpx.HTTPError, phase: str) -> None:
    error = failure(raised, READ, "host")
    assert isinstance(error, errors.RequestTimeoutError)
    assert error.phase == phase
    assert f"phase: {phase}" in str(error)


def test_a_failure_without_words_gives_its_kind() -> None:
    assert "the connection broke: ReadError" in str(failure(httpx.ReadError(""), READ, "host"))


def test_a_timeout_says_its_limit_and_what_to_do() -> None:
    assert "within the time of 2.5 s" in str(timed_out(READ, "total", 2.5))
    assert "give it more time" in str(timed_out(READ, "read"))
    assert "look before sending it again" in str(timed_out(WRITE, "read"))
    assert "Nothing was carried out" in str(timed_out(WRITE, "connect"))


def test_the_traceback_leaves_out_what_says_the_same_once_more() -> None:
    raised, twin, root = httpx.ReadError("reset"), httpcore.ReadError("reset"), ConnectionResetError("reset")
    raised.__cause__, twin.__cause__ = twin, root
    assert "reset" in str(failure(raised, READ, "host"))
    assert raised.__cause__ is root


def test_the_traceback_does_not_repeat_what_h11_has_quoted() -> None:
    raised, twin = httpx.RemoteProtocolError("illegal b'x'"), httpcore.RemoteProtocolError("illegal b'x'")
    raised.__cause__, twin.__cause__ = twin, h11.RemoteProtocolError("illegal b'x'")
    assert "illegal b'x'" in str(failure(raised, READ, "host"))
    assert raised.__cause__ is None


def test_a_header_that_cannot_be_sent_is_not_quoted_in_the_traceback() -> None:
    raised = httpx.LocalProtocolError("Illegal header value b'Bearer hidden\\n'")
    failure(raised, READ, "host")
    assert "hidden" not in repr(raised)


def test_what_others_have_raised_stays_in_the_traceback() -> None:
    raised, root = httpx.ConnectError("no"), OSError("root")
    raised.__cause__ = root
    failure(raised, READ, "host")
    assert raised.__cause__ is root
