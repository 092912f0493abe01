"""The credentials' generators, driven by hand: no client, no transport, no event loop."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from yc_runs.auth import OAuthToken
from yc_runs.auth._exchange import LIMITS
from yc_runs.auth._steps import Ask, Read, Steps, Wait
from yc_runs.errors import CredentialsError

NOW = 1_800_000_000.0
LATER = "2027-01-15T09:00:00.123456789Z"


def credentials() -> OAuthToken:
    return OAuthToken("y0_secret-of-mine", clock=lambda: NOW)


def get(timeout: dict[str, float | None] | None = None) -> httpx.Request:
    extensions = {} if timeout is None else {"timeout": timeout}
    return httpx.Request("GET", "https://gateway.test/runs", extensions=extensions)


def begin(auth: OAuthToken, request: httpx.Request) -> tuple[Steps[None], Any]:
    steps = auth._steps(request)
    return steps, next(steps)


def token(value: str = "t1.a", expires: object = LATER) -> httpx.Response:
    return httpx.Response(200, json={"iamToken": value, "expiresAt": expires})


def signed_in() -> OAuthToken:
    auth = credentials()
    steps, _ = begin(auth, get())
    steps.send(token())
    return auth


def finish(steps: Steps[None], response: httpx.Response) -> None:
    with pytest.raises(StopIteration):
        steps.send(response)


def test_the_exchange_is_asked_for_first_and_then_the_signed_request() -> None:
    request = get()
    steps, asked = begin(credentials(), request)
    assert isinstance(asked, Ask)
    assert str(asked.request.url) == "https://iam.api.cloud.yandex.net/iam/v1/tokens"
    assert asked.request.method == "POST"
    assert json.loads(asked.request.content) == {"yandexPassportOauthToken": "y0_secret-of-mine"}
    assert steps.send(token()) is request
    assert request.headers["authorization"] == "Bearer t1.a"
    finish(steps, httpx.Response(200))


def test_the_next_request_is_signed_at_once() -> None:
    request = get()
    _, step = begin(signed_in(), request)
    assert step is request
    assert request.headers["authorization"] == "Bearer t1.a"


def test_the_users_own_answer_is_left_unread() -> None:
    request = get()
    steps, _ = begin(signed_in(), request)
    finish(steps, httpx.Response(200, stream=httpx.ByteStream(b"a stream without end")))


def test_a_401_frees_its_connection_renews_and_sends_again_once() -> None:
    request = get()
    steps, _ = begin(signed_in(), request)
    refused = httpx.Response(401)
    read = steps.send(refused)
    assert isinstance(read, Read)
    assert read.response is refused
    assert isinstance(steps.send(None), Ask)
    assert steps.send(token("t1.b")) is request
    assert request.headers["authorization"] == "Bearer t1.b"
    finish(steps, httpx.Response(401))


def test_a_401_for_a_token_that_was_renewed_meanwhile_takes_the_new_one() -> None:
    auth = signed_in()
    first, second = get(), get()
    one, _ = begin(auth, first)
    two, _ = begin(auth, second)
    one.send(httpx.Response(401))
    assert isinstance(one.send(None), Ask)
    assert one.send(token("t1.b")) is first
    two.send(httpx.Response(401))
    assert two.send(None) is second
    assert second.headers["authorization"] == "Bearer t1.b"


def test_a_request_whose_body_cannot_be_sent_twice_keeps_its_401() -> None:
    request = httpx.Request("POST", "https://gateway.test/runs", content=iter([b"once"]))
    steps, _ = begin(signed_in(), request)
    finish(steps, httpx.Response(401))


def test_who_comes_during_a_renewal_waits_for_it_and_shares_its_token() -> None:
    auth = credentials()
    first, _ = begin(auth, get())
    request = get()
    second, wait = begin(auth, request)
    assert isinstance(wait, Wait)
    assert wait.patience == pytest.approx(30.0, abs=5)
    first.send(token())
    assert wait.renewal.over
    assert second.send(None) is request
    assert request.headers["authorization"] == "Bearer t1.a"


def test_who_waits_shares_the_failure_too_as_an_error_of_its_own() -> None:
    auth = credentials()
    first, _ = begin(auth, get())
    second, _ = begin(auth, get())
    with pytest.raises(CredentialsError) as led:
        first.send(httpx.Response(503))
    with pytest.raises(CredentialsError) as joined:
        second.send(None)
    assert str(joined.value) == str(led.value)
    assert joined.value is not led.value
    assert joined.value.retryable


def test_a_renewal_that_was_cancelled_is_taken_over_by_one_who_waited() -> None:
    auth = credentials()
    first, _ = begin(auth, get())
    second, wait = begin(auth, get())
    first.close()
    assert wait.renewal.over
    assert isinstance(second.send(None), Ask)


def test_a_renewal_that_never_ends_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    auth = credentials()
    dead, _ = begin(auth, get())
    monkeypatch.setattr(auth, "_renewal_limit", 0.0)
    second, wait = begin(auth, get())
    assert wait.patience == 0.0
    assert isinstance(second.send(None), Ask)
    dead.close()


def test_who_has_little_time_waits_no_longer_and_is_told_why() -> None:
    auth = credentials()
    first, _ = begin(auth, get())
    second, wait = begin(auth, get({"pool": 0.5}))
    assert wait.patience == 0.5
    with pytest.raises(
        CredentialsError, match=r"another request has been renewing the token of OAuthToken\(\*\*\*\)"
    ) as caught:
        second.send(None)
    assert caught.value.retryable
    first.close()


def test_the_exchange_has_limits_of_its_own() -> None:
    _, asked = begin(credentials(), get())
    assert asked.request.extensions["timeout"] == dict(LIMITS)


def test_the_exchange_takes_no_longer_than_the_request_may() -> None:
    _, asked = begin(credentials(), get({"connect": 1.0, "read": None, "write": 60.0}))
    assert asked.request.extensions["timeout"] == {**LIMITS, "connect": 1.0}


def test_an_exchange_that_failed_for_its_callers_haste_is_tried_by_the_others() -> None:
    auth = credentials()
    first, _ = begin(auth, get({"read": 0.1}))
    second, _ = begin(auth, get())
    with pytest.raises(CredentialsError):
        first.throw(httpx.ReadTimeout("slow"))
    assert isinstance(second.send(None), Ask)


def test_an_exchange_that_ran_out_of_its_own_time_failed_for_all() -> None:
    auth = credentials()
    first, _ = begin(auth, get({"read": 60.0}))
    second, _ = begin(auth, get())
    with pytest.raises(CredentialsError):
        first.throw(httpx.ReadTimeout("slow"))
    with pytest.raises(CredentialsError):
        second.send(None)


@pytest.mark.parametrize(
    ("expires", "good_until"),
    [
        ("2027-01-15T08:20:00Z", 1200.0),
        ("2027-01-15T08:20:00.5+00:00", 1200.5),
        ("2027-01-15t11:20:00.000000001+03:00", 1200.0),
        (None, 3600.0),
        ("tomorrow", 3600.0),
        ("2027-13-15T08:20:00Z", 3600.0),
        (1800001200, 3600.0),
    ],
)
def test_a_token_lives_as_long_as_the_service_says_and_else_an_hour(expires: object, good_until: float) -> None:
    auth = credentials()
    steps, _ = begin(auth, get())
    steps.send(token(expires=expires))
    held = auth._cache.claim(NOW)
    assert held.expires_at == pytest.approx(NOW + good_until, abs=1e-4)  # type: ignore[union-attr]


def test_the_other_spelling_of_the_answer_is_read_too() -> None:
    request = get()
    steps, _ = begin(credentials(), request)
    assert steps.send(httpx.Response(200, json={"iam_token": "t1.s", "expires_at": LATER})) is request
    assert request.headers["authorization"] == "Bearer t1.s"


def test_an_error_that_is_none_of_ours_passes_and_leaves_nobody_waiting() -> None:
    auth = credentials()
    first, _ = begin(auth, get())
    second, _ = begin(auth, get())
    with pytest.raises(OSError, match="disk"):
        first.throw(OSError("disk"))
    assert isinstance(second.send(None), Ask)
