"""A service account's authorised key: a private key whose signature is exchanged for an IAM token."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yc_runs.auth._exchange import Exchange
from yc_runs.auth._iam import IAM_URL, IAMExchange
from yc_runs.errors import ConfigurationError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_LIFE = 3600
_FIELDS = ("id", "service_account_id", "private_key")
_TOLD = Exchange(
    "The service account's key was not exchanged for an IAM token",
    "The key may be deleted, or this machine's clock wrong: check both, or create a new authorised key.",
)


class ServiceAccountKey(IAMExchange):
    """A service account's authorised key, exchanged for an IAM token, which is cached and renewed in time.

    ``key`` is what ``yc iam key create`` writes: the path of the file, its JSON text (any text that begins with a
    brace), or the mapping in it, of which ``id``, ``service_account_id`` and ``private_key`` are used. It needs
    the extra ``yc-runs[service-account]``. ``audience`` is the signed claim ``aud``, by default ``iam_url``.
    Raises ``ConfigurationError`` for a key that cannot be read, and where the extra is missing.
    """

    _told = _TOLD

    def __init__(
        self,
        key: Mapping[str, Any] | str | os.PathLike[str],
        *,
        iam_url: str = IAM_URL,
        audience: str | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(iam_url, clock)
        fields = _fields(key)
        self._key_id, self._account_id = fields["id"], fields["service_account_id"]
        self._private_key = _private_key(fields["private_key"])
        self._audience = iam_url if audience is None else audience

    def _proof(self) -> Mapping[str, str]:
        import jwt

        now = int(self._clock())
        claims = {"iss": self._account_id, "aud": self._audience, "iat": now, "exp": now + _LIFE}
        return {"jwt": jwt.encode(claims, self._private_key, algorithm="PS256", headers={"kid": self._key_id})}


def _fields(key: Mapping[str, Any] | str | os.PathLike[str]) -> dict[str, str]:
    mapping = key if isinstance(key, Mapping) else _parse(_text(key))
    fields = {name: mapping.get(name) for name in _FIELDS}
    missing = [name for name, value in fields.items() if not isinstance(value, str) or not value.strip()]
    if missing:
        raise ConfigurationError(
            f"the authorised key has no {', '.join(missing)}; give the JSON of `yc iam key create`"
        )
    return {name: str(value) for name, value in fields.items()}


def _text(key: str | os.PathLike[str]) -> str:
    if isinstance(key, str) and key.lstrip().startswith("{"):
        return key
    if not isinstance(key, (str, os.PathLike)):
        raise TypeError(f"an authorised key must be a mapping, a JSON text or a path, not {type(key).__name__}")
    try:
        return Path(key).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        # A key pasted in a wrong form would be the path, so no path is shown.
        kind = type(error).__name__
        raise ConfigurationError(f"the authorised key's file cannot be read ({kind}); check the path") from None


def _parse(text: str) -> Mapping[str, Any]:
    try:
        mapping = json.loads(text)
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict):
        raise ConfigurationError("the authorised key is not a JSON object; give the JSON of `yc iam key create`")
    return mapping


def _private_key(pem: str) -> RSAPrivateKey:
    try:
        import jwt  # noqa: F401 - its absence is better told now than at the first request
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise ConfigurationError(
            "signing with a service account's key needs PyJWT and cryptography: pip install 'yc-runs[service-account]'"
        ) from None
    try:
        # The cloud's key files open with a line of warning, which is no PEM.
        key = load_pem_private_key(pem[max(pem.find("-----BEGIN"), 0) :].encode(), password=None)
    except Exception:
        # Of many kinds (ValueError, TypeError, UnsupportedAlgorithm), and none may show what was parsed.
        raise ConfigurationError("the authorised key's private_key is not a private key in PEM form") from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError("the authorised key's private_key is not an RSA key, which PS256 needs")
    return key
