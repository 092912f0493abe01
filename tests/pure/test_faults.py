"""Every error body of the contract, and what no contract foresees, becomes one clear exception."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yc_runs import errors
from yc_runs.wire import Request
from yc_runs.wire.faults import Fault, LateFaultError, error_for, fault_of, read_fault, retry_after

GET = Request("GET", "/x/1", "/x/{id}", "get x '1'")
POST = Request("POST", "/x", "/x", "create an x", b"{}")


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('{"code": 5, "message": "no such run", "details": [{"a": 1}]}', Fault("no such run", 5, ({"a": 1},))),
        (
            '{"error": {"grpcCode": 8, "httpCode": 429, "message": "slow", "httpStatus": "Too Many", "details": []}}',
            Fault("slow", 8),
        ),
        ('{"error": {"grpc_code": 8, "http_code": 429, "message": "slow"}}', Fault("slow", 8)),
        ('{"error": "text", "code": 16, "message": "longer text"}', Fault("longer text", 16)),
        ('{"error": "text", "code": 16}', Fault("text", 16)),
        ('{"error": "text"}', Fault("text")),
        ('{"code": "NOT_FOUND", "message": "no"}', Fault("no", "NOT_FOUND")),
        ('{"code": 0, "message": ""}', Fault("", 0)),
        ('{"message": {"nested": 1}}', Fault("{'nested': 1}")),
        ('{"code": [1], "message": "m", "details": "d"}', Fault("m")),
        ('[{"error": {"code": 7, "message": "in an array"}}]', Fault("in an array", 7)),
        ("upstream connect error or disconnect", Fault("upstream connect error or disconnect")),
        ("<html><head><title> 502 Bad Gateway </title></head></html>", Fault("an HTML page, titled '502 Bad Gateway'")),
        ("<!DOCTYPE html><body>x</body>", Fault("an HTML page")),
        ("", Fault("")),
        ("  \n", Fault("")),
        ("null", Fault("null")),
        ("{}", Fault("{}")),
        ("[]", Fault("[]")),
        ('{"a": 1}', Fault('{"a": 1}')),
        ("NaN", Fault("NaN")),
    ],
)
def test_each_shape_of_error_body_is_read(body: str, fault: Fault) -> None:
    assert read_fault(body.encode()) == fault


def test_bytes_that_are_not_utf8_are_read_with_marks() -> None:
    assert read_fault(b"caf\xe9") == Fault("caf\ufffd")


@pytest.mark.parametrize("body", [b"x" * 100_000, json.dumps({"message": "x" * 100_000}).encode()])
def test_a_huge_message_is_cut(body: bytes) -> None:
    assert read_fault(body).message == "x" * 500 + "…"


def test_a_huge_text_code_is_cut() -> None:
    assert read_fault(json.dumps({"code": "x" * 100_000}).encode()).code == "x" * 500 + "…"


@pytest.mark.parametrize("depth", [900, 2_000, 50_000])
@pytest.mark.parametrize("shape", [b"[", b'{"error":', b'{"message":', b'{"message":[', b'[{"error":['])
def test_deep_nesting_is_quoted_and_no_recursion_error(shape: bytes, depth: int) -> None:
    closing = shape.translate(bytes.maketrans(b"[{", b"]}"), b'":abcdefghijklmnopqrstuvwxyz')[::-1]
    assert len(read_fault(shape * depth + b"1" + closing * depth).message) <= 501


@given(st.binary(max_size=300))
def test_arbitrary_bytes_give_a_fault(body: bytes) -> None:
    assert len(read_fault(body).message) <= 501


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "code", "message", "details", "grpcCode", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=50)
@given(json_values)
def test_arbitrary_json_gives_a_fault_and_an_error(value: object) -> None:
    fault = read_fault(json.dumps(value).encode())
    assert isinstance(error_for(GET, fault.http_status, fault, headers={}), errors.APIError)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *((1, 499), (3, 400), (4, 504), (5, 404), (6, 409), (7, 403), (8, 429), (9, 400), (10, 409), (11, 400)),
        *((12, 501), (13, 500), (14, 503), (16, 401), (2, 500), (0, 500), (99, 500), ("NOT_FOUND", 500), (None, 500)),
    ],
)
def test_a_grpc_code_has_its_http_status(code: int | str | None, status: int) -> None:
    assert Fault(code=code).http_status == status


def test_what_is_no_object_has_no_fault() -> None:
    assert fault_of("text") is fault_of([]) is fault_of({"code": None}) is fault_of([[{"code": 5}]]) is None


def test_a_late_fault_carries_its_fault() -> None:
    assert LateFaultError(Fault("m", 8)).fault == Fault("m", 8)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (429, errors.RateLimitError),
        (501, errors.NotImplementedByGatewayError),
        (500, errors.ServerError),
        (502, errors.ServerError),
        (599, errors.ServerError),
        (418, errors.APIError),
        (302, errors.APIError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[errors.APIError]) -> None:
    assert type(error_for(GET, status, Fault(), headers={})) is kind


def test_an_error_says_what_happened_and_holds_every_id() -> None:
    headers = {"x-request-id": "req", "x-server-trace-id": "trace", "retry-after": "7"}
    error = error_for(GET, 404, Fault("no such x", 5, (1,)), headers=headers, client_request_id="mine")
    assert str(error) == (
        "get x '1': the gateway answered 404 (code 5): no such x. "
        "Check the id, that the account may see it, and the base URL. "
        "(GET /x/{id}; request id req)"
    )
    assert (error.status, error.code, error.message, error.details) == (404, 5, "no such x", (1,))
    assert (error.request_id, error.trace_id, error.client_request_id) == ("req", "trace", "mine")
    assert (error.retry_after, error.maybe_applied) == (7.0, False)


@pytest.mark.parametrize(("message", "told"), [("no", "no. "), ("No.", "No. "), ("What?", "What? "), ("cut…", "cut… ")])
def test_what_the_gateway_said_ends_with_one_stop(message: str, told: str) -> None:
    assert f"answered 400: {told}Correct" in str(error_for(GET, 400, Fault(message), headers={}))


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("https://login.test/sign-in", "https://login.test/sign-in"),
        ("https://user:word@login.test:8443/x;session=1?key=word#word", "https://login.test:8443/x"),
        ("//login.test/x", "login.test/x"),
        ("/v2/runs?key=word", "/v2/runs"),
        ("https://login.test/a\x07b", "https://login.test/a b"),
        ("https://login.test/a/" + "b" * 200, "https://login.test/a/…"),
    ],
)
def test_a_redirect_says_where_it_points_to_and_no_more_than_that(location: str, place: str) -> None:
    told = str(error_for(GET, 302, Fault(), headers={"location": location}))
    assert f"answered 302 without a message. It points to {place}. Redirects are not followed" in told


@pytest.mark.parametrize("location", ["", "?key=word", "https:/user:word@login.test/x", "https://[login.test/word"])
def test_a_redirect_to_nowhere_that_can_be_shown_is_told_without_it(location: str) -> None:
    told = str(error_for(GET, 302, Fault(), headers={"location": location}))
    assert "answered 302 without a message. Redirects are not followed" in told


def test_only_a_redirect_points_somewhere() -> None:
    assert "points" not in str(error_for(GET, 503, Fault(), headers={"location": "/x"}))


def test_a_rare_status_without_a_message_does_not_refer_to_one() -> None:
    assert "Check the arguments, the base URL and any proxy." in str(error_for(GET, 418, Fault(), headers={}))
    assert "See the gateway's message." in str(error_for(GET, 413, Fault("too large"), headers={}))


def test_an_error_without_anything_says_so() -> None:
    error = error_for(GET, 503, Fault(), headers={})
    assert "answered 503 without a message. Try again later" in str(error)
    assert (error.code, error.request_id, error.retry_after) == (None, None, None)


@pytest.mark.parametrize(
    ("request_", "status", "maybe"),
    [
        (POST, 500, True),
        (POST, 502, True),
        (POST, 501, False),
        (POST, 429, False),
        (POST, 400, False),
        (GET, 500, False),
    ],
)
def test_a_write_that_a_server_error_answered_may_have_been_carried_out(
    request_: Request, status: int, maybe: bool
) -> None:
    error = error_for(request_, status, Fault("m"), headers={})
    assert error.maybe_applied is maybe
    assert ("look before sending it again" in str(error)) is maybe


NOW = 784111777.0  # Sun, 06 Nov 1994 08:49:37 GMT


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("000000000120", 120.0),
        ("9" * 5000, 1e9),
        ("Sun, 06 Nov 1994 08:49:47 GMT", 10.0),
        ("Sunday, 06-Nov-94 08:49:47 GMT", 10.0),
        ("Sun Nov  6 08:49:47 1994", 10.0),
        ("Sun, 06 Nov 1994 08:49:47 -0000", 10.0),
        ("Sun, 06 Nov 1994 08:49:27 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Sun, 99 Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 99999 08:49:37 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_without_retry_after_there_is_no_pause_asked() -> None:
    assert retry_after({}, NOW) is None


@given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=40))
def test_arbitrary_retry_after_is_a_number_or_none(value: str) -> None:
    pause = retry_after({"retry-after": value}, NOW)
    assert pause is None or pause >= 0


def test_without_the_gateways_id_an_error_quotes_the_clients() -> None:
    error = error_for(GET, 404, Fault("m"), headers={}, client_request_id="mine")
    assert str(error).endswith("; client request id mine)")
