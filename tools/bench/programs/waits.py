"""Many runs waited for at once: CPU and wall seconds, and how late the waits return, in seconds."""

import asyncio
import json
import sys
import time

ADDRESS, WAY, COUNT, FIRST, LAST = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])


async def wait_ours(run):
    return await run.wait(via=WAY)


async def wait_sdk(run):
    return await run.wait()


def make():
    if WAY == "sdk":
        from yandex_ai_studio_sdk import AsyncAIStudio
        from yandex_ai_studio_sdk.auth import APIKeyAuth

        services = {"ai-assistants": ADDRESS}
        return AsyncAIStudio(
            folder_id="f", auth=APIKeyAuth("a-key"), endpoint=None, service_map=services, verify=False
        ), wait_sdk
    from yc_runs import AsyncClient

    return AsyncClient(folder_id="f", auth="a-key", base_url=ADDRESS), wait_ours


async def main():
    client, wait = make()
    # What is loaded with the first call is not what is measured.
    await wait(await client.runs.get(f"at-{time.monotonic() + 0.3}"))
    gate, late = asyncio.Event(), []

    async def one(end):
        run = await client.runs.get(f"at-{end}")
        await gate.wait()
        result = await wait(run)
        late.append(time.monotonic() - end)
        assert result.is_succeeded

    # Time for every first get, before the first run ends.
    start = time.monotonic() + 6
    ends = [start + FIRST + (LAST - FIRST) * index / COUNT for index in range(COUNT)]
    tasks = [asyncio.create_task(one(end)) for end in ends]
    await asyncio.sleep(start - time.monotonic())
    began = time.process_time(), time.perf_counter()
    gate.set()
    await asyncio.gather(*tasks)
    cpu, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    late.sort()
    print(json.dumps({"cpu": cpu, "wall": wall, "late": sum(late) / COUNT, "late99": late[int(COUNT * 0.99)]}))


asyncio.run(main())
