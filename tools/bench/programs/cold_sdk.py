"""A first call with the official SDK, over gRPC without TLS."""

import sys

from yandex_ai_studio_sdk import AIStudio
from yandex_ai_studio_sdk.auth import APIKeyAuth

sdk = AIStudio(
    folder_id="f",
    auth=APIKeyAuth("a-key"),
    endpoint=None,
    service_map={"ai-assistants": sys.argv[1]},
    verify=False,
)
print(sdk.runs.get("done").id)
