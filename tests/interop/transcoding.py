"""HTTP requests -> messages of the definitions, read strictly: by protobuf's own JSON parser, unknown names refused.

It does what a gateway does, by the rules that the definitions carry, and is kept apart from the one under test.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

from google.protobuf import json_format
from google.protobuf.message import Message

from tests.interop.definitions import RPCS, Rpc, new_message


class NoSuchCallError(LookupError):
    """No call of the definitions has this verb and path."""


def transcode(verb: str, target: str, body: bytes | None) -> tuple[str, Message]:
    """The call's name and its request. Raises ``NoSuchCallError`` and ``json_format.ParseError``."""
    path, _, query = target.partition("?")
    rpc, values = _match(verb, path)
    message = new_message(rpc.method.input_type)
    if verb in ("POST", "PATCH"):
        json_format.Parse((body or b"").decode(), message, ignore_unknown_fields=False)
    elif body:
        raise json_format.ParseError(f"{rpc.name} takes no body")
    for name, value in [*parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)), *values.items()]:
        json_format.ParseDict({name: value}, message, ignore_unknown_fields=False)
    return rpc.name, message


def _match(verb: str, path: str) -> tuple[Rpc, dict[str, str]]:
    found = []
    for rpc in RPCS:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(rpc.path).replace(r"\{", "{").replace(r"\}", "}"))
        if verb == rpc.verb and (match := re.fullmatch(pattern, path)):
            found.append((rpc, {name: unquote(value) for name, value in match.groupdict().items()}))
    if not found:
        raise NoSuchCallError(f"{verb} {path}")
    # A path without variables goes before one with.
    return min(found, key=lambda each: len(each[1]))
