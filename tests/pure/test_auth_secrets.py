from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import httpx
import pytest

from yc_runs.auth import APIKey, EnvToken, IAMToken, Metadata, NoAuth, OAuthToken, TokenProvider, resolve
from yc_runs.auth._hosts import is_link_local, is_loopback, secure_url
from yc_runs.errors import ConfigurationError

SECRET = "y0_sesame-open"

ALL: list[Callable[[], httpx.Auth]] = [
    lambda: APIKey(SECRET),
    lambda: IAMToken(SECRET),
    lambda: OAuthToken(SECRET),
    lambda: EnvToken(environ={"YC_TOKEN": SECRET}),
    lambda: Metadata("127.0.0.1"),
    lambda: TokenProvider(lambda: SECRET),
    lambda: resolve(None, {"YC_TOKEN": SECRET}),
    lambda: NoAuth(),
]


@pytest.mark.parametrize("make", ALL)
def test_no_representation_shows_a_secret(make: Callable[[], httpx.Auth]) -> None:
    credentials = make()
    assert "sesame" not in f"{credentials!r} {credentials}"
    assert repr(credentials).startswith(type(credentials).__name__)


def test_static_credentials_show_stars() -> None:
    assert repr(APIKey(SECRET)) == "APIKey(***)"


@pytest.mark.parametrize("make", ALL)
def test_credentials_refuse_to_be_pickled(make: Callable[[], httpx.Auth]) -> None:
    with pytest.raises(TypeError, match="is not pickled; make the credentials anew"):
        pickle.dumps(make())


@pytest.mark.parametrize("make", ALL)
def test_a_copy_is_the_same_object_so_that_one_token_is_shared(make: Callable[[], httpx.Auth]) -> None:
    credentials = make()
    assert copy.copy(credentials) is credentials
    assert copy.deepcopy({"auth": credentials})["auth"] is credentials


@pytest.mark.parametrize("make", [APIKey, IAMToken, OAuthToken, resolve])
@pytest.mark.parametrize("text", ["", "  \n", "sesame\x00open", "sesame\nopen", "сезам", "Bearer sesame", "sesame\x7f"])
def test_a_text_that_cannot_be_a_secret_is_refused_and_not_echoed(make: Callable[[str], object], text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(text)
    assert "sesame" not in str(caught.value)
    assert "сезам" not in str(caught.value)


@pytest.mark.parametrize("make", [APIKey, IAMToken, OAuthToken])
def test_a_secret_that_is_no_text_is_a_type_error(make: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match="must be a str, not bytes"):
        make(b"sesame")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "iam.localhost"])
def test_loopback_hosts_are_told(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "example.com", "localhost.example.com", "127.0.0.1.nip.io"]
)
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_link_local_addresses_are_told() -> None:
    assert is_link_local("169.254.169.254")
    assert is_link_local("fe80::1")
    assert not is_link_local("127.0.0.1")
    assert not is_link_local("metadata")


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://iam.example.com/x", "plain http to iam.example.com"),
        ("http://169.254.169.254/x", "plain http"),
        ("ftp://127.0.0.1/x", "must be an http"),
        ("iam.example.com", "must be an http"),
        ("https://user:sesame@iam.example.com", "must not hold a user name"),
        ("http://[::1/x", "is not a URL"),
    ],
)
def test_a_secret_is_not_sent_where_others_could_read_it(address: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why) as caught:
        OAuthToken(SECRET, iam_url=address)
    assert "sesame" not in str(caught.value)


def test_plain_http_is_fine_next_door_only_where_that_is_asked_for() -> None:
    assert secure_url("http://169.254.169.254", "it", link_local=True).host == "169.254.169.254"
    assert secure_url("http://localhost:8080/x", "it").port == 8080
