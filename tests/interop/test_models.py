"""Our models against the definitions: nothing missing, nothing of another type, and all that is printed read back."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from hypothesis import given
from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from tests.interop.building import messages
from tests.interop.comparing import differences, field_name
from tests.interop.definitions import RPCS, WRAPPERS, Rpc, is_map, reachable
from yc_runs import models as m
from yc_runs.models import search_index
from yc_runs.models._base import Later
from yc_runs.wire import Page
from yc_runs.wire.assistants import AssistantsDialect

_V1 = "yandex.cloud.ai.assistants.v1."
_COMMON = "yandex.cloud.ai.common."
# Messages that our models call otherwise.
_RENAMED: dict[str, type[m.Model]] = {
    _V1 + "runs.Run": m.RunData,
    _V1 + "runs.ContentUsage": m.Usage,
    _V1 + "runs.StreamEvent": m.RunStreamEvent,
    _V1 + "runs.CreateRunRequest": m.RunSpec,
    _V1 + "threads.Thread": m.ThreadData,
    _V1 + "Assistant": m.AssistantData,
    _V1 + "AssistantVersion": m.AssistantVersionData,
    _V1 + "PromptTruncationOptions.AutoStrategy": m.AutoPromptTruncationStrategy,
    _V1 + "PromptTruncationOptions.LastMessagesStrategy": m.LastMessagesPromptTruncationStrategy,
}
# A field that is a message of the same kind as another's, but has a model of its own.
_PARTIAL = (_V1 + "runs.StreamEvent", "partial_message")
# What only the second dialect has. Once the definitions have it too, it must be the same there.
_ONLY_OURS: dict[type[m.OpenEnum], set[str]] = {m.RunStatus: {"CANCELLED"}}
_SHAPES = {
    FieldDescriptor.CPPTYPE_STRING: str,
    FieldDescriptor.CPPTYPE_INT64: int,
    FieldDescriptor.CPPTYPE_DOUBLE: float,
    FieldDescriptor.CPPTYPE_BOOL: bool,
}
_SPECIAL = {
    "google.protobuf.Int64Value": int,
    "google.protobuf.DoubleValue": float,
    "google.protobuf.Timestamp": datetime,
    "google.protobuf.Struct": dict,
    "google.protobuf.FieldMask": (tuple, str),
}
_DIALECT = AssistantsDialect()
_PAGE = {"page_size": None, "page_token": ""}
# What reads the answer of each call. A call without an answer to read has None.
_READERS: dict[str, Callable[[bytes], Any] | None] = {
    "RunService.Create": _DIALECT.create_run(m.RunSpec(assistant_id="a", thread_id="t")).decode,
    "RunService.Listen": _DIALECT.listen("r", 0).decode,
    "RunService.Get": _DIALECT.get_run("r").decode,
    "RunService.GetLastByThread": _DIALECT.get_last_run("t").decode,
    "RunService.List": _DIALECT.list_runs("f", **_PAGE).decode,
    "RunService.Submit": None,
    "ThreadService.Create": _DIALECT.create_thread("f", m.ThreadSettings(), []).decode,
    "ThreadService.Get": _DIALECT.get_thread("t").decode,
    "ThreadService.Update": _DIALECT.update_thread("t", m.ThreadSettings()).decode,
    "ThreadService.Delete": None,
    "ThreadService.List": _DIALECT.list_threads("f", **_PAGE).decode,
    "MessageService.Create": _DIALECT.create_message("t", m.MessageData()).decode,
    "MessageService.Get": _DIALECT.get_message("t", "m").decode,
    "MessageService.List": _DIALECT.list_messages("t").decode,
    "AssistantService.Create": _DIALECT.create_assistant("f", m.AssistantSettings()).decode,
    "AssistantService.Get": _DIALECT.get_assistant("a").decode,
    "AssistantService.Update": _DIALECT.update_assistant("a", m.AssistantSettings()).decode,
    "AssistantService.Delete": None,
    "AssistantService.List": _DIALECT.list_assistants("f", **_PAGE).decode,
    "AssistantService.ListVersions": _DIALECT.list_assistant_versions("a", **_PAGE).decode,
}
_CARRIED = {
    name: descriptor
    for name, descriptor in reachable(
        descriptor for rpc in RPCS for descriptor in (rpc.method.input_type, rpc.method.output_type)
    ).items()
    # Requests but for one, and answers with pages, have no models; test_requests.py and the reading below check them.
    if not name.endswith(("Request", "Response")) or name in _RENAMED
}


def model_of(descriptor: Descriptor) -> type[m.Model] | None:
    """The model that stands for a message, None where there is none."""
    name = descriptor.full_name
    found = _RENAMED.get(name) or getattr(m, descriptor.name, None) or getattr(search_index, descriptor.name, None)
    return found if isinstance(found, type) and issubclass(found, m.Model) else None


def field_shape(field: FieldInfo) -> Any:
    """What a field of ours holds, its model imported at last where that is put off."""
    later = [each.model for each in field.metadata if isinstance(each, Later)]
    if not later:
        return shape(field.annotation)
    return (tuple, later[0]) if shape(field.annotation) is tuple else later[0]


def can_be_none(field: FieldInfo) -> bool:
    """Whether a field of ours can hold nothing; one that is read later says so by its default alone."""
    return type(None) in get_args(field.annotation) or (field.annotation is Any and field.default is None)


def shape(annotation: Any) -> Any:
    """What an annotation stands for: a class, ``(tuple, class)``, or ``dict``; that it can be None does not count."""
    if get_origin(annotation) is Annotated:
        return shape(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        found = {shape(part) for part in get_args(annotation)} - {type(None)}
        return found.pop() if len(found) == 1 else found
    if get_origin(annotation) is tuple:
        return (tuple, shape(get_args(annotation)[0]))
    return get_origin(annotation) or annotation


def expected_shape(field: FieldDescriptor) -> Any:
    """What a field of the definitions asks for; None where there is no model for its message."""
    if is_map(field):
        return dict
    if field.message_type is None:
        one = m.OpenEnum if field.enum_type else _SHAPES[field.cpp_type]
    elif (field.containing_type.full_name, field.name) == _PARTIAL:
        one = m.PartialMessage
    else:
        one = _SPECIAL.get(field.message_type.full_name) or model_of(field.message_type)
    return (tuple, one) if field.is_repeated else one


def problems(descriptor: Descriptor) -> Iterator[str]:
    """Say what our models lack of a message."""
    model = model_of(descriptor)
    if model is None:
        yield f"{descriptor.full_name}: there is no model"
        return
    for field in descriptor.fields:
        name = field_name(model, field)
        where = f"{descriptor.full_name}.{field.name}: {model.__name__}"
        if name is None:
            yield f"{where} has no such field"
            continue
        found, wanted = field_shape(model.model_fields[name]), expected_shape(field)
        if name == "strategy":
            fits = wanted in found
        elif field.enum_type:
            fits = isinstance(found, type) and issubclass(found, m.OpenEnum)
            if fits:
                yield from _enum_problems(field, found)
        else:
            fits = found == wanted
        if not fits:
            yield f"{where}.{name} is {found}, not {wanted}"
        if _is_optional(field) and not can_be_none(model.model_fields[name]):
            yield f"{where}.{name} cannot be None"


def _is_optional(field: FieldDescriptor) -> bool:
    special = ("google.protobuf.Struct", "google.protobuf.FieldMask")
    is_collection = field.message_type is not None and field.message_type.full_name in special
    return field.has_presence and not is_collection


def _enum_problems(field: FieldDescriptor, ours: type[m.OpenEnum]) -> Iterator[str]:
    theirs = {value.name: value.number for value in field.enum_type.values}
    not_theirs = {"UNKNOWN", *_ONLY_OURS.get(ours, ())} - theirs.keys()
    known = {name: int(member) for name, member in ours.__members__.items() if name not in not_theirs}
    if theirs != known:
        yield f"{field.enum_type.full_name}: {ours.__name__} differs in {sorted(theirs.items() ^ known.items())}"


@pytest.mark.parametrize("name", sorted(_CARRIED))
def test_every_field_and_enum_value_is_in_our_models(name: str) -> None:
    assert list(problems(_CARRIED[name])) == []


def test_every_call_of_the_definitions_is_ours_too() -> None:
    assert {rpc.name for rpc in RPCS} == _READERS.keys()


@pytest.mark.parametrize("rpc", [rpc for rpc in RPCS if _READERS.get(rpc.name)], ids=repr)
@given(data=st.data())
def test_what_protobuf_prints_reads_back_equal(rpc: Rpc, data: st.DataObject) -> None:
    message = _as_service_sends(data.draw(messages(rpc.method.output_type)))
    text = json_format.MessageToJson(
        message,
        preserving_proto_field_name=data.draw(st.booleans(), "snake_case"),
        always_print_fields_with_no_presence=data.draw(st.booleans(), "defaults"),
        ensure_ascii=data.draw(st.booleans(), "ascii"),
        indent=None,
    )
    reader = _READERS[rpc.name]
    assert reader is not None
    assert list(_all_differences(message, reader(text.encode()))) == []


def _as_service_sends(message: Any) -> Any:
    """With what tells an answer from something else: an object's id, and an event's cursor."""
    names = message.DESCRIPTOR.fields_by_name
    if "id" in names and not message.id:
        message.id = "an-id"
    if "stream_cursor" in names:
        message.stream_cursor.SetInParent()
    return message


def _all_differences(message: Any, read: Any) -> Iterator[str]:
    if not isinstance(read, Page):
        yield from differences(message, read, message.DESCRIPTOR.name)
        return
    (items,) = (field.name for field in message.DESCRIPTOR.fields if field.is_repeated)
    if message.next_page_token != read.next_token:
        yield f"next_page_token: {message.next_page_token!r} became {read.next_token!r}"
    theirs = getattr(message, items)
    if len(theirs) != len(read.items):
        yield f"{items}: {len(theirs)} became {len(read.items)}"
    for index, (one, other) in enumerate(zip(theirs, read.items, strict=False)):
        yield from differences(one, other, f"{items}[{index}]")


def test_wrappers_that_json_writes_as_bare_values_are_all_known() -> None:
    used = {
        field.message_type.full_name
        for descriptor in reachable(rpc.method.input_type for rpc in RPCS).values()
        for field in descriptor.fields
        if field.message_type and field.message_type.full_name.endswith("Value")
    }
    assert used <= WRAPPERS
