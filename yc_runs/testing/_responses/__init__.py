"""The second dialect of the gateway: the OpenAI-compatible Responses and Conversations API, under ``/v1``.

One response is one round of a script: it ends with the answer, or with calls. The response that continues it, which a
``function_call_output`` for each call asks for, goes on with the same script.
"""
