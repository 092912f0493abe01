"""Writes answers in protobuf's JSON mapping: spelling and defaults as the gateway is set, user data untouched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from yc_runs.testing._schema import Field, Kind, Record, Schema, camel
from yc_runs.testing._times import format_timestamp

Spelling = Literal["camel", "snake"]
"""How the keys of answers are written."""


@dataclass(frozen=True)
class JsonStyle:
    """How answers look. ``print_defaults`` prints unset fields too: ``""``, ``"0"``, ``[]``, and null for messages."""

    spelling: Spelling = "camel"
    print_defaults: bool = False

    def key(self, name: str) -> str:
        """Spell a field's name."""
        return camel(name) if self.spelling == "camel" else name


def render(schema: Schema, record: Record, style: JsonStyle) -> dict[str, Any]:
    """Turn a message into what ``json.dumps`` takes. Members of a oneof are absent when unset, whatever the style."""
    answer: dict[str, Any] = {}
    for name, field in schema.fields.items():
        value = record.get(name)
        if field.has_presence:
            if value is not None:
                answer[style.key(name)] = _render_field(field, value, style)
            elif style.print_defaults and not field.oneof:
                answer[style.key(name)] = None
        elif value not in (None, field.default) or style.print_defaults:
            answer[style.key(name)] = _render_field(field, field.default if value is None else value, style)
    return answer


def _render_field(field: Field, value: Any, style: JsonStyle) -> Any:
    if field.repeated:
        return [_render_single(field, inner, style) for inner in value]
    return _render_single(field, value, style)


def _render_single(field: Field, value: Any, style: JsonStyle) -> Any:
    if field.schema is not None:
        return render(field.schema, value, style)
    if field.kind is Kind.INT64:
        return str(value)
    if field.kind is Kind.TIMESTAMP:
        return format_timestamp(value)
    if field.kind is Kind.MASK:
        return ",".join(_camel_path(path) for path in value)
    return value


def _camel_path(path: str) -> str:
    # The JSON form of a FieldMask is lowerCamel in both spellings of keys.
    return ".".join(camel(part) for part in path.split("."))
