"""A first call with openai. Prints its answer, and the CPU seconds until then."""

import sys
import time

from openai import OpenAI

client = OpenAI(api_key="a-key", project="f", base_url=f"{sys.argv[1]}/v1")
print(client.responses.retrieve("done").output_text, time.process_time(), flush=True)
