"""The service account's authorised key: reading it, signing with it, exchanging it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.auth.double import NOW, Cloud, get
from yc_runs.auth import IAM_URL, ServiceAccountKey, send_signed
from yc_runs.errors import ConfigurationError, CredentialsError


def pem(private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture(scope="module")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key(private_key: rsa.RSAPrivateKey) -> dict[str, Any]:
    warning = "PLEASE DO NOT REMOVE THIS LINE! Key ID <key-1>\n"
    return {
        "id": "key-1",
        "service_account_id": "account-1",
        "created_at": "2030-01-01T00:00:00Z",
        "key_algorithm": "RSA_2048",
        "public_key": "…",
        "private_key": warning + pem(private_key),
    }


def exchange(cloud: Cloud, auth: ServiceAccountKey) -> str:
    with cloud.client() as client:
        send_signed(client, get(), auth)
    (body,) = cloud.bodies
    assert list(body) == ["jwt"]
    return body["jwt"]


def decode(token: str, private_key: rsa.RSAPrivateKey, audience: str = IAM_URL) -> dict[str, Any]:
    options: Any = {"verify_exp": False, "verify_iat": False}
    return jwt.decode(token, private_key.public_key(), algorithms=["PS256"], audience=audience, options=options)


def test_what_is_exchanged_is_signed_by_the_key_for_an_hour(
    key: dict[str, Any], private_key: rsa.RSAPrivateKey
) -> None:
    cloud = Cloud()
    token = exchange(cloud, ServiceAccountKey(key, clock=cloud.clock))
    assert jwt.get_unverified_header(token) == {"alg": "PS256", "typ": "JWT", "kid": "key-1"}
    now = int(NOW)
    assert decode(token, private_key) == {"iss": "account-1", "aud": IAM_URL, "iat": now, "exp": now + 3600}
    assert str(cloud.exchanges[0].url) == IAM_URL
    assert cloud.signed == ["Bearer t1.1"]


def test_the_audience_follows_the_url_unless_told(key: dict[str, Any], private_key: rsa.RSAPrivateKey) -> None:
    url = "https://iam.example.com/tokens"
    follows, told = Cloud(), Cloud()
    decode(exchange(follows, ServiceAccountKey(key, iam_url=url)), private_key, url)
    decode(exchange(told, ServiceAccountKey(key, iam_url=url, audience=IAM_URL)), private_key)
    assert str(told.exchanges[0].url) == url


def test_a_key_is_read_from_a_mapping_a_text_or_a_file(key: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text(json.dumps(key), encoding="utf-8")
    marked = tmp_path / "marked.json"
    marked.write_text(" " + json.dumps(key), encoding="utf-8-sig")
    for given in (key, json.dumps(key), "\n " + json.dumps(key), path, str(path), marked):
        assert repr(ServiceAccountKey(given)) == "ServiceAccountKey(***)"


@pytest.mark.parametrize("field", ["id", "service_account_id", "private_key"])
@pytest.mark.parametrize("value", [None, "", 7])
def test_a_missing_field_is_named(key: dict[str, Any], field: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"the authorised key has no {field};"):
        ServiceAccountKey({**key, field: value})


@pytest.mark.parametrize("text", ['{"id": ', "{]", '{"id": "a"} {"sesame"}'])
def test_a_text_that_is_no_json_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a JSON object") as caught:
        ServiceAccountKey(text)
    assert "sesame" not in str(caught.value)


def test_a_file_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text("[1]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="is not a JSON object"):
        ServiceAccountKey(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match=r"cannot be read \(UnicodeDecodeError\)"):
        ServiceAccountKey(path)


@pytest.mark.parametrize("path", ["no/such/file", "-----BEGIN sesame-----\x00"])
def test_a_file_that_cannot_be_read_is_told_without_its_path(path: str) -> None:
    with pytest.raises(ConfigurationError, match="file cannot be read") as caught:
        ServiceAccountKey(path)
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_of_another_type_is_a_type_error() -> None:
    key: Any = 7
    with pytest.raises(TypeError, match="must be a mapping, a JSON text or a path, not int"):
        ServiceAccountKey(key)


@pytest.mark.parametrize("text", ["sesame", "-----BEGIN PRIVATE KEY-----\nsesame\n-----END PRIVATE KEY-----\n"])
def test_a_private_key_that_is_none_is_refused_and_not_shown(key: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a private key in PEM form") as caught:
        ServiceAccountKey({**key, "private_key": text})
    assert "sesame" not in str(caught.value)


def test_a_private_key_of_another_kind_is_refused(key: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="is not an RSA key"):
        ServiceAccountKey({**key, "private_key": pem(ec.generate_private_key(ec.SECP256R1()))})


@pytest.mark.parametrize("missing", ["jwt", "cryptography.hazmat.primitives.serialization"])
def test_without_the_extra_it_says_what_to_install(
    key: dict[str, Any], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ConfigurationError, match=r"pip install 'yc-runs\[service-account\]'"):
        ServiceAccountKey(key)


def test_a_refusal_names_the_key_and_the_clock_as_suspects(key: dict[str, Any]) -> None:
    cloud = Cloud()
    cloud.replies = [httpx.Response(401, json={"message": "unknown key"})]
    with pytest.raises(CredentialsError, match="this machine's clock wrong"), cloud.client() as client:
        send_signed(client, get(), ServiceAccountKey(key))
