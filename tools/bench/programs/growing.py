"""A long listen whose partial texts grow: CPU and wall seconds, the growth of the process, bytes held at the most."""

import json
import resource
import sys
import time
import tracemalloc

from yc_runs import Client

URL, RUN, TRACED = sys.argv[1], sys.argv[2], sys.argv[3] == "traced"


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


with Client(folder_id="f", auth="a-key", base_url=URL) as client:
    run = client.runs.get("grow-10-10-0")
    for _ in run.listen():
        pass
    run = client.runs.get(RUN)
    if TRACED:
        tracemalloc.start()
    held, began = peak(), (time.process_time(), time.perf_counter())
    for event in run.listen(timeout=None):
        text = event.text
    cpu, wall = time.process_time() - began[0], time.perf_counter() - began[1]
    traced = tracemalloc.get_traced_memory()[1] if TRACED else 0
print(json.dumps({"cpu": cpu, "wall": wall, "rss": peak() - held, "traced": traced, "length": len(text)}))
