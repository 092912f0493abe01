"""A small description language for protobuf messages: enough to read and write their JSON form."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]
"""A message as the gateway holds it: snake_case names, and only what was set.

int64 is ``int``, an enum its name, a timestamp ``int`` nanoseconds since 1970, a Struct plain JSON.
"""


class Kind(enum.Enum):
    """What a field's JSON looks like."""

    STRING = enum.auto()
    INT64 = enum.auto()
    DOUBLE = enum.auto()
    BOOL = enum.auto()
    ENUM = enum.auto()
    TIMESTAMP = enum.auto()
    STRUCT = enum.auto()
    LABELS = enum.auto()
    MASK = enum.auto()
    MESSAGE = enum.auto()


@dataclass(frozen=True)
class Field:
    """One field. ``nullable`` marks the wrapper types, ``oneof`` names the group of which one may be set."""

    kind: Kind
    schema: Schema | None = None
    names: tuple[str, ...] = ()
    repeated: bool = False
    nullable: bool = False
    oneof: str = ""

    @property
    def has_presence(self) -> bool:
        """Whether unset differs from the default value."""
        single = self.kind in (Kind.MESSAGE, Kind.STRUCT, Kind.TIMESTAMP, Kind.MASK) and not self.repeated
        return single or self.nullable or bool(self.oneof)

    @property
    def default(self) -> Any:
        """The proto3 default of a field without presence."""
        if self.repeated:
            return []
        if self.kind is Kind.ENUM:
            return self.names[0]
        return {Kind.STRING: "", Kind.INT64: 0, Kind.DOUBLE: 0.0, Kind.BOOL: False, Kind.LABELS: {}}[self.kind]


@dataclass(frozen=True)
class Schema:
    """A message: its fields by their snake_case names. ``spellings`` leads from every accepted key to that name."""

    name: str
    fields: Mapping[str, Field]
    spellings: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = {camel(name): name for name in self.fields} | {name: name for name in self.fields}
        object.__setattr__(self, "spellings", keys)

    def without(self, *names: str) -> Schema:
        """Make the same message with fewer fields."""
        return Schema(self.name, {name: f for name, f in self.fields.items() if name not in names})


STRING, INT64, DOUBLE, BOOL = Field(Kind.STRING), Field(Kind.INT64), Field(Kind.DOUBLE), Field(Kind.BOOL)
INT64_VALUE, DOUBLE_VALUE = replace(INT64, nullable=True), replace(DOUBLE, nullable=True)
STRUCT, LABELS, TIMESTAMP, MASK = Field(Kind.STRUCT), Field(Kind.LABELS), Field(Kind.TIMESTAMP), Field(Kind.MASK)


def camel(name: str) -> str:
    """Turn ``snake_case`` into ``snakeCase`` as protobuf's JSON mapping does."""
    head, *tail = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in tail)


def define(name: str, /, **fields: Field) -> Schema:
    """Describe a message."""
    return Schema(name, fields)


def one(schema: Schema) -> Field:
    """Describe a field that holds one message."""
    return Field(Kind.MESSAGE, schema=schema)


def many(schema: Field | Schema) -> Field:
    """Describe a repeated field."""
    return replace(schema if isinstance(schema, Field) else one(schema), repeated=True)


def either(group: str, schema: Field | Schema) -> Field:
    """Describe a member of the oneof ``group``."""
    return replace(schema if isinstance(schema, Field) else one(schema), oneof=group)


def choice(*names: str) -> Field:
    """Describe an enum whose numbers are the names' places, from 0."""
    return Field(Kind.ENUM, names=names)
