"""What it costs to begin: importing, a first answer, memory, and size on the disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from tools.bench.processes import PROGRAMS, RIVALS, Cost, measure
from tools.bench.table import Row, at_most, ratio

_Command = tuple[Any, ...]
"""An interpreter, and its arguments."""

_CERTIFICATE = re.compile("-----BEGIN.*?-----END CERTIFICATE-----\n", re.DOTALL)

SDK = "yandex-ai-studio-sdk==0.21.0"


def importing(rounds: int) -> Iterator[Row]:
    """Importing, above what a bare interpreter takes."""
    programs = {"bare": "pass", "ours": "import yc_runs"}
    rivals = {"bare rival": "pass", "sdk": "import yandex_ai_studio_sdk", "openai": "import openai"}
    commands: dict[str, _Command] = {name: (sys.executable, "-c", code) for name, code in programs.items()}
    found = in_turn(commands | {name: (RIVALS, "-c", code) for name, code in rivals.items()}, rounds)
    ours, wall = _above(found["ours"], found["bare"])
    measured = f"{ours * 1000:.1f} ms (wall {wall * 1000:.1f})"
    yield Row("import yc_runs, CPU", "a bare interpreter", measured, "<= 30 ms", ours <= 0.03)
    for name, label in (("sdk", "official SDK"), ("openai", "openai")):
        theirs, _ = _above(found[name], found["bare rival"])
        yield at_most("import yc_runs, CPU", label, max(ours, 0) / theirs, 1 / 20, f"theirs {theirs * 1000:.0f} ms")


def _above(costs: list[Cost], floor: list[Cost]) -> tuple[float, float]:
    """The CPU and wall seconds by which costs are above others."""
    pairs = list(zip(costs, floor, strict=True))
    return median(cost.cpu - bare.cpu for cost, bare in pairs), median(cost.wall - bare.wall for cost, bare in pairs)


def cold_start(urls: dict[str, str], addresses: dict[str, str], authorities: Path, rounds: int) -> Iterator[Row]:
    """From the start of a process to its first answer; and its memory."""
    env = {"SSL_CERT_FILE": str(authorities), "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(authorities)}
    commands: dict[str, _Command] = {}
    for scheme, url in urls.items():
        commands |= {
            f"{who} {scheme}": (sys.executable, PROGRAMS / f"cold_{who}.py", url) for who in ("ours", "script")
        }
        commands[f"sdk {scheme}"] = (RIVALS, PROGRAMS / "cold_sdk.py", scheme, addresses[scheme])
    found = answers_in_turn(commands, rounds, env)
    for scheme, over in (("http", "gRPC"), ("https", "gRPC over TLS")):
        ours, script, sdk = (found[f"{who} {scheme}"] for who in ("ours", "script", "sdk"))
        yield cold_row(f"cold start, {scheme}", "httpx + pydantic by hand", ours, script, 1.10)
        yield cold_row(f"cold start, {scheme}", f"official SDK, {over}", ours, sdk, 0.5)
    memory = ratio((one.memory, other.memory) for one, other in zip(ours, sdk, strict=True))
    note = f"{median(cost.memory for cost in ours) / 2**20:.0f} MiB"
    yield at_most("memory of that process, https", "official SDK, gRPC over TLS", memory, 0.65, note)


def cold_start_by_folder(url: str, address: str, authorities: Path, rounds: int) -> Iterator[Row]:
    """The same over https, with the authorities in a folder, where OpenSSL reads the one that it needs."""
    folder = authorities.with_suffix(".d")
    folder.mkdir()
    for number, one in enumerate(_CERTIFICATE.findall(authorities.read_text())):
        (folder / f"{number}.pem").write_text(one)
    if not shutil.which("openssl"):
        print("no openssl here, to name the files of the authorities: left out", file=sys.stderr)
        return
    subprocess.run(["openssl", "rehash", str(folder)], check=True)
    env = {"SSL_CERT_DIR": str(folder), "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(authorities)}
    ours: _Command = (sys.executable, PROGRAMS / "cold_ours.py", url)
    sdk: _Command = (RIVALS, PROGRAMS / "cold_sdk.py", "https", address)
    found = answers_in_turn({"ours": ours, "sdk": sdk}, rounds, env)
    yield cold_row("cold start, https, SSL_CERT_DIR", "official SDK, gRPC over TLS", found["ours"], found["sdk"], 0.5)


def cold_row(what: str, against: str, ours: list[Cost], theirs: list[Cost], goal: float) -> Row:
    """A line for a first answer."""
    cpu = ratio((one.cpu, other.cpu) for one, other in zip(ours, theirs, strict=True))
    wall = ratio((one.wall, other.wall) for one, other in zip(ours, theirs, strict=True))
    return at_most(f"{what}, CPU", against, cpu, goal, f"wall {wall:.2f}; {median(c.cpu for c in ours) * 1000:.0f} ms")


def in_turn(commands: Mapping[str, _Command], rounds: int, env: dict[str, str] | None = None) -> dict[str, list[Cost]]:
    """The costs of each command, the commands taking turns; the first round warms up the caches."""
    found: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            found[name].append(measure(*command[1:], env=env, python=command[0]))
    return {name: costs[1:] for name, costs in found.items()}


def answers_in_turn(commands: Mapping[str, _Command], rounds: int, env: dict[str, str]) -> dict[str, list[Cost]]:
    """The same up to the first answer: how a process ends is another matter."""
    found = in_turn(commands, rounds, env)
    return {name: [cost.to_first_line for cost in costs] for name, costs in found.items()}


def size(checkout: Path) -> Iterator[Row]:
    """What pip puts on the disk for the core and for the SDK, with all they depend on."""
    with tempfile.TemporaryDirectory() as folder:
        ours, sdk = (_installed(Path(folder) / str(index), what) for index, what in enumerate((str(checkout), SDK)))
    note = f"{ours / 2**20:.1f} of {sdk / 2**20:.1f} MiB"
    yield at_most("installed size, dependencies included", "official SDK", ours / sdk, 1 / 5, note)


def _installed(folder: Path, what: str) -> int:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(folder), what]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
