"""A first call with this package, over the Responses API."""

import sys

from yc_runs import Client

with Client(folder_id="f", auth="a-key", base_url=sys.argv[1], dialect="responses") as client:
    print(client.runs.get("done").data.state.completed_message.text)
