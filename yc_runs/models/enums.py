"""The enums of the Runs calls: ints as in the proto definitions, open to names this client does not know.

A value is read from its name (as JSON has it) or its number. What is unknown becomes a member named ``UNKNOWN``
that equals -1 and keeps the text or number it came with in ``raw``; it never breaks a caller.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from typing_extensions import Self


class OpenEnum(IntEnum):
    """An enum that keeps what it does not know."""

    _raw: str | int

    def __new__(cls, value: int) -> Self:
        """Make a named member."""
        member = int.__new__(cls, value)
        member._value_ = value
        return member

    @property
    def raw(self) -> str | int:
        """The value as it came: a proto name, or a number where the gateway sent one it has no name for."""
        return self._raw if self < 0 and hasattr(self, "_raw") else self._name_

    @classmethod
    def _missing_(cls, value: object) -> Self:
        return cls.read(value)

    @classmethod
    def read(cls, value: object) -> Self:
        """The member for a proto name or number; ``UNKNOWN`` with its ``raw`` for anything else of those types.

        None is the member 0, as in proto3 JSON. Raises ``ValueError`` for what is neither a str nor an int.
        """
        if value is None:
            return cls(0)
        if isinstance(value, str):
            known = cls.__members__.get(value)
            return known if known is not None and known >= 0 else cls._unknown(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return cls(value) if value in cls._value2member_map_ else cls._unknown(value)
        raise ValueError(f"{cls.__name__} is a name or a number, not {type(value).__name__}")

    @classmethod
    def _unknown(cls, raw: str | int) -> Self:
        member = int.__new__(cls, -1)
        member._name_ = "UNKNOWN"
        member._value_ = -1
        member._raw = raw
        return member

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        to_name = core_schema.plain_serializer_function_ser_schema(lambda member: member.raw, when_used="json")
        return core_schema.no_info_plain_validator_function(cls.read, serialization=to_name)

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return type(self).read, (self.raw,)

    def __str__(self) -> str:
        return self.name if self >= 0 else f"UNKNOWN({self.raw})"

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self}>"


class RunStatus(OpenEnum):
    """Where a run stands (proto ``RunState.RunStatus``). ``TOOL_CALLS`` waits for the results of its calls.

    ``CANCELLED`` is not in the proto: only the Responses API can cancel a run.
    """

    UNKNOWN = -1
    RUN_STATUS_UNSPECIFIED = 0
    PENDING = 1
    IN_PROGRESS = 2
    FAILED = 3
    COMPLETED = 4
    TOOL_CALLS = 5
    CANCELLED = 6

    @property
    def is_running(self) -> bool:
        """The gateway is at work: PENDING or IN_PROGRESS."""
        return self in (RunStatus.PENDING, RunStatus.IN_PROGRESS)

    @property
    def is_succeeded(self) -> bool:
        """There is an answer to read (COMPLETED) or to give (TOOL_CALLS)."""
        return self in (RunStatus.COMPLETED, RunStatus.TOOL_CALLS)

    @property
    def is_failed(self) -> bool:
        """FAILED, or CANCELLED: there will be no answer."""
        return self in (RunStatus.FAILED, RunStatus.CANCELLED)

    @property
    def is_finished(self) -> bool:
        """Succeeded or failed; False for a status this client does not know."""
        return self.is_succeeded or self.is_failed


class StreamEvent(OpenEnum):
    """The kind of a stream event (proto ``StreamEvent.EventType``)."""

    UNKNOWN = -1
    EVENT_TYPE_UNSPECIFIED = 0
    PARTIAL_MESSAGE = 1
    ERROR = 2
    DONE = 3
    TOOL_CALLS = 4

    @property
    def is_running(self) -> bool:
        """More of the text is to come."""
        return self == StreamEvent.PARTIAL_MESSAGE

    @property
    def is_succeeded(self) -> bool:
        """DONE, or TOOL_CALLS that wait for their results."""
        return self in (StreamEvent.DONE, StreamEvent.TOOL_CALLS)

    @property
    def is_failed(self) -> bool:
        """ERROR."""
        return self == StreamEvent.ERROR

    @property
    def is_finished(self) -> bool:
        """Succeeded or failed; False for a kind this client does not know."""
        return self.is_succeeded or self.is_failed


class MessageStatus(OpenEnum):
    """How a message came to its end (proto ``Message.MessageStatus``)."""

    UNKNOWN = -1
    MESSAGE_STATUS_UNSPECIFIED = 0
    COMPLETED = 1
    TRUNCATED = 2
    FILTERED_CONTENT = 3


class ExpirationPolicy(OpenEnum):
    """When an object's time to live begins (proto ``ExpirationConfig.ExpirationPolicy``)."""

    UNKNOWN = -1
    EXPIRATION_POLICY_UNSPECIFIED = 0
    STATIC = 1
    SINCE_LAST_ACTIVE = 2
