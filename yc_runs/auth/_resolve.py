"""What a client's ``auth`` argument means. What tokens are exchanged with is imported where one must be."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import httpx

from yc_runs.auth._base import clean_secret
from yc_runs.auth._static import APIKey, IAMToken

if TYPE_CHECKING:
    from yc_runs.auth._callable import TokenFunction

    AuthLike = str | httpx.Auth | TokenFunction | None

_IAM = re.compile(r"t\d\.", re.ASCII)
_OAUTH = re.compile(r"y[0123]_")


def resolve(auth: AuthLike = None, environ: Mapping[str, str] | None = None) -> httpx.Auth:
    """Return the credentials that ``auth`` stands for. No request is made.

    * a string: an IAM token (``t1.…``), an OAuth token (``y0_…``) or else an API key, white space around it ignored;
    * an ``httpx.Auth``: itself;
    * a function: ``TokenProvider(function)``;
    * None: what ``environ`` (by default the process's environment) holds, in this order: ``YC_API_KEY``,
      ``YC_IAM_TOKEN``, ``YC_OAUTH_TOKEN``; else credentials that at the first request ask the metadata service
      (``YC_METADATA_ADDR``), and where there is none read ``YC_TOKEN`` for every request.

    Raises ``ConfigurationError`` for a text that cannot be a key or token, ``TypeError`` for anything else.
    """
    if isinstance(auth, httpx.Auth):
        return auth
    if isinstance(auth, str):
        return _from_text(auth)
    if auth is None:
        return _from_environment(os.environ if environ is None else environ)
    if callable(auth) and not isinstance(auth, type):
        from yc_runs.auth._callable import TokenProvider

        return TokenProvider(auth)
    raise TypeError(
        "auth must be a key or token as a str, credentials from yc_runs.auth, another httpx.Auth, "
        f"a function that returns a token, or None, not {_named(auth)}"
    )


def _from_text(text: str) -> httpx.Auth:
    text = clean_secret(text, "the key or token given as auth")
    if _IAM.match(text):
        return IAMToken(text)
    return _oauth(text) if _OAUTH.match(text) else APIKey(text)


def _oauth(token: str) -> httpx.Auth:
    from yc_runs.auth._iam import OAuthToken

    return OAuthToken(token)


def _from_environment(environ: Mapping[str, str]) -> httpx.Auth:
    from yc_runs.auth._environment import SEARCHED, Surroundings

    for variable, credentials in zip(SEARCHED, (APIKey, IAMToken, _oauth), strict=True):
        if value := environ.get(variable, "").strip():
            return credentials(clean_secret(value, f"the environment variable {variable}"))
    return Surroundings(environ)


def _named(auth: object) -> str:
    return f"the class {auth.__name__}: make an instance" if isinstance(auth, type) else type(auth).__name__
