"""``python -m yc_runs serve``."""

from __future__ import annotations

import argparse
import sys

from yc_runs._cli.files import read_secret
from yc_runs.errors import ConfigurationError


def serve(arguments: argparse.Namespace) -> int:
    """Serve a gateway until it is interrupted.

    Raises ``ImportError`` where the extra ``gateway`` is missing, ``ConfigurationError`` where the address is taken.
    """
    from yc_runs.testing import LocalGateway, serve_forever

    gateway = LocalGateway(
        framing=arguments.framing,
        spelling=arguments.spelling,
        print_defaults=arguments.print_defaults,
        pace=arguments.pace,
        latency=arguments.latency,
        api_key=read_secret(arguments.api_key_file) if arguments.api_key_file else None,
    )
    _introduce(gateway.folder_id, gateway.add_thread())
    try:
        serve_forever(gateway, arguments.host, arguments.port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(f"cannot serve on {arguments.host}, port {arguments.port}: {reason}") from None
    return 0


def _introduce(folder_id: str, thread_id: str) -> None:
    # On stderr: a program that starts the gateway reads the URL, alone, from stdout.
    print(
        "A local gateway; Ctrl-C ends it.\n"
        "  assistants  echo, slow, tool-caller, failing, structured\n"
        f"  thread      {thread_id}\n"
        f"  folder      {folder_id}",
        file=sys.stderr,
        flush=True,
    )
