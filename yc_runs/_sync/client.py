# Generated from yc_runs/_async/client.py by tools/generate_sync.py; do not edit.
"""The client: where the settings come together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

import httpx
from typing_extensions import Self

from yc_runs import __version__
from yc_runs._answers import RawResponse
from yc_runs._logging import DATE_FORMAT, LOG_FORMAT, log_to_stderr
from yc_runs._settings import (
    check_base_url,
    check_flags,
    check_hook,
    check_http_client,
    check_settings,
    common_headers,
    folder_of,
    is_seconds,
    is_size,
    tls_context,
)
from yc_runs._sync.clock import Clock
from yc_runs._sync.connection import http_client_maker
from yc_runs._sync.pool import Pool
from yc_runs._sync.runs import Runs
from yc_runs._sync.sending import CONNECT_TIMEOUT, DEFAULT_TIMEOUT, MAX_EVENT
from yc_runs._sync.transport import Transport
from yc_runs.auth import resolve
from yc_runs.errors import ClientClosedError
from yc_runs.policy import RetryPolicy
from yc_runs.wire import dialect_named

if TYPE_CHECKING:
    from yc_runs._sync.assistants import Assistants
    from yc_runs._sync.messages import Messages
    from yc_runs._sync.threads import Threads
    from yc_runs.auth import TokenFunction
    from yc_runs.completions import Models
    from yc_runs.observe import Hook
    from yc_runs.tools.domain import Tools


class Client:
    """A client for one folder's runs. Use it as a context manager, or ``close`` it at the end.

    ``folder_id``: the folder, else ``YC_FOLDER_ID``. ``auth``: an API key, a token, credentials of
    ``yc_runs.auth`` or a function that returns a token, else what the environment holds. ``base_url``: the gateway,
    else ``YC_RUNS_BASE_URL``, else the cloud's. ``timeout``: seconds for a call that
    names none itself, 60 unless given, None for no limit.
    ``retry``: when failed requests are sent again. ``verify``: True, False, or an ``ssl.SSLContext`` with one's own
    CA or client certificate. ``headers``: sent with every request. ``http_client``: one's own httpx client, used as
    it is and not closed. ``allow_plain_http``: send credentials over http to other hosts than this machine.
    ``enable_server_data_logging``: False asks the service not to store requests. ``connect_timeout``: the most
    seconds to connect in. ``hook``: a plain function that is told of every attempt, retry, resume and poll (see
    ``yc_runs.observe``).
    ``max_event_size``: how large one event of a stream may be, in bytes. ``dialect``: the API that the gateway speaks.
    ``clock``: for tests.

    Raises ``ConfigurationError`` for settings that cannot work. No request is made here.
    """

    def __init__(
        self,
        *,
        folder_id: str | None = None,
        auth: str | httpx.Auth | TokenFunction | None = None,
        base_url: str | httpx.URL | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        retry: RetryPolicy | None = None,
        verify: Any = True,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | None = None,
        allow_plain_http: bool = False,
        enable_server_data_logging: bool | None = None,
        connect_timeout: float = CONNECT_TIMEOUT,
        max_event_size: int = MAX_EVENT,
        hook: Hook | None = None,
        dialect: Literal["assistants", "responses"] = "assistants",
        clock: Clock | None = None,
    ) -> None:
        check_settings(
            (timeout is None or is_seconds(timeout), "timeout must be a number of seconds from 0, or None"),
            (
                is_seconds(connect_timeout) and connect_timeout > 0,
                "connect_timeout must be a number of seconds above 0",
            ),
            (retry is None or isinstance(retry, RetryPolicy), "retry must be a RetryPolicy(…)"),
            (clock is None or callable(getattr(clock, "now", None)), "clock must be a clock"),
            (is_size(max_event_size), "max_event_size must be a number of bytes above 0, as an int"),
        )
        check_flags(allow_plain_http=allow_plain_http)
        if enable_server_data_logging is not None:
            check_flags(enable_server_data_logging=enable_server_data_logging)
        check_hook(hook)
        check_http_client(http_client, httpx.Client)
        self._dialect = dialect_named(dialect)
        credentials = resolve(auth)
        url = check_base_url(
            base_url or os.environ.get("YC_RUNS_BASE_URL") or self._dialect.base_url, credentials, allow_plain_http
        )
        self._folder_id = folder_of(folder_id)
        context = tls_context(verify)
        clock = clock or Clock()
        pool = Pool(
            http_client_maker(context) if http_client is None else lambda: http_client,
            is_ours=http_client is None,
            now=clock.now,
        )
        self._transport = Transport(
            base_url=url,
            headers=httpx.Headers(
                common_headers(__version__, self._dialect.headers(self._folder_id), enable_server_data_logging, headers)
            ),
            credentials=credentials,
            retry=retry or RetryPolicy(),
            clock=clock,
            pool=pool,
            hook=hook,
            timeout=timeout,
            connect_timeout=connect_timeout,
            max_event=max_event_size,
        )

    @property
    def _pool(self) -> Pool:
        return self._transport.pool

    @cached_property
    def runs(self) -> Runs:
        """The runs: create, get, list."""
        return Runs(self._transport, self._dialect, self._folder_id)

    @cached_property
    def threads(self) -> Threads:
        """The threads: create, get, list."""
        from yc_runs._sync.threads import Threads

        return Threads(self._transport, self._dialect, self._folder_id)

    @cached_property
    def messages(self) -> Messages:
        """The messages of threads: create, get, list."""
        from yc_runs._sync.messages import Messages

        return Messages(self._transport, self._dialect)

    @cached_property
    def assistants(self) -> Assistants:
        """The assistants: create, get, list."""
        from yc_runs._sync.assistants import Assistants

        return Assistants(self._transport, self._dialect, self._folder_id)

    @cached_property
    def models(self) -> Models:
        """The models, by name."""
        from yc_runs.completions import Models

        return Models(self._folder_id)

    @cached_property
    def tools(self) -> Tools:
        """Definitions of tools: function, search_index, generative_search. Nothing is sent."""
        from yc_runs.tools.domain import Tools

        return Tools(self._folder_id)

    @property
    def raw_response(self) -> RawResponse | None:
        """Status and headers of the last answer that this thread or task got; None before the first."""
        return self._transport.last_answer.get()

    @property
    def folder_id(self) -> str | None:
        """The folder this client works in."""
        return self._folder_id

    def setup_default_logging(
        self, log_level: str | int = "INFO", log_format: str = LOG_FORMAT, date_format: str = DATE_FORMAT
    ) -> Self:
        """Write this package's log lines to stderr, for programs without logging of their own; gives this client.

        It is for all clients of the process. ``log_level``: a name in any case, or a number of ``logging``. At
        ``"DEBUG"`` each answer is a line; at ``"INFO"`` there are only the troubles of tools and hooks. For more, give
        the client a ``hook``. Raises ``TypeError`` or ``ValueError`` for what is no level.
        """
        log_to_stderr(log_level, log_format, date_format)
        return self

    def __enter__(self) -> Self:
        if self._pool.is_closed:
            raise ClientClosedError("the client is closed, and cannot be entered again; make a new one")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections. Calls under way end with ``ClientClosedError``."""
        self._pool.close()

    def __repr__(self) -> str:
        return f"Client(folder_id={self._folder_id!r}, base_url={str(self._transport.base_url)!r})"
