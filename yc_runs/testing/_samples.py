"""Makes a value that fits a JSON schema: the arguments and structured answers of the ready scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 16
_PLAIN: Mapping[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}


def sample(schema: object, root: object = None, depth: int = 0) -> Any:
    """Give a value for ``schema``, always the same one for the same schema.

    Reads type, enum, const, default, examples, properties, items, anyOf/oneOf/allOf, $ref into the same document,
    minimum and minLength; other keywords are passed over. ``root`` is the document that references point into.
    """
    root = schema if root is None else root
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return {} if schema is True else None
    for keyword in ("const", "default"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return schema[keyword][0]
    if isinstance(schema.get("$ref"), str):
        return sample(_resolve(schema["$ref"], root), root, depth + 1)
    for keyword in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(keyword), list) and schema[keyword]:
            return sample(schema[keyword][0], root, depth + 1)
    return _of_type(schema, root, depth)


def _of_type(schema: Mapping[str, Any], root: object, depth: int) -> Any:
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object":
        return _object(schema, root, depth)
    if kind == "array":
        count = max(1, _number(schema.get("minItems"), 1))
        return [sample(schema.get("items", {}), root, depth + 1) for _ in range(min(count, 100))]
    if kind == "string":
        return "text".ljust(min(_number(schema.get("minLength"), 0), 10_000), "x")
    if kind in ("integer", "number"):
        return max(_number(schema.get("minimum"), 1), 1) if kind == "integer" else schema.get("minimum", 1.5)
    return _PLAIN.get(str(kind))


def _object(schema: Mapping[str, Any], root: object, depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {name: sample(inner, root, depth + 1) for name, inner in properties.items()}


def _number(value: object, default: int) -> int:
    return int(value) if isinstance(value, (int, float)) and abs(value) < 2**53 else default


def _resolve(reference: str, root: object) -> object:
    node = root
    for part in reference.removeprefix("#").split("/")[1:]:
        node = node.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
    return node
