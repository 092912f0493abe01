"""A first call with this package. Prints its answer, and the CPU seconds until then."""

import sys
import time

from yc_runs import Client

with Client(folder_id="f", auth="a-key", base_url=sys.argv[1]) as client:
    print(client.runs.get("done").data.state.completed_message.text, time.process_time(), flush=True)
