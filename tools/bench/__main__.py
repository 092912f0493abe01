"""``python -m tools.bench``: measure everything, and print one table. It ends by itself in a few minutes.

Every ratio is the median of pairs that were measured in turn, in this run. Names of parts as arguments measure these
alone.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from tools.bench import second, starting, working
from tools.bench.processes import RIVALS, measure, server
from tools.bench.table import Row, render

CHECKOUT = Path(__file__).parents[2]
NAMED = ("yc-runs", "httpx", "httpcore", "pydantic", "httpx-sse")
THEIRS = ("yandex-ai-studio-sdk", "grpcio", "protobuf", "openai")


def main(wanted: list[str]) -> None:
    """Measure, and print."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        pem, authorities = _certificates(Path(folder))
        with server("http_server", pem) as (http, https), server("grpc_server", pem, python=RIVALS) as (grpc, grpcs):
            urls = {"http": f"http://127.0.0.1:{http}", "https": f"https://localhost:{https}"}
            addresses = {"http": f"127.0.0.1:{grpc}", "https": f"localhost:{grpcs}"}
            for name, part in _parts(urls, addresses, authorities).items():
                if not wanted or name in wanted:
                    began = time.monotonic()
                    rows += part()
                    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores;")
    print(", ".join(f"{name} {version(name)}" for name in NAMED) + ";")
    code = f"from importlib.metadata import version as v; print(*(f'{{n}} {{v(n)}}' for n in {THEIRS}), sep=', ')"
    print(measure("-c", code, python=RIVALS).output)
    print(render(rows))


def _parts(
    urls: dict[str, str], addresses: dict[str, str], authorities: Path
) -> dict[str, Callable[[], Iterator[Row]]]:
    url, address = urls["http"], addresses["http"]
    return {
        "import": lambda: starting.importing(rounds=7),
        "cold": lambda: starting.cold_start(urls, addresses, authorities, rounds=11),
        "cold by folder": lambda: starting.cold_start_by_folder(
            urls["https"], addresses["https"], authorities, rounds=11
        ),
        "cold second": lambda: second.cold_start(urls, authorities, rounds=7),
        "size": lambda: starting.size(CHECKOUT),
        "get": lambda: working.gets(url, pairs=11),
        "events": lambda: working.events(url, address, pairs=5),
        "events second": lambda: second.events(url, pairs=5),
        "growing": lambda: working.growing(url, rounds=3),
        "waits": lambda: working.waits(url, address, count=1000, seconds=(0.5, 8.5), rounds=2),
        "listens": lambda: working.listens(url, count=500, run="grow-20-20-0.4", rounds=2),
    }


def _certificates(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine with its key; and the file of authorities, ours among the usual ones."""
    import certifi
    import trustme

    authority, pem, authorities = trustme.CA(), folder / "server.pem", folder / "authorities.pem"
    authority.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(pem))
    authorities.write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    return pem, authorities


if __name__ == "__main__":
    main(sys.argv[1:])
