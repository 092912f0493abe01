"""Sans-I/O: Python values -> a request; bytes -> values. One module per dialect, and what they share."""

from yc_runs.wire._dialect import Dialect
from yc_runs.wire._pages import Page, Paging
from yc_runs.wire._request import Call, Request, StreamCall

__all__ = ["Call", "Dialect", "Page", "Paging", "Request", "StreamCall"]
