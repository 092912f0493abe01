from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from yc_runs.auth import APIKey, EnvToken, IAMToken, Metadata, NoAuth, OAuthToken, TokenProvider, resolve
from yc_runs.auth._environment import Surroundings
from yc_runs.errors import ConfigurationError


def signed(auth: httpx.Auth) -> str | None:
    request = next(auth.sync_auth_flow(httpx.Request("GET", "https://gateway.test")))
    header: str | None = request.headers.get("authorization")
    return header


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("t1.abc", IAMToken),
        ("t9.abc", IAMToken),
        ("y0_abc", OAuthToken),
        ("y3_abc", OAuthToken),
        ("AQVNabc", APIKey),
        ("t1abc", APIKey),
        ("y4_abc", APIKey),
        ("xt1.abc", APIKey),
    ],
)
def test_a_text_is_taken_for_what_it_begins_like(text: str, kind: type) -> None:
    assert type(resolve(f" {text}\n")) is kind


def test_white_space_around_a_secret_is_dropped() -> None:
    assert signed(resolve(" AQVNabc \r\n")) == "Api-Key AQVNabc"
    assert signed(resolve("\tt1.abc\n")) == "Bearer t1.abc"


def test_credentials_of_any_make_stay_what_they_are() -> None:
    for auth in (httpx.BasicAuth("a", "b"), NoAuth(), APIKey("x")):
        assert resolve(auth, {"YC_API_KEY": "other"}) is auth


def test_a_function_becomes_a_token_provider() -> None:
    assert isinstance(resolve(lambda: "t1.x"), TokenProvider)


@pytest.mark.parametrize("auth", [42, b"AQVN", ("user", "password"), NoAuth])
def test_anything_else_is_a_type_error(auth: Any) -> None:
    with pytest.raises(TypeError, match="auth must be a key or token"):
        resolve(auth)


def test_a_class_is_told_from_its_instance() -> None:
    auth: Any = Metadata
    with pytest.raises(TypeError, match="the class Metadata: make an instance"):
        resolve(auth)


def test_the_environment_is_searched_in_the_order_of_the_official_client() -> None:
    environ = {"YC_API_KEY": "k", "YC_IAM_TOKEN": "t1.i", "YC_OAUTH_TOKEN": "y0_o", "YC_TOKEN": "t1.e"}
    kinds = []
    for variable in ("YC_API_KEY", "YC_IAM_TOKEN", "YC_OAUTH_TOKEN", "YC_TOKEN"):
        kinds.append(type(resolve(None, environ)))
        del environ[variable]
    assert kinds == [APIKey, IAMToken, OAuthToken, Surroundings]
    assert type(resolve(None, environ)) is Surroundings


def test_the_variable_tells_the_kind_whatever_the_secret_looks_like() -> None:
    assert signed(resolve(None, {"YC_API_KEY": "t1.looks-like-a-token"})) == "Api-Key t1.looks-like-a-token"


def test_blank_variables_count_as_unset() -> None:
    assert type(resolve(None, {"YC_API_KEY": "", "YC_IAM_TOKEN": " \n", "YC_OAUTH_TOKEN": "y0_o"})) is OAuthToken


def test_a_broken_variable_is_named_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="the environment variable YC_API_KEY holds") as caught:
        resolve(None, {"YC_API_KEY": "ses\x01ame"})
    assert "ame" not in str(caught.value).replace("name", "")


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YC_API_KEY", "from-the-process")
    assert signed(resolve()) == "Api-Key from-the-process"


def test_an_environment_token_is_read_anew_for_every_request() -> None:
    environ = {"YC_TOKEN": "t1.a"}
    auth = EnvToken(environ=environ)
    assert signed(auth) == "Bearer t1.a"
    environ["YC_TOKEN"] = " t1.b\n"
    assert signed(auth) == "Bearer t1.b"
    del environ["YC_TOKEN"]
    with pytest.raises(ConfigurationError, match="YC_TOKEN, which holds the token, is not set"):
        signed(auth)


def test_an_environment_token_may_have_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "t1.mine")
    assert signed(EnvToken("MY_TOKEN")) == "Bearer t1.mine"
    assert repr(EnvToken("MY_TOKEN")) == "EnvToken('MY_TOKEN')"


def test_no_credentials_add_no_header() -> None:
    assert signed(NoAuth()) is None


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1:81", "http://127.0.0.1:81"),
        (" localhost ", "http://localhost"),
        ("http://127.0.0.1:81/", "http://127.0.0.1:81"),
        ("https://metadata.example.com", "https://metadata.example.com"),
    ],
)
def test_the_metadata_address_is_a_host_or_a_url(address: str, url: str) -> None:
    path = "/computeMetadata/v1/instance/service-accounts/default/token"
    request = next(Metadata(address).sync_auth_flow(httpx.Request("GET", "https://gateway.test")))
    assert str(request.url) == url + path
    assert request.headers["metadata-flavor"] == "Google"
    assert repr(Metadata(address)) == f"Metadata({url!r})"


def test_the_metadata_address_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YC_METADATA_ADDR", raising=False)
    assert repr(Metadata()) == "Metadata('http://169.254.169.254')"
    monkeypatch.setenv("YC_METADATA_ADDR", "127.0.0.1:99")
    assert repr(Metadata()) == "Metadata('http://127.0.0.1:99')"
    assert "169.254.169.254" in repr(resolve(None, {}))
    assert "127.0.0.2" in repr(resolve(None, {"YC_METADATA_ADDR": "127.0.0.2"}))


def test_a_metadata_address_elsewhere_needs_https() -> None:
    with pytest.raises(ConfigurationError, match="the metadata service's address leads over plain http to"):
        Metadata("10.0.0.5")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: EnvToken(5), "environment variable must be a str, not int"),  # type: ignore[arg-type]
        (lambda: Metadata(5), "metadata service's address must be a str, not int"),  # type: ignore[arg-type]
        (lambda: OAuthToken("y0_x", iam_url=5), "iam_url must be a str, not int"),  # type: ignore[arg-type]
        (lambda: TokenProvider(lambda: "t", max_age="5"), "max_age: expected a number"),  # type: ignore[arg-type]
        (lambda: TokenProvider(lambda: "t", max_age=True), "max_age: expected a number"),
    ],
)
def test_a_wrong_kind_is_refused_by_its_name(make: Callable[[], object], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        make()


def test_an_age_below_0_and_a_variable_without_a_name_are_refused() -> None:
    with pytest.raises(ValueError, match="max_age"):
        TokenProvider(lambda: "t", max_age=-1)
    with pytest.raises(ValueError, match="empty"):
        EnvToken("")
