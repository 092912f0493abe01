"""A gateway to test against, without a network: ``LocalGateway`` and what its scripts and faults are made of.

Needs the extra ``gateway``: ``pip install 'yc-runs[gateway]'``. Importing this package alone does not, nor does
``no_sleep``; the other parts are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from yc_runs._sleeping import no_sleep as no_sleep

if TYPE_CHECKING:
    from yc_runs.testing._app import SeenRequest as SeenRequest
    from yc_runs.testing._errors import GatewayError as GatewayError
    from yc_runs.testing._faults import Faults as Faults
    from yc_runs.testing._framing import Framing as Framing
    from yc_runs.testing._render import Spelling as Spelling
    from yc_runs.testing._responses.quirks import Quirk as Quirk
    from yc_runs.testing.faults import Answer as Answer
    from yc_runs.testing.faults import CutStream as CutStream
    from yc_runs.testing.faults import Drip as Drip
    from yc_runs.testing.faults import Drop as Drop
    from yc_runs.testing.faults import Fault as Fault
    from yc_runs.testing.faults import Happened as Happened
    from yc_runs.testing.faults import Stall as Stall
    from yc_runs.testing.gateway import LocalGateway as LocalGateway
    from yc_runs.testing.script import Fail as Fail
    from yc_runs.testing.script import Final as Final
    from yc_runs.testing.script import FunctionCall as FunctionCall
    from yc_runs.testing.script import FunctionTool as FunctionTool
    from yc_runs.testing.script import Message as Message
    from yc_runs.testing.script import Partial as Partial
    from yc_runs.testing.script import Pause as Pause
    from yc_runs.testing.script import RunContext as RunContext
    from yc_runs.testing.script import Script as Script
    from yc_runs.testing.script import ToolCalls as ToolCalls
    from yc_runs.testing.script import ToolResult as ToolResult
    from yc_runs.testing.server import serve_forever as serve_forever

# Where a name is that is not in script.py.
_MODULES = {
    "LocalGateway": "gateway",
    "serve_forever": "server",
    "SeenRequest": "_app",
    "GatewayError": "_errors",
    "Framing": "_framing",
    "Spelling": "_render",
    "Quirk": "_responses.quirks",
    "Faults": "_faults",
    **dict.fromkeys(("Fault", "CutStream", "Answer", "Drop", "Drip", "Stall", "Happened"), "faults"),
}
_EXTRA = ("starlette", "uvicorn", "anyio", "httpx", "sniffio")

__all__ = [  # noqa: RUF022
    "LocalGateway",
    "serve_forever",
    "Framing",
    "Spelling",
    "Quirk",
    "SeenRequest",
    "GatewayError",
    "Script",
    "RunContext",
    "Message",
    "FunctionTool",
    "FunctionCall",
    "ToolResult",
    "Partial",
    "ToolCalls",
    "Pause",
    "Final",
    "Fail",
    "Faults",
    "Fault",
    "CutStream",
    "Answer",
    "Drop",
    "Drip",
    "Stall",
    "Happened",
    "no_sleep",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f"{__name__}.{_MODULES.get(name, 'script')}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        message = f"yc_runs.testing.{name} needs {error.name}, which is not installed: pip install 'yc-runs[gateway]'"
        raise ImportError(message, name=error.name) from error
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
