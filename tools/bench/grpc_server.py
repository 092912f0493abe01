"""The same runs over gRPC, for the official SDK: answers are bytes that were made before, where they can be.

The ids mean what they mean to ``http_server``.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf import json_format
from yandex.cloud.ai.assistants.v1.runs import run_pb2, run_service_pb2

sys.path.insert(0, str(Path(__file__).parent))
import http_server


def run_message(run_id: str, status: str) -> bytes:
    """The run that the HTTP server answers with, as protobuf."""
    message = json_format.Parse(http_server.run_body(run_id, status), run_pb2.Run())
    return message.SerializeToString()


_PENDING = run_message("r1", "IN_PROGRESS")
_ENDED = run_message("r1", "COMPLETED")


async def get(request: bytes, context: Any) -> bytes:
    """RunService.Get."""
    run_id = run_service_pb2.GetRunRequest.FromString(request).run_id
    is_over = not run_id.startswith("at-") or time.monotonic() >= float(run_id[3:])
    # Of a field that comes twice, protobuf takes the last: so the id is set without making the run anew.
    return (_ENDED if is_over else _PENDING) + run_pb2.Run(id=run_id).SerializeToString()


async def listen(request: bytes, context: Any) -> AsyncIterator[bytes]:
    """RunService.Listen."""
    run_id = run_service_pb2.ListenRunRequest.FromString(request).run_id
    async for piece in http_server.events(run_id):
        event = json_format.Parse(piece.removeprefix(b"data: "), run_service_pb2.StreamEvent())
        yield event.SerializeToString()


async def main(pem: bytes) -> None:
    """Serve with and without TLS until killed; prints both ports."""
    server = grpc.aio.server()
    handlers = {
        "Get": grpc.unary_unary_rpc_method_handler(get),
        "Listen": grpc.unary_stream_rpc_method_handler(listen),
    }
    name = "yandex.cloud.ai.assistants.v1.runs.RunService"
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
    # It holds the key and then the certificates, and each reader takes what it knows.
    plain = server.add_insecure_port("127.0.0.1:0")
    encrypted = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([(pem, pem)]))
    await server.start()
    print(plain, encrypted, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_bytes()))
