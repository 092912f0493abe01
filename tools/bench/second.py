"""What the second dialect costs, beside the official client of the API that it speaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tools.bench.processes import PROGRAMS, RIVALS, ask
from tools.bench.starting import answers_in_turn, cold_row
from tools.bench.table import Row, at_most, ratio
from tools.bench.working import STREAM

OPENAI = "openai"
_DIALECT = "(responses)"


def cold_start(urls: dict[str, str], authorities: Path, rounds: int) -> Iterator[Row]:
    """From the start of a process to its first answer; and its memory."""
    commands: dict[str, tuple[object, ...]] = {}
    for scheme, url in urls.items():
        commands[f"ours {scheme}"] = (sys.executable, PROGRAMS / "cold_second.py", url)
        commands[f"openai {scheme}"] = (RIVALS, PROGRAMS / "cold_openai.py", url)
    found = answers_in_turn(commands, rounds, {"SSL_CERT_FILE": str(authorities)})
    for scheme in urls:
        yield cold_row(
            f"cold start {_DIALECT}, {scheme}", OPENAI, found[f"ours {scheme}"], found[f"openai {scheme}"], 0.5
        )
    pairs = list(zip(found["ours https"], found["openai https"], strict=True))
    note = f"{median(one.memory for one, _ in pairs) / 2**20:.0f} MiB"
    memory = ratio((one.memory, other.memory) for one, other in pairs)
    yield at_most(f"memory of that process {_DIALECT}, https", OPENAI, memory, 0.65, note)


def events(url: str, pairs: int) -> Iterator[Row]:
    """One event of a stream."""
    ours, theirs = ask("deltas", url, pairs, STREAM), ask("deltas_openai", url, pairs, STREAM, python=RIVALS)
    each, other = (median(cost[0] for cost in costs) * 1e6 for costs in (ours, theirs))
    note = f"{each / other:.2f} ({each:.0f} of {other:.0f} us)"
    yield Row(f"listen {_DIALECT}, CPU an event", OPENAI, note, "< 1", each < other)
