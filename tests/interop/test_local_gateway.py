"""What ``LocalGateway`` knows of the definitions is what they say: calls, fields, types, oneofs and enums."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from tests.interop.definitions import RPCS, WRAPPERS, Rpc, is_map
from yc_runs.testing import _messages as m
from yc_runs.testing._calls import CALLS, PREFIX
from yc_runs.testing._schema import Field, Kind, Schema

_STREAMS = {"RunService.Listen": (m.LISTEN, m.STREAM_EVENT), "MessageService.List": (m.LIST_MESSAGES, m.MESSAGE)}
_UNARY = {(call.method, PREFIX + call.path): (call.takes, call.gives) for call in CALLS}
_KINDS = {
    FieldDescriptor.CPPTYPE_STRING: Kind.STRING,
    FieldDescriptor.CPPTYPE_INT64: Kind.INT64,
    FieldDescriptor.CPPTYPE_DOUBLE: Kind.DOUBLE,
    FieldDescriptor.CPPTYPE_BOOL: Kind.BOOL,
    FieldDescriptor.CPPTYPE_ENUM: Kind.ENUM,
}
_SPECIAL = {
    "google.protobuf.Int64Value": Kind.INT64,
    "google.protobuf.DoubleValue": Kind.DOUBLE,
    "google.protobuf.Timestamp": Kind.TIMESTAMP,
    "google.protobuf.Struct": Kind.STRUCT,
    "google.protobuf.FieldMask": Kind.MASK,
}


def _schemas(rpc: Rpc) -> tuple[Schema, Schema] | None:
    return _STREAMS.get(rpc.name) or _UNARY.get(_address(rpc))


def _address(rpc: Rpc) -> tuple[str, str]:
    return rpc.verb, re.sub(r"\{\w+\}", "{id}", rpc.path)


def _kind(field: FieldDescriptor) -> Kind:
    if is_map(field):
        return Kind.LABELS
    if field.message_type is None:
        return _KINDS[field.cpp_type]
    return _SPECIAL.get(field.message_type.full_name, Kind.MESSAGE)


def _problems(descriptor: Descriptor, schema: Schema, path: str) -> Iterator[str]:
    theirs = {field.name: field for field in descriptor.fields}
    # What the path says may be in the message too, but need not.
    if unknown := {name for name in theirs.keys() ^ schema.fields.keys() if f"{{{name}}}" not in path}:
        yield f"{path}: {sorted(unknown)}"
    for name in theirs.keys() & schema.fields.keys():
        yield from _field_problems(theirs[name], schema.fields[name], f"{path}.{name}")
    if _groups(
        {name: field.containing_oneof.name for name, field in theirs.items() if field.containing_oneof}
    ) != _groups({name: field.oneof for name, field in schema.fields.items() if field.oneof}):
        yield f"{path}: other oneofs"


def _groups(by_name: dict[str, str]) -> set[frozenset[str]]:
    groups = defaultdict(set)
    for name, group in by_name.items():
        groups[group].add(name)
    return set(map(frozenset, groups.values()))


def _field_problems(theirs: FieldDescriptor, ours: Field, path: str) -> Iterator[str]:
    if ours.kind is not _kind(theirs):
        yield f"{path}: {ours.kind}"
    if ours.repeated != (theirs.is_repeated and not is_map(theirs)):
        yield f"{path}: repeated"
    message = theirs.message_type
    if ours.nullable != (message is not None and message.full_name in WRAPPERS):
        yield f"{path}: nullable"
    if theirs.enum_type and ours.names != tuple(value.name for value in theirs.enum_type.values):
        yield f"{path}: {ours.names}"
    if ours.kind is Kind.MESSAGE and ours.schema is not None:
        yield from _problems(message, ours.schema, path)


@pytest.mark.parametrize("rpc", RPCS, ids=repr)
def test_local_gateway_knows_the_call_as_it_is(rpc: Rpc) -> None:
    schemas = _schemas(rpc)
    assert schemas is not None
    takes, gives = schemas
    assert list(_problems(rpc.method.input_type, takes, f"takes {rpc.path}")) == []
    assert list(_problems(rpc.method.output_type, gives, f"gives {rpc.name}")) == []


def test_local_gateway_knows_no_other_call() -> None:
    known = set(map(_address, RPCS))
    assert _UNARY.keys() - known == set()
