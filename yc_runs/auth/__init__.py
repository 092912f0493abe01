"""Credentials: what signs the requests, and where the tokens come from.

All of them are ``httpx.Auth``, so they sign for any httpx client, sync or async, and one object may serve many
clients, threads and event loops at once. Those that obtain tokens keep them, renew them in time and once on a 401,
one renewal at a time; they raise ``yc_runs.CredentialsError`` where that fails.
"""

from yc_runs._lazy import lazy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yc_runs.auth._callable import TokenFunction, TokenProvider
    from yc_runs.auth._iam import IAM_URL, OAuthToken
    from yc_runs.auth._metadata import Metadata
    from yc_runs.auth._resolve import resolve
    from yc_runs.auth._send import async_send_signed, send_signed
    from yc_runs.auth._service_account import ServiceAccountKey
    from yc_runs.auth._static import APIKey, EnvToken, IAMToken, NoAuth

__all__ = [
    "IAM_URL",
    "APIKey",
    "EnvToken",
    "IAMToken",
    "Metadata",
    "NoAuth",
    "OAuthToken",
    "ServiceAccountKey",
    "TokenFunction",
    "TokenProvider",
    "async_send_signed",
    "resolve",
    "send_signed",
]

_NAMES = {
    "_callable": "TokenFunction TokenProvider",
    "_iam": "IAM_URL OAuthToken",
    "_metadata": "Metadata",
    "_resolve": "resolve",
    "_send": "async_send_signed send_signed",
    "_service_account": "ServiceAccountKey",
    "_static": "APIKey EnvToken IAMToken NoAuth",
}

# Type checkers see the names above; a __getattr__ would have them take any name for one.
if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy(__name__, _NAMES)
