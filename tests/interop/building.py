"""Messages that hypothesis builds from the definitions: whatever protobuf could send."""

from __future__ import annotations

import string
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import strategies as st

from tests.interop.definitions import WRAPPERS, is_map, new_message

_TEXT = st.text(max_size=12) | st.sampled_from(["\u2028", "\x85", 'a"b\\', "é", "😀", "\x00", "data: x\n\n", "{}", "]"])
_INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, 2**53 + 1])
_DOUBLE = st.floats() | st.integers(-5, 5).map(float)
_FINITE = st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_PATH = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=5), min_size=1, max_size=2).map("_".join)
_SCALARS = {
    FieldDescriptor.CPPTYPE_STRING: _TEXT,
    FieldDescriptor.CPPTYPE_INT64: _INT64,
    FieldDescriptor.CPPTYPE_DOUBLE: _DOUBLE,
    FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
}
_MOST_FIELDS = 5


@st.composite
def messages(draw: st.DrawFn, descriptor: Descriptor, finite: bool = False) -> Message:
    """A message of this kind, with some of its fields set; of a oneof, the one set last.

    ``finite``: without the numbers that only protobuf's JSON has, infinity and NaN.
    """
    message = new_message(descriptor)
    names = [field.name for field in descriptor.fields]
    for name in draw(st.lists(st.sampled_from(names), unique=True, max_size=_MOST_FIELDS)) if names else []:
        _set(draw, message, descriptor.fields_by_name[name], finite)
    return message


def _set(draw: st.DrawFn, message: Message, field: FieldDescriptor, finite: bool) -> None:
    target = getattr(message, field.name)
    if is_map(field):
        for key, value in draw(st.dictionaries(_TEXT, _TEXT, max_size=3)).items():
            target[key] = value
    elif field.message_type is None:
        _set_scalar(draw, message, field, finite)
    elif field.is_repeated:
        target.extend(draw(st.lists(_value(field.message_type, finite), max_size=3)))
    else:
        target.CopyFrom(draw(_value(field.message_type, finite)))


def _set_scalar(draw: st.DrawFn, message: Message, field: FieldDescriptor, finite: bool) -> None:
    if field.enum_type:
        # An enum of proto3 is open: there are numbers without a name, of newer definitions.
        values: st.SearchStrategy[Any] = st.sampled_from([*sorted(field.enum_type.values_by_number), 77])
    else:
        values = _scalar(field, finite)
    if field.is_repeated:
        getattr(message, field.name).extend(draw(st.lists(values, max_size=3)))
    else:
        setattr(message, field.name, draw(values))


def _scalar(field: FieldDescriptor, finite: bool) -> st.SearchStrategy[Any]:
    is_double = field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE
    return _FINITE if is_double and finite else _SCALARS[field.cpp_type]


def _value(descriptor: Descriptor, finite: bool) -> st.SearchStrategy[Message]:
    if descriptor.full_name in WRAPPERS:
        value = _scalar(descriptor.fields_by_name["value"], finite)
        return st.builds(type(new_message(descriptor)), value=value)
    special = _SPECIAL.get(descriptor.full_name)
    return messages(descriptor, finite) if special is None else special(descriptor)


def _timestamp(descriptor: Descriptor) -> st.SearchStrategy[Message]:
    # From the year 1 to 9999, which is what protobuf's JSON can print.
    seconds = st.integers(-62135596800, 253402300799)
    nanos = st.sampled_from([0, 120_000_000, 123_456_000, 123_456_789, 999_999_999])
    return st.builds(type(new_message(descriptor)), seconds=seconds, nanos=nanos)


def _struct(descriptor: Descriptor) -> st.SearchStrategy[Message]:
    def build(value: dict[str, Any]) -> Message:
        message: Any = new_message(descriptor)
        message.update(value)
        return message

    return st.dictionaries(_TEXT, _JSON, max_size=3).map(build)


def _mask(descriptor: Descriptor) -> st.SearchStrategy[Message]:
    return st.builds(type(new_message(descriptor)), paths=st.lists(_PATH, max_size=3))


_SPECIAL = {
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Struct": _struct,
    "google.protobuf.FieldMask": _mask,
}
