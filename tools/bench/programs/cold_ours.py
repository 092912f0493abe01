"""A first call with this package."""

import sys

from yc_runs import Client

with Client(folder_id="f", auth="a-key", base_url=sys.argv[1]) as client:
    print(client.runs.get("done").data.state.completed_message.text)
