"""Compares a protobuf message with a model of ours, field by field, led by the definitions alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from math import isnan
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from tests.interop.definitions import WRAPPERS, is_map
from yc_runs import models as m

# The two members of a oneof that one field of ours stands for.
_STRATEGIES = {
    "auto_strategy": m.AutoPromptTruncationStrategy,
    "last_messages_strategy": m.LastMessagesPromptTruncationStrategy,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def field_name(model: type[m.Model], field: FieldDescriptor) -> str | None:
    """The name of the model's field that stands for a field of the definitions; None where there is none."""
    if issubclass(model, m.PromptTruncationOptions) and field.name in _STRATEGIES:
        return "strategy"
    for name, info in model.model_fields.items():
        if field.json_name == info.alias:
            return name
    return None


def differences(message: Message, model: m.Model | None, path: str) -> Iterator[str]:
    """Say where the model is not what the message is."""
    if model is None:
        yield f"{path}: None for a message"
        return
    if model.model_extra:
        yield f"{path}: read as unknown: {sorted(model.model_extra)}"
    for field in message.DESCRIPTOR.fields:
        name = field_name(type(model), field)
        if name is None:
            yield f"{path}.{field.name}: {type(model).__name__} has no such field"
            continue
        value = getattr(model, name)
        if name == "strategy" and not isinstance(value, _STRATEGIES[field.name]):
            value = None
        yield from _field_differences(message, field, value, f"{path}.{field.name}")


def _field_differences(message: Message, field: FieldDescriptor, ours: Any, path: str) -> Iterator[str]:
    theirs = getattr(message, field.name)
    if is_map(field):
        yield from _unequal(dict(theirs) or None, ours, path)
    elif field.is_repeated:
        yield from _unequal(len(theirs), len(ours), f"{path}: length")
        for index, (one, other) in enumerate(zip(theirs, ours, strict=False)):
            yield from _value_differences(field, one, other, f"{path}[{index}]")
    elif field.has_presence and not message.HasField(field.name):
        # An empty mask and an empty object mean what a missing one means.
        yield from _unequal(True, ours is None or ours in ((), {}), f"{path}: is empty")
    else:
        yield from _value_differences(field, theirs, ours, path)


def _value_differences(field: FieldDescriptor, theirs: Any, ours: Any, path: str) -> Iterator[str]:
    if field.enum_type:
        known = theirs in field.enum_type.values_by_number
        yield from _unequal(theirs, int(ours) if known else ours.raw, path)
    elif field.message_type is None:
        yield from _unequal(theirs, ours, path)
    elif (name := field.message_type.full_name) in WRAPPERS:
        yield from _unequal(theirs.value, ours, path)
    elif name == "google.protobuf.Timestamp":
        moment = _EPOCH + timedelta(seconds=theirs.seconds, microseconds=theirs.nanos // 1000)
        yield from _unequal(moment, ours, path)
    elif name == "google.protobuf.Struct":
        yield from _unequal(json_format.MessageToDict(theirs), ours, path)
    elif name == "google.protobuf.FieldMask":
        yield from _unequal(tuple(theirs.paths), ours, path)
    else:
        yield from differences(theirs, ours, path)


def _unequal(theirs: Any, ours: Any, path: str) -> Iterator[str]:
    if isinstance(theirs, float) and isinstance(ours, float) and isnan(theirs) and isnan(ours):
        return
    if theirs != ours or type(theirs) is bool is not type(ours):
        yield f"{path}: {theirs!r} became {ours!r}"
