"""The arguments of the commands. Pure: nothing of the library is loaded to print the help."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from yc_runs import __version__

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DIALECTS = ("assistants", "responses")
FRAMINGS = ("sse", "result-lines", "lines", "array")
SPELLINGS = ("camel", "snake")

_DEMO = """\
Show what this package is for, live: an assistant, a thread and a message, a streaming run, two tools, a wait for a
structured answer, a list, failures, the same without async, and the clean-up. Without --base-url it starts a gateway
of its own on a free port of this machine; nothing leaves the machine.

With --base-url it runs against that gateway, with the credentials of the environment (YC_API_KEY, YC_IAM_TOKEN,
YC_OAUTH_TOKEN, the metadata service, YC_TOKEN) or of --auth-file. It makes an assistant and a thread in the folder,
starts five runs, and deletes both at the end. What is given with --assistant or --thread is used and kept, with the
messages that the demo adds. If the gateway charges for tokens, so does the demo.

With --dialect responses the same is shown over the Responses API: the assistant is kept in the client, the thread is a
conversation, which stays, and a run is broken off where the other dialect lists all runs."""

_SERVE = """\
Serve a gateway with scripted assistants (echo, slow, tool-caller, failing, structured) and one empty thread until
Ctrl-C. Everything is kept in memory. The first line on stdout is the URL, once connections are accepted."""


def make_parser() -> argparse.ArgumentParser:
    """The parser. What it gives has ``carry_out``, a function of the arguments that gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m yc_runs", description="Yandex AI Studio runs over HTTP: a demo, and a gateway to test against."
    )
    parser.add_argument("--version", action="version", version=f"yc_runs {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_serve(commands)
    return parser


def _add_demo(commands: _Commands) -> None:
    demo = _command(commands, "demo", "show the main job, live", _DEMO)
    demo.add_argument("--dialect", choices=DIALECTS, default=DIALECTS[0], help="the API to speak there (%(default)s)")
    demo.add_argument("--base-url", metavar="URL", help="the gateway to run against, instead of one started here")
    demo.add_argument("--folder-id", metavar="ID", help="the folder there; without it YC_FOLDER_ID")
    demo.add_argument("--model", metavar="NAME", help="the model of the assistant to make there (yandexgpt)")
    demo.add_argument("--assistant", metavar="ID", help="an assistant to use there, instead of making one")
    demo.add_argument("--thread", metavar="ID", help="a thread to use there, instead of making one")
    sign_in = demo.add_mutually_exclusive_group()
    sign_in.add_argument(
        "--auth-file",
        metavar="FILE",
        help="a file with an API key, an IAM token, an OAuth token, or a service account's authorised key (JSON)",
    )
    sign_in.add_argument("--no-auth", action="store_true", help="send no credentials")
    demo.add_argument(
        "--pace", type=_seconds, metavar="SECONDS", help="how long the gateway started here takes for two words (0.12)"
    )

    def carry_out(arguments: argparse.Namespace) -> int:
        problem = _misfit(arguments)
        if problem:
            demo.error(problem)
        from yc_runs._cli.demo import demo as run_demo

        return run_demo(arguments)

    demo.set_defaults(carry_out=carry_out)


def _misfit(arguments: argparse.Namespace) -> str | None:
    remote = {
        "--model": arguments.model,
        "--assistant": arguments.assistant,
        "--thread": arguments.thread,
        "--folder-id": arguments.folder_id,
        "--auth-file": arguments.auth_file,
        "--no-auth": arguments.no_auth,
    }
    if arguments.base_url is None:
        given = [name for name, value in remote.items() if value]
        return f"{given[0]} needs --base-url" if given else None
    if arguments.assistant and arguments.dialect != DIALECTS[0]:
        return "--assistant is for the dialect assistants: over the other the demo makes one of its own"
    if arguments.assistant and arguments.model:
        return "--model is for an assistant made by the demo, so not with --assistant"
    return None if arguments.pace is None else "--pace is for the gateway started here, so not with --base-url"


def _add_serve(commands: _Commands) -> None:
    serve = _command(commands, "serve", "serve a local gateway until Ctrl-C", _SERVE)
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    serve.add_argument("--port", type=_port, default=8080, help="the port, 0 for a free one (%(default)s)")
    serve.add_argument("--framing", choices=FRAMINGS, default="sse", help="how streams are sent (%(default)s)")
    serve.add_argument("--spelling", choices=SPELLINGS, default="camel", help="how keys are written (%(default)s)")
    serve.add_argument("--print-defaults", action="store_true", help="print unset fields too")
    serve.add_argument("--pace", type=_seconds, default=0.0, metavar="SECONDS", help="how long a script's step takes")
    serve.add_argument("--latency", type=_seconds, default=0.0, metavar="SECONDS", help="delay before each answer")
    serve.add_argument("--api-key-file", metavar="FILE", help="ask for the API key in this file, or any IAM token")

    def carry_out(arguments: argparse.Namespace) -> int:
        from yc_runs._cli.serve import serve as run_serve

        return run_serve(arguments)

    serve.set_defaults(carry_out=carry_out)


def _command(commands: _Commands, name: str, short: str, description: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=short, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"not a number of seconds: {text!r}")
    return value


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"not a port, 0 to 65535: {text!r}")
    return int(text)
