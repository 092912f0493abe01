"""The service's own definitions, as ``yandexcloud`` ships them: which calls there are, and what they carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from google.api import annotations_pb2
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import Message
from yandex.cloud.ai.assistants.v1 import assistant_service_pb2
from yandex.cloud.ai.assistants.v1.runs import run_service_pb2
from yandex.cloud.ai.assistants.v1.threads import message_service_pb2, thread_service_pb2

SERVICES = (
    run_service_pb2.DESCRIPTOR.services_by_name["RunService"],
    thread_service_pb2.DESCRIPTOR.services_by_name["ThreadService"],
    message_service_pb2.DESCRIPTOR.services_by_name["MessageService"],
    assistant_service_pb2.DESCRIPTOR.services_by_name["AssistantService"],
)
WRAPPERS = frozenset({"google.protobuf.Int64Value", "google.protobuf.DoubleValue"})


@dataclass(frozen=True)
class Rpc:
    """A call that can be reached over HTTP: its method, and the verb and path that lead to it."""

    method: MethodDescriptor
    verb: str
    path: str

    @property
    def name(self) -> str:
        """Such as ``RunService.Create``."""
        return f"{self.method.containing_service.name}.{self.method.name}"

    def __repr__(self) -> str:
        return self.name


def _rpcs() -> Iterator[Rpc]:
    for service in SERVICES:
        for method in service.methods:
            rule = method.GetOptions().Extensions[annotations_pb2.http]
            if verb := rule.WhichOneof("pattern"):
                yield Rpc(method, verb.upper(), getattr(rule, verb))


RPCS = tuple(_rpcs())


def reachable(roots: Iterable[Descriptor]) -> dict[str, Descriptor]:
    """All messages that these carry, by full name; those that JSON writes in a way of its own are left out."""
    found: dict[str, Descriptor] = {}
    left = list(roots)
    while left:
        descriptor = left.pop()
        if descriptor.full_name not in found and not is_special(descriptor):
            found[descriptor.full_name] = descriptor
            left += [field.message_type for field in descriptor.fields if field.message_type]
    return found


def is_special(descriptor: Descriptor) -> bool:
    """Whether JSON writes the message in a way of its own: wrappers, timestamps, structs, and the entries of maps."""
    return descriptor.full_name.startswith("google.protobuf.") or descriptor.GetOptions().map_entry


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def new_message(descriptor: Descriptor) -> Message:
    """An empty message."""
    return message_factory.GetMessageClass(descriptor)()


def descriptor_set() -> bytes:
    """A serialised ``FileDescriptorSet`` of the services and of all files they need, in order of dependence."""
    files: dict[str, FileDescriptor] = {}

    def add(file: FileDescriptor) -> None:
        for needed in file.dependencies:
            add(needed)
        files.setdefault(file.name, file)

    for service in SERVICES:
        add(service.file)
    result = FileDescriptorSet()
    for file in files.values():
        file.CopyToProto(result.file.add())
    return result.SerializeToString()
