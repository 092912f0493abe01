"""Update masks: which fields of a stored message an update replaces."""

from __future__ import annotations

from typing import Any

from yc_runs.testing._errors import invalid
from yc_runs.testing._schema import Field, Kind, Record, Schema


def masked(schema: Schema, record: Record, update: Record, mask: tuple[str, ...] | None) -> tuple[Record, list[str]]:
    """Give ``record`` after ``update``, and the snake_case paths that were replaced.

    ``schema`` names the fields that may be updated. A path in the mask that the update leaves unset is cleared.
    Without a mask, all fields that the update sets are replaced. Raises GatewayError with code 3 for other paths.
    """
    paths = [_normal(schema, path) for path in mask] if mask else [name for name in schema.fields if name in update]
    for path in paths:
        record = _replaced(schema, record, update, path.split("."))
    return record, paths


def _normal(schema: Schema, path: str) -> str:
    names: list[str] = []
    inner: Schema | None = schema
    for part in path.split("."):
        name = inner.spellings.get(part) if inner else None
        if inner is None or name is None:
            raise invalid(f"update mask: {path!r} is not a field that can be updated")
        names.append(name)
        inner = _nested(inner.fields[name])
    return ".".join(names)


def _nested(field: Field) -> Schema | None:
    return field.schema if field.kind is Kind.MESSAGE and not field.repeated else None


def _replaced(schema: Schema, record: Record, update: Record, path: list[str]) -> Record:
    name, *rest = path
    field = schema.fields[name]
    value: Any = update.get(name)
    if rest and field.schema is not None:
        value = _replaced(field.schema, record.get(name) or {}, value or {}, rest)
    if value is None:
        return {key: old for key, old in record.items() if key != name}
    kept = {key: old for key, old in record.items() if not _excludes(schema, field, key)}
    return {**kept, name: value}


def _excludes(schema: Schema, field: Field, key: str) -> bool:
    """Tell whether ``key`` is another member of the oneof that ``field`` belongs to."""
    return bool(field.oneof) and key in schema.fields and schema.fields[key].oneof == field.oneof
