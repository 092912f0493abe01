"""CPU seconds an event of a response's stream, the text added up. Prints the runs of it as JSON."""

import asyncio
import json
import sys
import time

from yc_runs import AsyncClient

URL, TIMES, RUN = sys.argv[1], int(sys.argv[2]), sys.argv[3]


async def main():
    found = []
    async with AsyncClient(folder_id="f", auth="a-key", base_url=URL, dialect="responses") as client:
        for _ in range(TIMES + 1):
            run = await client.runs.get(RUN)
            began, count = (time.process_time(), time.perf_counter()), 0
            async for event in run.listen(timeout=None):
                assert event.text
                count += 1
            found.append(((time.process_time() - began[0]) / count, (time.perf_counter() - began[1]) / count))
    return found[1:]


print(json.dumps(asyncio.run(main())))
