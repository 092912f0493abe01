"""A first call with the official SDK, over gRPC: "http" is without TLS, "https" with it.

Prints its answer, and the CPU seconds until then.
"""

import sys
import time

from yandex_ai_studio_sdk import AIStudio
from yandex_ai_studio_sdk.auth import APIKeyAuth

sdk = AIStudio(
    folder_id="f",
    auth=APIKeyAuth("a-key"),
    endpoint=None,
    service_map={"ai-assistants": sys.argv[2]},
    verify=sys.argv[1] == "https",
)
print(sdk.runs.get("done").id, time.process_time(), flush=True)
