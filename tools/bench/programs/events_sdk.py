"""CPU seconds an event of a stream with the official SDK. Prints the runs of it as JSON."""

import asyncio
import json
import sys
import time

from yandex_ai_studio_sdk import AsyncAIStudio
from yandex_ai_studio_sdk.auth import APIKeyAuth

ADDRESS, TIMES, RUN = sys.argv[1], int(sys.argv[2]), sys.argv[3]


async def main():
    sdk = AsyncAIStudio(
        folder_id="f",
        auth=APIKeyAuth("a-key"),
        endpoint=None,
        service_map={"ai-assistants": ADDRESS},
        verify=False,
    )
    run = await sdk.runs.get(RUN)
    found = []
    for _ in range(TIMES + 1):
        began, count = (time.process_time(), time.perf_counter()), 0
        async for event in run.listen(timeout=600):
            assert event.text
            count += 1
        found.append(((time.process_time() - began[0]) / count, (time.perf_counter() - began[1]) / count))
    return found[1:]


print(json.dumps(asyncio.run(main())))
