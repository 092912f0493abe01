"""CPU seconds an event of a response's stream with openai, the text added up. Prints the runs of it as JSON."""

import asyncio
import json
import sys
import time

from openai import AsyncOpenAI

URL, TIMES, RUN = sys.argv[1], int(sys.argv[2]), sys.argv[3]


async def main():
    found = []
    async with AsyncOpenAI(api_key="a-key", project="f", base_url=f"{URL}/v1") as client:
        for _ in range(TIMES + 1):
            began, count, text = (time.process_time(), time.perf_counter()), 0, ""
            async for event in await client.responses.retrieve(RUN, stream=True):
                if event.type == "response.output_text.delta":
                    text += event.delta
                    count += 1
            assert text
            found.append(((time.process_time() - began[0]) / count, (time.perf_counter() - began[1]) / count))
    return found[1:]


print(json.dumps(asyncio.run(main())))
