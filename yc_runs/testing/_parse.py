"""Reads requests as a protobuf-JSON transcoder does: either spelling, and nothing but what the message defines."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from yc_runs.testing._errors import invalid
from yc_runs.testing._schema import Field, Kind, Record, Schema
from yc_runs.testing._times import parse_timestamp

_INT64 = range(-(2**63), 2**63)


def parse_body(schema: Schema, body: bytes) -> Record:
    """Read a request body; an empty one is the empty message. Raises GatewayError with code 3."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise invalid("request body is not valid UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise invalid(f"request body is not valid JSON: {error}") from None
    return parse(schema, value)


def parse_query(schema: Schema, pairs: Iterable[tuple[str, str]]) -> Record:
    """Read a query string's pairs as a message of scalar fields. Raises GatewayError with code 3."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if schema.spellings.get(key, key) in found:
            raise invalid(f"query parameter {key!r} is given more than once")
        found[schema.spellings.get(key, key)] = value
    return parse(schema, found)


def parse(schema: Schema, value: object, path: str = "") -> Record:
    """Read one message from decoded JSON. Raises GatewayError with code 3."""
    if not isinstance(value, Mapping):
        _refuse(path or schema.name, "a JSON object", value)
    record: Record = {}
    groups: dict[str, str] = {}
    for key, inner in value.items():
        name = schema.spellings.get(key)
        where = f"{path}.{key}" if path else str(key)
        if name is None:
            raise invalid(f"{schema.name} has no field {where!r}")
        if inner is None:
            continue
        field = schema.fields[name]
        if name in record or (field.oneof and groups.setdefault(field.oneof, name) != name):
            raise invalid(f"{where!r}: the field, or another one of its oneof, is set already")
        record[name] = _parse_field(field, inner, where)
    return record


def _parse_field(field: Field, value: object, path: str) -> Any:
    if not field.repeated:
        return _parse_single(field, value, path)
    if not isinstance(value, list):
        _refuse(path, "a list", value)
    return [_parse_single(field, inner, f"{path}[{i}]") for i, inner in enumerate(value)]


def _parse_single(field: Field, value: object, path: str) -> Any:
    if field.schema is not None:
        return parse(field.schema, value, path)
    if field.kind is Kind.ENUM:
        return _enum(field.names, value, path)
    return _READERS[field.kind](value, path)


def _string(value: object, path: str) -> str:
    if not isinstance(value, str):
        _refuse(path, "a string", value)
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise invalid(f"{path!r}: the text holds half of a surrogate pair")
    return value


def _int64(value: object, path: str) -> int:
    if isinstance(value, str) and len(value) < 32 and value.isascii() and value.removeprefix("-").isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value not in _INT64:
        _refuse(path, "a 64-bit integer", value)
    return value


def _double(value: object, path: str) -> float:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        _refuse(path, "a number", value)
    return number


def _bool(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        _refuse(path, "true or false", value)
    return value


def _enum(names: tuple[str, ...], value: object, path: str) -> str:
    if isinstance(value, str) and value in names:
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value not in range(len(names)):
        _refuse(path, "one of " + ", ".join(names), value)
    return names[value]


def _struct(value: object, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(path, "a JSON object", value)
    return value


def _labels(value: object, path: str) -> dict[str, str]:
    if not isinstance(value, dict):
        _refuse(path, "a JSON object of strings", value)
    return {_string(key, path): _string(inner, f"{path}.{key}") for key, inner in value.items()}


def _timestamp(value: object, path: str) -> int:
    try:
        return parse_timestamp(_string(value, path))
    except ValueError:
        _refuse(path, "an RFC 3339 timestamp", value)


def _mask(value: object, path: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _string(value, path).split(",") if part.strip())


_READERS = {
    Kind.STRING: _string,
    Kind.INT64: _int64,
    Kind.DOUBLE: _double,
    Kind.BOOL: _bool,
    Kind.STRUCT: _struct,
    Kind.LABELS: _labels,
    Kind.TIMESTAMP: _timestamp,
    Kind.MASK: _mask,
}


def _refuse(path: str, wanted: str, value: object) -> NoReturn:
    got = json.dumps(value, default=str)[:80]
    raise invalid(f"invalid value for {path!r}: expected {wanted}, got {got}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
