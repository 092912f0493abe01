"""A client's settings are checked once, before anything is sent, and errors about them give no secret away."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import certifi
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yc_runs import APIKey, AsyncClient, Client, ConfigurationError, NoAuth
from yc_runs._deadline import Deadline
from yc_runs._settings import LazyContext, _shared_context, check_base_url, common_headers, tls_context
from yc_runs.auth._hosts import is_loopback
from yc_runs.observe import to_logging, to_opentelemetry

KEY = APIKey("secret")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/",
        "https://h:8443",
        "HTTPS://h",
        "https://[2001:db8::1]:1",
        "https://h.",
    ],
)
def test_a_scheme_a_host_and_a_port_are_a_base_url(url: str) -> None:
    assert check_base_url(url, KEY, False) == check_base_url(httpx.URL(url), KEY, False) == httpx.URL(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com", "ftp://example.com", "https://", "https:///x", "unix:/x", "https://h:x"),
        *("https://h:99999999", "https://[::1", "https://h/path", "https://h?x=1", "https://h#x", "https://u:p@h"),
        *("https://a\nb", "https://\ud800", "x" * 70_000, None, 5, b"https://h"),
        *("https://a..b", "https://.a", f"https://{'a' * 64}.b"),
    ],
)
def test_anything_else_is_no_base_url(url: Any) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as caught:
        check_base_url(url, NoAuth(), True)
    assert len(str(caught.value)) < 400


def test_a_path_in_a_base_url_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match="/v1, are added here"):
        check_base_url("https://example.com/v1", KEY, False)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://user:hidden@h", "https://user:hidden@h", "http://user:hidden@h", "user:hidden@h", "h?key=hidden"),
        *("https://user:hidden@h:99999999", "https://user:hidden@[::1", "https://h/?key=hidden", "ftp://h#hidden"),
    ],
)
def test_a_secret_in_a_base_url_is_not_quoted(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        check_base_url(url, KEY, False)
    assert "hidden" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.text(max_size=30), st.sampled_from(["", "http://", "https://", "https://["]))
def test_any_text_is_a_base_url_or_a_configuration_error(text: str, scheme: str) -> None:
    try:
        assert check_base_url(scheme + text, NoAuth(), True).host
    except ConfigurationError:
        return


@pytest.mark.parametrize(
    "url", ["http://localhost", "http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://LOCALHOST:80"]
)
def test_credentials_go_over_plain_http_to_this_machine(url: str) -> None:
    assert check_base_url(url, KEY, False).scheme == "http"


@pytest.mark.parametrize(
    "url", ["http://example.com", "http://10.0.0.1", "http://localhost.example.com", "http://0.0.0.0"]
)
def test_credentials_do_not_go_over_plain_http_to_others_unless_allowed(url: str) -> None:
    with pytest.raises(ConfigurationError, match="plain http"):
        check_base_url(url, KEY, False)
    assert check_base_url(url, KEY, True).scheme == "http"
    assert check_base_url(url, NoAuth(), False).scheme == "http"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *(("localhost", True), ("a.localhost", True), ("127.0.0.1", True), ("::1", True), ("[::1]", True)),
        *(("localhost.com", False), ("notlocalhost", False), ("128.0.0.1", False), ("::2", False), ("", False)),
    ],
)
def test_which_host_is_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_headers_of_every_request() -> None:
    assert common_headers("1.2", {}, None, None) == {
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "user-agent": "yc-runs/1.2",
    }


def test_what_was_set_is_among_the_headers() -> None:
    headers = common_headers("1", {"x-folder-id": "folder"}, False, {"X-Mine": "y", "User-Agent": "z"})
    assert headers["x-folder-id"] == "folder"
    assert headers["x-data-logging-enabled"] == "false"
    assert (headers["x-mine"], headers["user-agent"]) == ("y", "z")
    assert common_headers("1", {}, True, {})["x-data-logging-enabled"] == "true"


@pytest.mark.parametrize(
    "extra",
    [
        *({"x": "hidden\r\ny: z"}, {"x": "hiddenё"}, {"x": "hidden\x00"}, {"x\n": "hidden"}, {"": "hidden"}),
        *({"ё": "hidden"}, {"x": 5}, {"x": None}, {"x": b"hidden"}, {5: "hidden"}, {b"x": "hidden"}),
        *([("x", "hidden")], "hidden", 5),
    ],
)
def test_what_cannot_be_a_header_is_refused_without_its_value(extra: Any) -> None:
    with pytest.raises(ConfigurationError, match="header") as caught:
        common_headers("1", {}, None, extra)
    assert "hidden" not in str(caught.value)


def test_all_clients_share_one_context_that_verifies() -> None:
    context = tls_context(True)
    assert context is tls_context(True)
    assert isinstance(context, ssl.SSLContext)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_callers_own_context_or_none_is_passed_on() -> None:
    own = ssl.create_default_context()
    assert tls_context(own) is own
    assert tls_context(False) is False


@pytest.mark.parametrize("wrong", ["ca.pem", 1, None, Path("ca.pem")])
def test_any_other_verify_is_refused_with_the_way_to_do_it(wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match="create_default_context"):
        tls_context(wrong)


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> LazyContext:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    _shared_context.cache_clear()
    made = tls_context(True)
    _shared_context.cache_clear()
    assert isinstance(made, LazyContext)
    return made


def test_authorities_are_read_at_the_first_handshake(context: LazyContext) -> None:
    assert context.cert_store_stats()["x509_ca"] == 0
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="h")
    loaded = context.cert_store_stats()["x509_ca"]
    assert loaded > 10
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="h")
    assert context.cert_store_stats()["x509_ca"] == loaded


def test_a_socket_is_wrapped_with_the_authorities_too(context: LazyContext) -> None:
    with socket.socket() as plain, pytest.raises(ValueError, match="server_hostname"):
        context.wrap_socket(plain)
    assert context.cert_store_stats()["x509_ca"] > 10


def test_the_environment_names_other_authorities(context: LazyContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/ca.pem")
    with pytest.raises(ConfigurationError, match=r"/nonexistent/ca\.pem"):
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="h")
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="h")
    assert context.cert_store_stats()["x509_ca"] > 10


@pytest.mark.parametrize("timeout", [True, "5", [1]])
def test_a_timeout_that_is_no_number_is_refused(timeout: Any) -> None:
    with pytest.raises(TypeError, match="timeout: expected a number of seconds or None"):
        Deadline.after(timeout, 0.0)


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        (AsyncClient, httpx.Client(), "httpx.AsyncClient here, not httpx.Client"),
        (Client, httpx.AsyncClient(), "httpx.Client here, not httpx.AsyncClient"),
        (Client, httpx.Client, "not builtins.type"),
        (AsyncClient, "client", "not builtins.str"),
    ],
)
def test_an_http_client_of_the_wrong_kind_is_refused(kind: Any, wrong: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        kind(folder_id="f", auth="key", http_client=wrong)


@pytest.mark.parametrize("wrong", [" f", "f\n", "a b", "ф", "f\x00"])
def test_a_folder_that_cannot_be_one_is_refused_by_its_name(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match=r"^folder_id .*white space"):
        Client(folder_id=wrong, auth=KEY)
    if "\x00" not in wrong:
        monkeypatch.setenv("YC_FOLDER_ID", wrong)
        with pytest.raises(ConfigurationError, match=r"^YC_FOLDER_ID .*white space"):
            Client(auth=KEY)


def test_a_folder_is_a_str() -> None:
    with pytest.raises(ConfigurationError, match="folder_id must be a str, not int"):
        Client(folder_id=5, auth=KEY)  # type: ignore[arg-type]


def test_a_key_that_cannot_be_one_is_refused_by_its_name_and_not_shown() -> None:
    with pytest.raises(ConfigurationError, match="given as auth") as caught:
        Client(folder_id="f", auth="hidden\nhidden")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize("wrong", ["no", "false", 0, 1])
@pytest.mark.parametrize("name", ["allow_plain_http", "enable_server_data_logging"])
def test_a_flag_is_true_or_false(name: str, wrong: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be True or False"):
        Client(folder_id="f", auth=KEY, **{name: wrong})


async def an_async_hook(seen: Any) -> None:
    """Nobody would await it."""


class AsyncHook:
    async def __call__(self, seen: Any) -> None:
        """Nobody would await it."""


@pytest.mark.parametrize("hook", [an_async_hook, AsyncHook(), partial(an_async_hook), AsyncHook().__call__])
@pytest.mark.parametrize("kind", [AsyncClient, Client])
def test_an_async_hook_is_refused_with_what_to_do(kind: Any, hook: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"plain function, for AsyncClient too.*queue"):
        kind(folder_id="f", auth=KEY, hook=hook)


@pytest.mark.parametrize(
    ("hook", "said"),
    [
        *((5, "not 5"), ("print", "not 'print'"), (AsyncHook, "not <class")),
        *((to_logging, r"call them, to_logging\(logger\)"), (to_opentelemetry, "call them")),
    ],
)
def test_what_is_no_hook_is_refused(hook: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=f"hook.*{said}"):
        Client(folder_id="f", auth=KEY, hook=hook)


@pytest.mark.parametrize("hook", [None, print, [].append, to_logging(logging.getLogger("test"))])
def test_any_plain_function_is_a_hook(hook: Any) -> None:
    assert Client(folder_id="f", auth=KEY, hook=hook)._transport.hook is hook


@pytest.fixture
def own_logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("yc_runs")
    level, handlers = logger.level, logger.handlers[:]
    yield logger
    logger.setLevel(level)
    logger.handlers[:] = handlers


@pytest.mark.parametrize(("level", "number"), [("debug", 10), ("INFO", 20), ("Warning", 30), (15, 15)])
def test_a_level_is_a_name_in_any_case_or_a_number(level: Any, number: int, own_logger: logging.Logger) -> None:
    Client(folder_id="f", auth=KEY).setup_default_logging(level)
    assert own_logger.level == number


@pytest.mark.parametrize(
    ("arguments", "kind", "said"),
    [
        ({"log_level": "loud"}, ValueError, "log_level: 'loud' is no level; there are DEBUG"),
        ({"log_level": None}, TypeError, "log_level: expected a name such as 'DEBUG', or a number"),
        ({"log_level": True}, TypeError, "log_level"),
        ({"log_format": 5}, TypeError, "log_format: expected a str"),
        ({"date_format": 5}, TypeError, "date_format: expected a str"),
    ],
)
def test_wrong_logging_is_refused_and_changes_nothing(
    arguments: Any, kind: type[Exception], said: str, own_logger: logging.Logger
) -> None:
    before = own_logger.level, own_logger.handlers[:]
    with pytest.raises(kind, match=said):
        Client(folder_id="f", auth=KEY).setup_default_logging(**arguments)
    assert (own_logger.level, own_logger.handlers) == before


def test_a_base_url_is_a_str() -> None:
    with pytest.raises(ConfigurationError, match="base_url must be a str, not object"):
        Client(folder_id="f", auth=KEY, base_url=object())  # type: ignore[arg-type]


@pytest.mark.parametrize("arguments", [("my_program",), (None,), (logging.getLogger("x"), "INFO")])
def test_a_hook_that_logs_needs_a_logger_and_the_number_of_a_level(arguments: Any) -> None:
    with pytest.raises(TypeError, match=r"logging\.getLogger\(name\)|level: expected an int"):
        to_logging(*arguments)
