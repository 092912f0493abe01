"""Tools: their definitions from schemas, types and functions, and the pure half of the loop that answers their calls.

A function with type hints is a tool as it stands: pass it as ``tools=[function]`` when creating a run, and to
``run.run_tools([function])``. ``tool`` decorates one that needs another name, description or schema.
"""

from yc_runs.tools.domain import Tools
from yc_runs.tools.function import ToolFunction, function_tool, tool
from yc_runs.tools.service import generative_search_tool, search_index_tool
from yc_runs.tools.toolbox import ToolFunctions

__all__ = [
    "ToolFunction",
    "ToolFunctions",
    "Tools",
    "function_tool",
    "generative_search_tool",
    "search_index_tool",
    "tool",
]
