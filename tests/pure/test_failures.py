"""What httpx raises becomes an error of this package that says what to do next."""

from __future__ import annotations

import h11
import httpcore
import httpx
import pytest

from yc_runs import errors
from yc_runs._failures import broken_off, timed_out
from yc_runs._failures import failure as failure_of
from yc_runs.wire import Request

READ = Request("GET", "/x/1", "/x/{id}", "get x '1'")
WRITE = Request("POST", "/x", "/x", "create an x")
LIMITS = {"connect": 10.0, "read": 2.5, "total": 60.0}


def failure(raised: httpx.HTTPError, request: Request) -> errors.RunsError:
    return failure_of(raised, request, "host", LIMITS.get, "id-1")


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
        error = failure(raised, request)
        assert type(error) is kind
        assert error.maybe_applied is applied
        assert str(error).startswith(request.subject)
        assert request.name in str(error)
        assert "hidden" not in str(error)
        assert ("look before sending it again" in str(error)) is applied


@pytest.mark.parametrize(
    ("raised", "phase", "limit"),
    [
        (httpx.ConnectTimeout(""), "connect", " of 10 s"),
        (httpx.PoolTimeout(""), "connect", " of 10 s"),
        (httpx.WriteTimeout(""), "write", ""),
        (httpx.ReadTimeout(""), "read", " of 2.5 s"),
        (httpx.TimeoutException(""), "total", " of 60 s"),
    ],
)
def test_a_timeout_names_its_phase_and_its_limit_where_that_is_known(
    raised: httpx.HTTPError, phase: str, limit: str
) -> None:
    error = failure(raised, READ)
    assert isinstance(error, errors.RequestTimeoutError)
    assert error.phase == phase
    assert f"within the time{limit} (phase: {phase})" in str(error)


def test_a_failure_without_words_gives_its_kind() -> None:
    assert "the connection broke: ReadError" in str(failure(httpx.ReadError(""), READ))


def test_a_timeout_says_what_to_do() -> None:
    assert "give it more time" in str(timed_out(READ, "read", None, None))
    assert "look before sending it again" in str(timed_out(WRITE, "read", None, None))
    assert "Nothing was carried out" in str(timed_out(WRITE, "connect", None, None))


def test_a_read_that_ran_out_of_time_may_have_a_way_on_of_its_own() -> None:
    told = str(timed_out(READ, "total", 5, None, " Go there."))
    assert told == "get x '1': no complete answer within the time of 5 s (phase: total). Go there. (GET /x/{id})"


@pytest.mark.parametrize(
    "error",
    [
        failure(httpx.ReadError("reset"), WRITE),
        failure(httpx.DecodingError("bad gzip"), READ),
        failure(httpx.ReadTimeout(""), READ),
        broken_off(READ, "it was cut", "id-1"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_text_ends_with_the_id_that_the_request_went_out_with(error: errors.RunsError) -> None:
    assert str(error).endswith("; client request id id-1)")


@pytest.mark.parametrize(
    "raised", [httpx.ConnectError("refused"), httpx.ConnectTimeout(""), httpx.LocalProtocolError("illegal header")]
)
def test_the_text_names_no_id_where_no_request_went_out(raised: httpx.HTTPError) -> None:
    assert "id-1" not in str(failure(raised, WRITE))


def test_the_traceback_leaves_out_what_says_the_same_once_more() -> None:
    raised, twin, root = httpx.ReadError("reset"), httpcore.ReadError("reset"), ConnectionResetError("reset")
    raised.__cause__, twin.__cause__ = twin, root
    assert "reset" in str(failure(raised, READ))
    assert raised.__cause__ is root


def test_the_traceback_does_not_repeat_what_h11_has_quoted() -> None:
    raised, twin = httpx.RemoteProtocolError("illegal b'x'"), httpcore.RemoteProtocolError("illegal b'x'")
    raised.__cause__, twin.__cause__ = twin, h11.RemoteProtocolError("illegal b'x'")
    assert "illegal b'x'" in str(failure(raised, READ))
    assert raised.__cause__ is None


def test_a_header_that_cannot_be_sent_is_not_quoted_in_the_traceback() -> None:
    raised = httpx.LocalProtocolError("Illegal header value b'Bearer hidden\\n'")
    failure(raised, READ)
    assert "hidden" not in repr(raised)


def test_what_others_have_raised_stays_in_the_traceback() -> None:
    raised, root = httpx.ConnectError("no"), OSError("root")
    raised.__cause__ = root
    failure(raised, READ)
    assert raised.__cause__ is root
