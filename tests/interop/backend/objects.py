"""What all stored objects are alike in: ids, stamps, a time to live, masks, and pages."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from yandex.cloud.ai.common.common_pb2 import ExpirationConfig

USER = "interop-user"
DAY = 24 * 3600 * 10**9


class RefusedError(Exception):
    """A call is refused, with a gRPC code."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(message: str) -> RefusedError:
    """The error for what is wrong whatever there is."""
    return RefusedError(grpc.StatusCode.INVALID_ARGUMENT, message)


def stamp(at: int) -> Timestamp:
    """A moment, given in nanoseconds since 1970."""
    return Timestamp(seconds=at // 10**9, nanos=at % 10**9)


def touch(entry: Any, at: int) -> None:
    """Note a change, and say when the object will be removed."""
    entry.updated_by = USER
    entry.updated_at.CopyFrom(stamp(at))
    config = entry.expiration_config
    config.ttl_days = config.ttl_days or 7
    config.expiration_policy = config.expiration_policy or ExpirationConfig.SINCE_LAST_ACTIVE
    is_static = config.expiration_policy == ExpirationConfig.STATIC
    start = entry.created_at.ToNanoseconds() if is_static else at
    entry.expires_at.CopyFrom(stamp(start + config.ttl_days * DAY))


def update(entry: Any, request: Any) -> None:
    """Carry out an update: what the mask names becomes what it is in the request, and so is cleared if it is unset."""
    allowed = {field.name for field in request.DESCRIPTOR.fields} - {"update_mask", "thread_id", "assistant_id"}
    mask = FieldMask(paths=request.update_mask.paths or [field.name for field, _ in request.ListFields()])
    paths = [path for path in mask.paths if path.partition(".")[0] in allowed]
    if request.update_mask.paths and len(paths) != len(mask.paths):
        raise invalid(f"update mask: not all of {list(mask.paths)} can be updated")
    for path in paths:
        *parents, leaf = path.split(".")
        source, target = request, entry
        for name in parents:
            source, target = getattr(source, name), getattr(target, name)
        _replace(source, target, leaf)


def _replace(source: Any, target: Any, name: str) -> None:
    field = target.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        raise invalid(f"update mask: there is no {name!r}")
    target.ClearField(name)
    if field.message_type or field.is_repeated:
        if field.is_repeated or source.HasField(name):
            getattr(target, name).MergeFrom(getattr(source, name))
        elif field.message_type:
            return
    else:
        setattr(target, name, getattr(source, name))


class Shelf:
    """Objects of one kind by their ids, which are counted: the same calls give the same ids."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.entries: dict[str, Any] = {}
        self._numbers = itertools.count(1)

    def new_id(self) -> str:
        """The next id."""
        return f"{self.kind}-{next(self._numbers):04}"

    def get(self, key: str) -> Any:
        """Find an object. ``fault-8`` is an id that makes the call fail with code 8."""
        if key.startswith("fault-"):
            number = int(key.removeprefix("fault-"))
            code = next(code for code in grpc.StatusCode if code.value[0] == number)
            raise RefusedError(code, f"{self.kind} {key} is at fault")
        if key not in self.entries:
            raise RefusedError(grpc.StatusCode.NOT_FOUND, f"{self.kind} with id {key} not found")
        return self.entries[key]

    def page(self, request: Any, wanted: Callable[[Any], bool]) -> tuple[list[Any], str]:
        """A page of the newest first, and the token of the next, which an empty page alone has not.

        So it must be with the service itself: the official SDK reads on until a page is empty, whatever its token.
        """
        if not 0 <= request.page_size <= 1000:
            raise invalid(f"page_size must be from 0 to 1000, not {request.page_size}")
        start = _read_token(request.page_token)
        found = [entry for entry in reversed(self.entries.values()) if wanted(entry)]
        end = start + (request.page_size or 100)
        page = found[start:end]
        return page, _token(start + len(page)) if page else ""


# Of characters that must be escaped in a query.
def _token(place: int) -> str:
    return "+/=&" + base64.b64encode(str(place).encode()).decode()


def _read_token(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.b64decode(token.removeprefix("+/=&")))
    except ValueError:
        raise invalid("page_token is not one that this list gave") from None
